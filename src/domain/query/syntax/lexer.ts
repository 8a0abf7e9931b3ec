import { parserError } from '../query-error';
import { queryLimits } from '../limits';
import { parseDate } from './dates';
import { readBracket, readRegex, readString } from './quoted';
import { symbols, type Token } from './token';

const space = /\s+|\/\*[^]*?\*\/|\/\/[^\n]*/y;
const letter = /[\p{L}_]/uy;
const word = /[\p{L}\p{N}_]+/uy;
const number = /\d+(?:\.\d+)?/y;
const smartClass = /#([\p{L}_][\p{L}\p{N}_]*)/uy;
const parameter = /\$\{\s*(param\.)?([A-Za-z_][\w.-]*)\s*\}/y;
const absoluteDate = /\s*\(\s*(\d[^()'"]{0,60})\)/y;

const symbolsByFirst = Map.groupBy(symbols, ([first]) => first);

/** All tokens of `text`, with an end token after the last. Linear in the length of the text. @throws QueryError over the limits */
export function lex(text: string): readonly Token[] {
  if (text.length > queryLimits.characters) {
    throw parserError(
      `Error parsing query. It has ${text.length} characters, the limit is ${queryLimits.characters}.`,
      text,
      queryLimits.characters,
    );
  }
  const tokens: Token[] = [];
  for (let at = skip(text, 0); at < text.length; at = skip(text, at)) {
    if (tokens.length >= queryLimits.tokens) {
      throw parserError(`Error parsing query. It exceeds maximum allowed tokens (${queryLimits.tokens}).`, text, at);
    }
    const token = tokenAt(text, at, tokens.at(-1));
    tokens.push(token);
    if (token.kind === 'broken') return tokens;
    at = token.to;
  }
  tokens.push({ kind: 'end', from: text.length, to: text.length, text: '' });
  return tokens;
}

/** The match of a sticky expression at an offset. */
function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function skip(text: string, from: number): number {
  for (let at = from; ;) {
    const code = text.charCodeAt(at);
    if (code === 0x20) at++;
    else if (code < 0x20 || code === 0x2f /* / */ || code > lastAscii) {
      const match = matchAt(space, text, at);
      if (!match) return at;
      at += match[0].length;
    } else return at;
  }
}

/** Expressions cost a multiple of what looking at a code does, and most of a query is ASCII. */
const lastAscii = 0x7f;

const isAsciiLetter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f; /* _ */
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Where the letters, digits and underscores end that begin at `from`. */
function wordEnd(text: string, from: number): number {
  let to = from;
  for (let code = text.charCodeAt(to); isAsciiLetter(code) || isDigit(code);) code = text.charCodeAt(++to);
  return text.charCodeAt(to) > lastAscii ? from + (matchAt(word, text, from)?.[0].length ?? 0) : to;
}

function beginsName(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isAsciiLetter(code) || code === 0x5b /* [ */ || (code > lastAscii && matchAt(letter, text, at) !== null);
}

function tokenAt(text: string, from: number, previous: Token | undefined): Token {
  if (beginsName(text, from)) return nameAt(text, from);
  const char = text[from] ?? '';
  const plain = (length: number) => ({ from, to: from + length, text: text.slice(from, from + length) });
  if (`'"“”‘’`.includes(char)) return readString(text, from);
  const digits = isDigit(text.charCodeAt(from)) ? matchAt(number, text, from) : null;
  if (digits) {
    const value = Number(digits[0]);
    if (!Number.isFinite(value)) return broken(text, from, 'a number of at most 308 digits');
    return { kind: 'number', value, ...plain(digits[0].length) };
  }
  const smart = char === '#' ? matchAt(smartClass, text, from) : null;
  if (smart) return { kind: 'smartClass', name: smart[1] ?? '', ...plain(smart[0].length) };
  const given = char === '$' ? matchAt(parameter, text, from) : null;
  if (given) {
    return { kind: 'parameter', name: given[2] ?? '', isStored: given[1] !== undefined, ...plain(given[0].length) };
  }
  if (char === '/' && mayPrecedeRegex(previous)) return readRegex(text, from);
  if (text.startsWith('/*', from)) return broken(text, from, 'a closing */');
  const symbol = symbolsByFirst.get(char)?.find((each) => text.startsWith(each, from));
  return symbol === undefined ? broken(text, from, '') : { kind: 'symbol', ...plain(symbol.length) };
}

/** Elsewhere a slash divides: an operand has come before it. */
function mayPrecedeRegex(previous: Token | undefined): boolean {
  if (previous?.kind === 'symbol') return previous.text !== ')' && previous.text !== '*';
  return previous?.kind === 'name' && (previous.word === 'or' || previous.word === 'and');
}

function nameAt(text: string, from: number): Token {
  const parts: string[] = [];
  let hasBrackets = false;
  let to = from;
  for (;;) {
    const bracket = text[to] === '[' ? readBracket(text, to) : undefined;
    if (bracket?.kind === 'broken') return bracket;
    hasBrackets ||= bracket !== undefined;
    const end = bracket?.to ?? wordEnd(text, to);
    parts.push(bracket?.name ?? text.slice(to, end));
    to = end;
    if (text[to] !== '.' || !(text[to + 1] === '[' || wordEnd(text, to + 1) > to + 1)) break;
    to += 1;
  }
  const written = text.slice(from, to);
  const word = hasBrackets || parts.length > 2 ? undefined : written.toLowerCase();
  if (word === 'date') return dateAt(text, from, to) ?? { kind: 'name', from, to, text: written, parts, word };
  return { kind: 'name', from, to, text: written, parts, word };
}

/** `date(…)` is one token: what stands between the parentheses has its own form. */
function dateAt(text: string, from: number, afterName: number): Token | undefined {
  const match = matchAt(absoluteDate, text, afterName);
  if (!match) return undefined;
  const to = afterName + match[0].length;
  const ms = parseDate((match[1] ?? '').trim());
  const inside = afterName + match[0].search(/\d/);
  if (ms === undefined) return broken(text, inside, 'a date such as 2024-01-31 or 2024-01-31T12:00:00Z');
  return { kind: 'date', ms, from, to, text: text.slice(from, to) };
}

function broken(text: string, from: number, expected: string): Token {
  const shown =
    /^[\p{L}\p{N}_.:+-]{1,40}/u.exec(text.slice(from, from + 80))?.[0] ??
    String.fromCodePoint(text.codePointAt(from) ?? 0);
  return { kind: 'broken', expected, from, to: from + shown.length, text: shown };
}
