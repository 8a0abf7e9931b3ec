import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';
import type { QueryRequest } from './queries';

/** Where the next page begins. */
export type QueryCursor =
  /** In the graph as it was at `time`, behind the rows up to `position` of the engine. */
  | { readonly kind: 'position'; readonly time: string; readonly now: number; readonly position: unknown }
  /** In the graph as it was at `time`, behind so many rows. */
  | { readonly kind: 'offset'; readonly time: string; readonly now: number; readonly offset: number }
  /** At a page of the stored result of a deferred query. */
  | { readonly kind: 'result'; readonly result: string; readonly page: number };

/** Signs short texts with a secret of the installation. */
export interface Seal {
  /** A few characters of base64url that only this installation can make for this text. */
  sign(text: string): string;
}

/** Cursors as clients see them: readable, but bound to account and question, so that none can be made or moved elsewhere. */
export class QueryCursors {
  constructor(
    private readonly seal: Seal,
    private readonly account: string,
  ) {}

  /** @param question of `questionOf` */
  write(cursor: QueryCursor, question: string): string {
    const body = toBase64Url(JSON.stringify(cursor));
    return `${body}.${this.sign(body, question)}`;
  }

  /** @throws DomainError CURSOR_INVALID */
  read(text: string, question: string): QueryCursor {
    const dot = text.indexOf('.');
    const body = text.slice(0, dot);
    if (dot <= 0 || !isEqual(text.slice(dot + 1), this.sign(body, question))) {
      throw new DomainError(
        ErrorCode.cursorInvalid,
        'The cursor was not returned for this query: send it with the same query, variables and flags, unchanged.',
      );
    }
    return JSON.parse(fromBase64Url(body)) as QueryCursor;
  }

  private sign(body: string, question: string): string {
    return this.seal.sign(JSON.stringify([this.account, question, body]));
  }
}

/** What makes two requests the same question, page apart. Takes a digest, as texts may be long. */
export function questionOf(
  { query, variables = {}, includeDeleted = false, scopeFilters = [], rowMetadata = false }: QueryRequest,
  digest: (text: string) => string,
): string {
  return digest(JSON.stringify([query, sortedEntries(variables), includeDeleted, scopeFilters, rowMetadata]));
}

const sortedEntries = (record: Readonly<Record<string, unknown>>): unknown =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** In the same time wherever the texts differ. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}

const toBase64Url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const fromBase64Url = (text: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)),
  );
