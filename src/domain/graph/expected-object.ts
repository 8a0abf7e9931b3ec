import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../errors';
import type { ObjectKind } from './identity';
import type { Expected } from './mutation-store';

export const noSuchObject = (kind: ObjectKind, id: string): DomainError =>
  new DomainError(ErrorCode.notFound, `There is no ${kind} ${JSON.stringify(id.slice(0, 200))}.`);

/** @throws DomainError BAD_REQUEST when an object is not what the client believes that it names. */
export function requireExpected(
  kind: ObjectKind,
  found: Required<Omit<Expected, 'fromId' | 'toId'>> & Expected,
  expected: Expected,
): void {
  const problems: Problem[] = [];
  const check = (where: string, wanted: string | undefined, is: string | undefined) => {
    if (wanted === undefined || wanted === is) return;
    problems.push({
      where,
      what: `is ${JSON.stringify(is ?? null)} and cannot be changed to ${JSON.stringify(wanted)}`,
    });
  };
  check('_key', expected.key, found.key);
  check('_type', expected.type, found.type);
  const classes = (list: readonly string[]) => [...new Set(list)].sort().join(', ');
  check('_class', expected.classes && classes(expected.classes), classes(found.classes));
  check('_fromEntityId', expected.fromId?.toLowerCase(), found.fromId);
  check('_toEntityId', expected.toId?.toLowerCase(), found.toId);
  if (problems.length === 0) return;
  throw new DomainError(
    ErrorCode.badRequest,
    `The ${kind} is another one than the request says: ${problems.map(({ where, what }) => `${where} ${what}`).join('; ')}.`,
    problems,
  );
}
