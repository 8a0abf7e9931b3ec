/** Strict JSON (RFC 8259) over UTF-8 bytes: finds where a value ends without building it. The slow, plain lane. */

/** A fault of the text at byte `position` of the bytes that were being read. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  constructor(
    readonly position: number,
    readonly what: string,
  ) {
    super(what);
  }
}

/** The bytes end inside the value; more of them may complete it. */
export const incomplete = -1;

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

export interface Span {
  readonly bytes: Uint8Array;
  /** Exclusive. */
  readonly end: number;
}

export function skipSpace({ bytes, end }: Span, from: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** What stands at a position, as messages say it. */
export function describeByte({ bytes, end }: Span, at: number): string {
  if (at >= end) return 'the end of the text';
  const text = new TextDecoder().decode(bytes.subarray(at, Math.min(at + 4, end)));
  const first = text.codePointAt(0) ?? 0;
  return first < 0x20
    ? `the control character U+${first.toString(16).padStart(4, '0')}`
    : `"${String.fromCodePoint(first)}"`;
}

/** @throws JsonSyntaxError. @returns the position after the closing quote, or `incomplete`. `from` is the opening quote. */
export function skipString(span: Span, from: number): number {
  const { bytes, end } = span;
  for (let at = from + 1; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return at + 1;
    if (byte < 0x20) {
      throw new JsonSyntaxError(at, `a string holds ${describeByte(span, at)}, which must be written as an escape`);
    }
    if (byte !== backslash) continue;
    at++;
    if (at >= end) return incomplete;
    if (bytes[at] === 0x75) {
      for (let digit = 1; digit <= 4; digit++) {
        if (at + digit >= end) return incomplete;
        if (!isHex(bytes[at + digit] ?? 0)) throw new JsonSyntaxError(at - 1, '"\\u" needs four hexadecimal digits');
      }
      at += 4;
    } else if (!isEscape(bytes[at] ?? 0)) {
      throw new JsonSyntaxError(at - 1, 'unknown escape in a string');
    }
  }
  return incomplete;
}

const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isEscape = (byte: number): boolean => '"\\/bfnrt'.includes(String.fromCharCode(byte));

/**
 * @param maxDepth nesting of objects and arrays that is allowed, the value itself included
 * @throws JsonSyntaxError
 * @returns the position after the value, or `incomplete`
 */
export function skipValue(span: Span, from: number, maxDepth: number): number {
  const { bytes, end } = span;
  const closers: number[] = [];
  let at = from;
  for (;;) {
    // A value begins here.
    at = skipSpace(span, at);
    if (at >= end) return incomplete;
    const byte = bytes[at] ?? 0;
    if (byte === openBrace || byte === openBracket) {
      if (closers.length === maxDepth) throw new JsonSyntaxError(at, `nested deeper than ${maxDepth} levels`);
      at = skipSpace(span, at + 1);
      if (at >= end) return incomplete;
      const closer = byte === openBrace ? closeBrace : closeBracket;
      if (bytes[at] !== closer) {
        closers.push(closer);
        if (closer === closeBracket) continue;
        at = skipName(span, at);
        if (at === incomplete) return incomplete;
        continue;
      }
      at++;
    } else {
      at = skipScalar(span, at);
      if (at === incomplete) return incomplete;
    }
    // A value has ended here.
    for (;;) {
      const closer = closers.at(-1);
      if (closer === undefined) return at;
      at = skipSpace(span, at);
      if (at >= end) return incomplete;
      if (bytes[at] === closer) {
        closers.pop();
        at++;
        continue;
      }
      if (bytes[at] !== comma) {
        throw new JsonSyntaxError(
          at,
          `expected "," or "${String.fromCharCode(closer)}", found ${describeByte(span, at)}`,
        );
      }
      at++;
      if (closer === closeBrace) {
        at = skipName(span, at);
        if (at === incomplete) return incomplete;
      }
      break;
    }
  }
}

/** `"name" :` */
function skipName(span: Span, from: number): number {
  let at = skipSpace(span, from);
  if (at >= span.end) return incomplete;
  if (span.bytes[at] !== quote) {
    throw new JsonSyntaxError(at, `expected a property name in double quotes, found ${describeByte(span, at)}`);
  }
  at = skipString(span, at);
  if (at === incomplete) return incomplete;
  return skipColon(span, at);
}

export function skipColon(span: Span, from: number): number {
  const at = skipSpace(span, from);
  if (at >= span.end) return incomplete;
  if (span.bytes[at] !== colon) throw new JsonSyntaxError(at, `expected ":", found ${describeByte(span, at)}`);
  return at + 1;
}

function skipScalar(span: Span, from: number): number {
  const byte = span.bytes[from] ?? 0;
  if (byte === quote) return skipString(span, from);
  if (byte === 0x2d || isDigit(byte)) return skipNumber(span, from);
  for (const word of ['true', 'false', 'null']) {
    if (byte !== word.charCodeAt(0)) continue;
    for (let i = 1; i < word.length; i++) {
      if (from + i >= span.end) return incomplete;
      if (span.bytes[from + i] !== word.charCodeAt(i)) throw new JsonSyntaxError(from, `expected ${word}`);
    }
    return from + word.length;
  }
  throw new JsonSyntaxError(from, `expected a value, found ${describeByte(span, from)}`);
}

/** A number that touches the end of the bytes is incomplete: digits may follow. */
function skipNumber(span: Span, from: number): number {
  const { bytes, end } = span;
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const digits = (): boolean => {
    const start = at;
    while (at < end && isDigit(bytes[at])) at++;
    if (at === start && at < end) throw new JsonSyntaxError(at, `expected a digit, found ${describeByte(span, at)}`);
    return at < end;
  };
  if (bytes[at] === 0x30 && at < end) {
    at++;
    if (isDigit(bytes[at]) && at < end) throw new JsonSyntaxError(from, 'a number does not begin with 0');
  } else if (!digits()) return incomplete;
  if (at >= end) return incomplete;
  if (bytes[at] === 0x2e) {
    at++;
    if (!digits()) return incomplete;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at++;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
    if (!digits()) return incomplete;
  }
  return at;
}
