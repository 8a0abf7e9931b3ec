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

/** @throws DomainError INVALID_BODY, also for what is nested deeper than this, as far as a limit is given */
export function parseJson(body: Buffer, maxNesting = Infinity): unknown {
  if (body.length > maxNesting && isNestedDeeper(body, maxNesting)) {
    throw new DomainError(
      ErrorCode.invalidBody,
      `The body has more than ${maxNesting} objects and arrays inside each other.`,
    );
  }
  try {
    const text = utf8.decode(body);
    return text.trim() === '' ? {} : ((JSON.parse(text) as unknown) ?? {});
  } catch (err) {
    const reason = err instanceof SyntaxError ? ` (${err.message})` : ' (it is not UTF-8 text)';
    throw new DomainError(ErrorCode.invalidBody, `The body is not valid JSON${reason}.`);
  }
}

/** Of JSON text; brackets in strings do not count. What is no JSON may be judged either way. */
function isNestedDeeper(body: Buffer, most: number): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (isString) {
      if (byte === 0x5c /* \\ */) at++;
      else if (byte === 0x22 /* " */) isString = false;
    } else if (byte === 0x22) isString = true;
    else if (byte === 0x5b /* [ */ || byte === 0x7b /* { */) {
      if (++depth > most) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
