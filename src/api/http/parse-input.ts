import type { z } from 'zod';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../../domain/errors';

/** Checks input that is small enough to be an object. @throws DomainError BAD_REQUEST with one sentence per offending field. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  place: 'body' | 'query string' | 'path',
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue): Problem => ({ where: pathOf(issue.path), what: issue.message }));
  const first = problems[0];
  const sentence =
    first === undefined || first.where === ''
      ? `The ${place} ${first?.what ?? 'is not valid'}.`
      : `"${first.where}" in the ${place} ${first.what}.`;
  const more = problems.length > 1 ? ` ${problems.length - 1} more in problems.` : '';
  throw new DomainError(ErrorCode.badRequest, sentence + more, problems);
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
