import { nearest } from '../../../lib/nearest';
import { queryLimits } from '../limits';
import { parserError, type QueryError } from '../query-error';
import type { Query } from './ast';
import { hintFor } from './hints';
import { placeOf, type Span } from './source';
import type { Token, TokenOf } from './token';

/** Expectations named in one message at most. */
const maxExpected = 10;

/**
 * The tokens of a query, read from left to right. It remembers what would have been accepted at the current token, so that an
 * error can name all of it.
 */
export class TokenReader {
  private index = 0;
  private depth = 0;
  /** What was asked for at the current token and not there; the first `misses` of it, in the order of asking. */
  private readonly missed: { what: string; shown: Shown }[] = [];
  private misses = 0;
  /** Of the expression that is being read. */
  operators = 0;

  constructor(
    readonly text: string,
    private readonly tokens: readonly Token[],
    /** For subqueries: the grammar of values and that of queries need each other. */
    readonly parseSubquery: (reader: TokenReader) => Query,
  ) {}

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind === 'broken') this.fail();
    this.index += 1;
    this.misses = 0;
    return token;
  }

  /** Offset where the current token begins. */
  get here(): number {
    return this.peek().from;
  }

  /** From `from` to the end of the last token read. */
  since(from: number): Span {
    return { from, to: this.tokens[this.index - 1]?.to ?? from };
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.word === word;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return this.miss(word, asKeyword);
    this.next();
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return this.miss(symbol, asSymbol);
    this.next();
    return true;
  }

  take<Kind extends Token['kind']>(kind: Kind, what: string): TokenOf<Kind> | undefined {
    if (this.peek().kind === kind) return this.next() as TokenOf<Kind>;
    this.miss(what);
    return undefined;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) this.fail();
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.fail();
  }

  expect<Kind extends Token['kind']>(kind: Kind, what: string): TokenOf<Kind> {
    return this.take(kind, what) ?? this.fail();
  }

  /** Notes what else would be accepted at the current token. It is seldom told, so how it is shown is for later. */
  miss(what: string, shown: Shown = asWritten): false {
    const free = this.missed[this.misses];
    if (free) [free.what, free.shown] = [what, shown];
    else this.missed.push({ what, shown });
    this.misses += 1;
    return false;
  }

  private get expected(): readonly string[] {
    return [...new Set(this.missed.slice(0, this.misses).map(({ what, shown }) => shown(what)))];
  }

  /** Reads something that may hold itself. */
  nested<Result>(read: () => Result): Result {
    this.depth += 1;
    if (this.depth > queryLimits.depth) {
      throw this.tooMuch(`It is nested more than ${queryLimits.depth} levels deep.`);
    }
    const result = read();
    this.depth -= 1;
    return result;
  }

  tooMuch(sentence: string): QueryError {
    return parserError(`Error parsing query. ${sentence}`, this.text, this.here);
  }

  /** @throws QueryError that says what was found at the current token and what was expected */
  fail(): never {
    const token = this.peek();
    const expected = token.kind === 'broken' && token.expected !== '' ? [token.expected] : this.expected;
    const found = token.kind === 'end' ? 'Unexpected end of the query' : `Unexpected token "${shorten(token.text)}"`;
    const keywords = expected.filter((each) => /^[A-Z ]+$/.test(each)).flatMap((each) => each.split(' '));
    const near = token.kind === 'name' && token.parts.length === 1 ? nearest(token.text, keywords) : undefined;
    // JupiterOne says this of any WITH in a wrong place, and its clients look for it.
    const meant = this.isWord('with') ? 'with' : near?.toLowerCase();
    const { line, column } = placeOf(this.text, token.from);
    const sentences = [
      `Error parsing query. ${found} at line ${line} column ${column}.`,
      ...(meant === undefined ? [] : [`Did you mean "${meant}"?`]),
      ...(expected.length === 0 ? [] : [`Expected ${inWords(expected)}.`]),
      near === undefined ? (hintFor(this.tokens, this.index) ?? '') : '',
    ];
    throw parserError(sentences.filter((sentence) => sentence !== '').join(' '), this.text, token.from);
  }
}

type Shown = (what: string) => string;
const asWritten: Shown = (what) => what;
const asKeyword: Shown = (word) => word.toUpperCase();
const asSymbol: Shown = (symbol) => `"${symbol}"`;

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function inWords(all: readonly string[]): string {
  const shown = all.length > maxExpected ? [...all.slice(0, maxExpected), 'more'] : all;
  if (shown.length === 1) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}
