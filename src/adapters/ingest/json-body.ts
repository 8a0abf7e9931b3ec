import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { uploadParts, type UploadPart } from '../../domain/ingest/staged-rows';
import type { UploadBatch } from '../../domain/ingest/upload-batch';
import { takeElement } from './intake';
import {
  describeByte,
  incomplete,
  JsonSyntaxError,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
  type Span,
} from './json-syntax';
import { type ReadContext, unreadable } from './read-context';

/** Reads one upload body: `{"entities": […], "relationships": […], …}`. @throws DomainError when it is not such a body. */
export function readJsonBody(context: ReadContext, batch: UploadBatch, body: Uint8Array): void {
  const span: Span = { bytes: body, end: body.length };
  try {
    readMembers(context, batch, span);
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw unreadable(`The body is not valid JSON: ${placeOf(body, error.position)}: ${error.what}.`);
    throw error;
  }
}

function readMembers(context: ReadContext, batch: UploadBatch, span: Span): void {
  const seen = new Set<string>();
  let at = expectByte(span, skipSpace(span, 0), '{');
  at = skipSpace(span, at);
  if (span.bytes[at] === 0x7d) at++;
  else {
    for (;;) {
      at = skipSpace(span, at);
      if (span.bytes[at] !== 0x22)
        throw new JsonSyntaxError(at, `expected a member name, found ${describeByte(span, at)}`);
      const nameEnd = whole(span, skipString(span, at));
      const name = JSON.parse(Buffer.from(span.bytes.subarray(at, nameEnd)).toString()) as string;
      at = skipSpace(span, whole(span, skipColon(span, nameEnd)));
      if (isPart(name) && seen.has(name)) throw new JsonSyntaxError(at, `"${name}" is given twice`);
      seen.add(name);
      at = isPart(name)
        ? readPart(context, batch, { span, at, part: name })
        : whole(span, skipValue(span, at, context.limits.maxDepth));
      at = skipSpace(span, at);
      if (span.bytes[at] === 0x7d) break;
      at = expectByte(span, at, ',');
    }
    at++;
  }
  at = skipSpace(span, at);
  if (at < span.end) throw new JsonSyntaxError(at, `expected the end of the body, found ${describeByte(span, at)}`);
}

function readPart(
  context: ReadContext,
  batch: UploadBatch,
  start: { span: Span; at: number; part: UploadPart },
): number {
  const { span, part } = start;
  let at = start.at;
  if (span.bytes[at] !== 0x5b) {
    const end = whole(span, skipValue(span, at, context.limits.maxDepth));
    if (span.bytes[at] === 0x6e) return end;
    throw notAnArray(part);
  }
  at = skipSpace(span, at + 1);
  if (span.bytes[at] === 0x5d) return at + 1;
  for (let index = 0; ; index++) {
    at = skipSpace(span, at);
    const end = whole(span, skipValue(span, at, context.limits.maxDepth));
    const value: unknown = JSON.parse(Buffer.from(span.bytes.subarray(at, end)).toString());
    takeElement(context, batch, {
      part,
      value,
      where: `${part}[${index}]`,
      slice: { bytes: span.bytes, offset: at, length: end - at },
    });
    at = skipSpace(span, end);
    if (span.bytes[at] === 0x5d) return at + 1;
    at = expectByte(span, at, ',');
  }
}

const isPart = (name: string): name is UploadPart => (uploadParts as readonly string[]).includes(name);

export function notAnArray(part: UploadPart): DomainError {
  const code =
    part === 'entities'
      ? ErrorCode.entityIsNotArray
      : part === 'relationships'
        ? ErrorCode.relationshipIsNotArray
        : ErrorCode.deleteUploadFailedValidation;
  return new DomainError(code, `"${part}" should be an array`);
}

function whole(span: Span, end: number): number {
  if (end === incomplete) throw new JsonSyntaxError(span.end, 'the text ends too early');
  return end;
}

function expectByte(span: Span, at: number, byte: string): number {
  if (at >= span.end || span.bytes[at] !== byte.charCodeAt(0)) {
    throw new JsonSyntaxError(at, `expected "${byte}", found ${describeByte(span, at)}`);
  }
  return at + 1;
}

/** Line and column, counted from 1, of a byte position. */
export function placeOf(body: Uint8Array, position: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < position; at++) {
    if (body[at] !== 0x0a) continue;
    line++;
    lineStart = at + 1;
  }
  const column = Buffer.from(body.subarray(lineStart, position)).toString().length + 1;
  return `line ${line}, column ${column}`;
}
