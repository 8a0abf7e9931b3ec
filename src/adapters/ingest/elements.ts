import { uploadParts, type UploadPart } from '../../domain/ingest/staged-rows';
import type { UploadBatch } from '../../domain/ingest/upload-batch';
import { takeElement } from './intake';
import { describeByte, incomplete, JsonSyntaxError, skipSpace, skipValue, type Span } from './json-syntax';
import type { ReadContext } from './read-context';

/** What may come next between the elements of an array; a sequence has no brackets and commas (NDJSON). */
export const ElementState = { first: 0, element: 1, separator: 2, sequence: 3 } as const;
export type ElementState = (typeof ElementState)[keyof typeof ElementState];

/** Where a run of elements stands; a lane moves it forward. */
export interface ElementCursor {
  at: number;
  state: ElementState;
  /** Of the next element among those of its part. */
  index: number;
}

export interface ElementRun {
  readonly context: ReadContext;
  readonly batch: UploadBatch;
  readonly span: Span;
  readonly part: UploadPart | 'object';
  readonly cursor: ElementCursor;
}

/**
 * `end`: the array is closed. `more`: the span ends inside the element at the cursor. `full`: the batch is. `body`: the object at
 * the cursor of a sequence is an upload body.
 */
export type ElementStop = 'end' | 'more' | 'full' | 'body';

/** Reads elements until it must stop. The lanes differ in speed, never in what they take. @throws JsonSyntaxError */
export type ElementLane = (run: ElementRun) => ElementStop;

/** The slow lane is the truth: strict grammar, JSON.parse, and the domain's rules in full. */
export const slowLane: ElementLane = (run) => {
  for (;;) {
    const stop = takeNext(run);
    if (stop !== undefined) return stop;
  }
};

/** Takes the element at the cursor by the slow lane; undefined when there may be another one. */
export function takeNext(run: ElementRun): ElementStop | undefined {
  const { context, batch, span, cursor } = run;
  cursor.at = skipSpace(span, cursor.at);
  if (cursor.state === ElementState.separator) {
    if (cursor.at >= span.end) return 'more';
    if (span.bytes[cursor.at] === closeBracket) return close(cursor);
    if (span.bytes[cursor.at] !== comma) {
      throw new JsonSyntaxError(cursor.at, `expected "," or "]", found ${describeByte(span, cursor.at)}`);
    }
    cursor.state = ElementState.element;
    cursor.at = skipSpace(span, cursor.at + 1);
  }
  if (cursor.at >= span.end) return 'more';
  if (batch.isGap(cursor.at)) return 'full';
  if (cursor.state === ElementState.first && span.bytes[cursor.at] === closeBracket) return close(cursor);
  if (cursor.state === ElementState.sequence) {
    if (span.bytes[cursor.at] !== openBrace) {
      throw new JsonSyntaxError(cursor.at, `expected an object, found ${describeByte(span, cursor.at)}`);
    }
    if (beginsBody(span, cursor.at)) return 'body';
  }
  const end = skipValue(span, cursor.at, context.limits.maxDepth);
  if (end === incomplete) return 'more';
  takeSlice(run, { offset: cursor.at, length: end - cursor.at });
  cursor.at = end;
  if (cursor.state !== ElementState.sequence) cursor.state = ElementState.separator;
  return batch.isFull ? 'full' : undefined;
}

/** Parses and takes one element whose grammar is right. */
export function takeSlice(run: ElementRun, slice: { readonly offset: number; readonly length: number }): void {
  const { context, batch, span, part, cursor } = run;
  const text = Buffer.from(span.bytes.buffer, span.bytes.byteOffset + slice.offset, slice.length).toString();
  const name = part === 'object' ? `object ${cursor.index + 1}` : `${part}[${cursor.index}]`;
  const where = context.byteOffset === undefined ? name : `${name} at byte ${context.byteOffset + slice.offset}`;
  const value: unknown = JSON.parse(text);
  batch.extend(slice.offset, slice.offset + slice.length);
  takeElement(context, batch, { part, value, where, slice: { bytes: span.bytes, ...slice } });
  cursor.index++;
}

const openBrace = 0x7b;
const closeBracket = 0x5d;
const comma = 0x2c;

function close(cursor: ElementCursor): 'end' {
  cursor.at++;
  return 'end';
}

const bodyNames = uploadParts.map((part) => Buffer.from(`"${part}"`));

/** Whether the first name of the object at `from` is one of an upload body. */
export function beginsBody(span: Span, from: number): boolean {
  const at = skipSpace(span, from + 1);
  return bodyNames.some((name) => name.equals(span.bytes.subarray(at, Math.min(at + name.length, span.end))));
}
