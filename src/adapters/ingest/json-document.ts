import { uploadParts, type UploadPart } from '../../domain/ingest/staged-rows';
import type { UploadBatch } from '../../domain/ingest/upload-batch';
import { beginsBody, ElementState, takeNext, type ElementCursor } from './elements';
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
import { notAnArray, type ReadContext, unreadable } from './read-context';

/**
 * `body`: one object that holds the parts, as an upload request sends it. `file`: also a bare array, and objects one after the
 * other (NDJSON), each of them a graph object or a whole upload body.
 */
export type JsonGrammar = 'body' | 'file';

export type DocumentStop = 'more' | 'full' | 'done';

type Stage =
  /** Between the values of the top level. */
  | { readonly kind: 'value' }
  | { readonly kind: 'name'; readonly first: boolean }
  | { readonly kind: 'memberValue'; readonly name: string }
  | { readonly kind: 'memberEnd' }
  | { readonly kind: 'elements'; readonly part: UploadPart | 'object'; state: ElementState; readonly inBody: boolean }
  /** Only space may follow. */
  | { readonly kind: 'end' };

/** Walks the top level of JSON text that arrives in pieces, and hands the elements to the lane. */
export class JsonDocument {
  private stage: Stage = { kind: 'value' };
  private values = 0;
  private members = new Set<string>();
  private parts = new Set<UploadPart>();
  private readonly taken = new Map<string, number>();

  constructor(
    private readonly context: ReadContext,
    private readonly grammar: JsonGrammar,
  ) {}

  /**
   * Reads on from `from`. After `more` call it again with a span that holds more text from `at` on; after `full`, with a new batch.
   * @param last no text follows the span
   * @throws JsonSyntaxError, DomainError
   */
  advance(
    batch: UploadBatch,
    span: Span,
    { from, last }: { from: number; last: boolean },
  ): { at: number; stop: DocumentStop } {
    let at = from;
    for (;;) {
      const step = this.step(batch, span, at);
      at = step.at;
      if (step.stop === 'full') return { at, stop: 'full' };
      if (step.stop === undefined) continue;
      if (last) this.finish(batch, span, at);
      return { at, stop: last ? 'done' : 'more' };
    }
  }

  private step(batch: UploadBatch, span: Span, from: number): { at: number; stop?: 'more' | 'full' } {
    const { stage } = this;
    if (stage.kind === 'elements') return this.readElements(batch, span, { from, stage });
    const at = skipSpace(span, from);
    if (at >= span.end) return { at, stop: 'more' };
    const byte = span.bytes[at];
    switch (stage.kind) {
      case 'value':
        return this.beginValue(span, at);
      case 'name':
        if (stage.first && byte === closeBrace) return this.closeBody(at);
        return this.readName(span, at);
      case 'memberValue':
        return this.beginMember(span, at, stage.name);
      case 'memberEnd':
        if (byte === closeBrace) return this.closeBody(at);
        if (byte !== comma) throw new JsonSyntaxError(at, `expected "," or "}", found ${describeByte(span, at)}`);
        this.stage = { kind: 'name', first: false };
        return { at: at + 1 };
      case 'end':
        throw new JsonSyntaxError(at, `expected the end of the text, found ${describeByte(span, at)}`);
    }
  }

  private beginValue(span: Span, at: number): { at: number; stop?: 'more' } {
    const { shape } = this.context.options;
    const byte = span.bytes[at];
    const element = shape === 'upload' ? 'object' : shape;
    if (this.grammar === 'file' && byte === openBracket && this.values === 0) {
      this.values++;
      this.stage = { kind: 'elements', part: element, state: ElementState.first, inBody: false };
      return { at: at + 1 };
    }
    if (byte !== openBrace) {
      const parts = shape === 'upload' ? uploadParts : [shape];
      const wanted = `an object with ${parts.map((part) => `"${part}"`).join(', ')}`;
      throw new JsonSyntaxError(at, `expected ${wanted}, found ${describeByte(span, at)}`);
    }
    const isBody = this.grammar === 'body' ? true : this.looksLikeBody(span, at);
    if (isBody === undefined) return { at, stop: 'more' };
    this.values++;
    if (!isBody) {
      this.stage = { kind: 'elements', part: element, state: ElementState.sequence, inBody: false };
      return { at };
    }
    this.members = new Set();
    this.parts = new Set();
    this.stage = { kind: 'name', first: true };
    return { at: at + 1 };
  }

  /** Tells an upload body from a bare graph object by the names of its members; undefined while too little of it is known. */
  private looksLikeBody(span: Span, at: number): boolean | undefined {
    if (beginsBody(span, at)) return true;
    const name = skipSpace(span, at + 1);
    if (name >= span.end) return undefined;
    if (span.bytes[name] === closeBrace) return true;
    if (span.bytes[name] === quote && span.bytes[name + 1] === underscore && name + 1 < span.end) return false;
    // Neither is said by the first name: look at all of them, unless the object is too large to be a graph object.
    const end = skipValue(span, at, this.context.limits.maxDepth);
    if (end === incomplete) return span.end - at > this.context.limits.maxObjectBytes ? true : undefined;
    const names = Object.keys(JSON.parse(textOf(span, at, end)) as object);
    return names.some(isPart);
  }

  private readName(span: Span, at: number): { at: number; stop?: 'more' } {
    if (span.bytes[at] !== quote)
      throw new JsonSyntaxError(at, `expected a member name in double quotes, found ${describeByte(span, at)}`);
    const nameEnd = skipString(span, at);
    const end = nameEnd === incomplete ? incomplete : skipColon(span, nameEnd);
    if (end === incomplete) return { at, stop: 'more' };
    const name = JSON.parse(textOf(span, at, nameEnd)) as string;
    if (isPart(name) && this.members.has(name)) throw new JsonSyntaxError(at, `"${name}" is given twice`);
    if (this.members.size < maxRemembered || isPart(name)) this.members.add(name);
    this.stage = { kind: 'memberValue', name };
    return { at: end };
  }

  private beginMember(span: Span, at: number, name: string): { at: number; stop?: 'more' } {
    if (isPart(name) && span.bytes[at] === openBracket) {
      this.expectPart(name);
      this.parts.add(name);
      this.stage = { kind: 'elements', part: name, state: ElementState.first, inBody: true };
      return { at: at + 1 };
    }
    const end = skipValue(span, at, this.context.limits.maxDepth);
    if (end === incomplete) return { at, stop: 'more' };
    // Clients send members of their own beside the parts; a part that is null is absent.
    if (isPart(name) && span.bytes[at] !== letterN) throw notAnArray(name);
    this.stage = { kind: 'memberEnd' };
    return { at: end };
  }

  private expectPart(part: UploadPart): void {
    const { shape } = this.context.options;
    if (shape === 'upload' || shape === part) return;
    throw unreadable(
      `"${part}" cannot be uploaded here, where "${shape}" is expected: send it to the upload endpoint.`,
    );
  }

  private readElements(
    batch: UploadBatch,
    span: Span,
    { from, stage }: { from: number; stage: Stage & { kind: 'elements' } },
  ): { at: number; stop?: 'more' | 'full' } {
    const cursor: ElementCursor = { at: from, state: stage.state, index: this.taken.get(stage.part) ?? 0 };
    const run = { context: this.context, batch, span, part: stage.part, cursor };
    const stop = this.context.lane(run);
    stage.state = cursor.state;
    this.taken.set(stage.part, cursor.index);
    switch (stop) {
      case 'end':
        this.stage = { kind: stage.inBody ? 'memberEnd' : 'end' };
        return { at: cursor.at };
      case 'body':
        this.stage = { kind: 'value' };
        return { at: cursor.at };
      case 'more':
      case 'full':
        return { at: cursor.at, stop };
    }
  }

  private closeBody(at: number): { at: number } {
    const { shape } = this.context.options;
    if (shape !== 'upload' && !this.parts.has(shape)) throw notAnArray(shape, `the body has no "${shape}"`);
    if (shape === 'upload' && this.members.size > 0 && !uploadParts.some((part) => this.members.has(part))) {
      const found = [...this.members].slice(0, 5).map((name) => JSON.stringify(name.slice(0, 100)));
      const known = uploadParts.map((part) => `"${part}"`).join(', ');
      throw unreadable(`The body has none of ${known}; its members are ${found.join(', ')}.`);
    }
    this.stage = { kind: this.grammar === 'body' ? 'end' : 'value' };
    return { at: at + 1 };
  }

  /** The text is over: is that where it may end? */
  private finish(batch: UploadBatch, span: Span, at: number): void {
    const { stage } = this;
    if (stage.kind === 'end' || (stage.kind === 'value' && this.values > 0)) return;
    if (stage.kind === 'value' && skipSpace(span, at) >= span.end)
      throw new JsonSyntaxError(span.end, 'there is nothing in it');
    if (stage.kind === 'elements') {
      if (stage.state === ElementState.sequence && skipSpace(span, at) >= span.end) return;
      // The lanes may differ in when they notice a fault; the slow one says what it is.
      takeNext({ context: this.context, batch, span, part: stage.part, cursor: { at, state: stage.state, index: 0 } });
    }
    throw new JsonSyntaxError(span.end, 'the text ends too early');
  }
}

const quote = 0x22;
const comma = 0x2c;
const underscore = 0x5f;
const openBracket = 0x5b;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const letterN = 0x6e;
/** Names of unknown members are kept for a message only. */
const maxRemembered = 10;

const isPart = (name: string): name is UploadPart => (uploadParts as readonly string[]).includes(name);

const textOf = (span: Span, from: number, to: number): string => Buffer.from(span.bytes.subarray(from, to)).toString();
