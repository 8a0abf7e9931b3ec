import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';
import { parseInput } from '../parse-input';
import { withBody, type BodyLimits } from './read-body';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The body of a call that carries no graph objects. Its Content-Type is not looked at: clients send `application/json` on empty
 * bodies and forms on JSON ones. An empty body is `{}`.
 */
export function readJson<Schema extends z.ZodType>(
  { request, reply, limits }: { request: FastifyRequest; reply: FastifyReply; limits: BodyLimits },
  schema: Schema,
): Promise<z.output<Schema>> {
  return withBody({ request, reply, limits }, (body) => Promise.resolve(parseInput(schema, parseJson(body), 'body')));
}

/** @throws DomainError INVALID_BODY */
export function parseJson(body: Buffer): unknown {
  try {
    const text = utf8.decode(body);
    return text.trim() === '' ? {} : ((JSON.parse(text) as unknown) ?? {});
  } catch (err) {
    const reason = err instanceof SyntaxError ? ` (${err.message})` : ' (it is not UTF-8 text)';
    throw new DomainError(ErrorCode.invalidBody, `The body is not valid JSON${reason}.`);
  }
}
