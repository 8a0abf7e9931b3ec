import { ResultStatus, type ResultFormat, type ResultKind } from '../../contracts/query-result';
import type { ResultType } from './queries';

/** A result that a workflow is to make. */
export interface NewResult {
  /** UUID; also the correlation id that clients see. */
  readonly id: string;
  readonly kind: ResultKind;
  /** What is asked, as JSON: `DeferredQuestion` or `ReportSelection`. */
  readonly request: string;
  /** Digest that cursors of the result are bound to (`query-cursors.ts`). */
  readonly question: string;
  /** Epoch milliseconds; likewise the others. */
  readonly createdAt: number;
  /** The work is ended then. */
  readonly deadlineAt: number;
}

export interface StoredResult extends NewResult {
  readonly account: string;
  readonly status: ResultStatus;
  readonly error: string | null;
  readonly endedAt: number | null;
  /** From then on nobody can read it. */
  readonly expiresAt: number;
  /** What the attempt that counts has written; null until the result is complete. */
  readonly content: ResultSummary | null;
}

export interface ResultSummary {
  /** Name of the attempt; part of the keys of its content. */
  readonly attempt: string;
  readonly type: ResultType;
  readonly rows: number;
  /** At least one. A file is one. */
  readonly pages: number;
  /** Of all pages as JSON, or of the file. */
  readonly bytes: number;
}

export interface ResultLimits {
  /** How long the work may take, milliseconds. */
  readonly timeoutMs: number;
  /** How long a result can be read after its end. */
  readonly keepMs: number;
}

/** States of results of one account. Every method may be repeated. */
export interface QueryResultStore {
  /** Durable once resolved. The same id again gives back what is there. */
  create(result: NewResult & { readonly expiresAt: number }): Promise<StoredResult>;
  find(id: string): Promise<StoredResult | undefined>;
  /**
   * Seals the content of one attempt: the first end of a result counts. Answers with the result as it is then; undefined when there
   * is none.
   */
  complete(
    id: string,
    end: { readonly content: ResultSummary; readonly now: number; readonly expiresAt: number },
  ): Promise<StoredResult | undefined>;
  /** @param end `error` is a sentence for the client */
  fail(
    id: string,
    end: { readonly error: string; readonly now: number; readonly expiresAt: number },
  ): Promise<StoredResult | undefined>;
}

/** Results of all accounts, for whoever has the token of one: the token names it, and nobody can guess it. */
export interface PublishedResults {
  find(id: string): Promise<StoredResult | undefined>;
}

/** Content of one attempt at a result. */
export interface ContentPlace {
  readonly id: string;
  readonly attempt: string;
}

/** Contents of results of one account. */
export interface ResultContent {
  /** Durable once resolved; the same page of the same attempt again replaces it. */
  putPage(place: ContentPlace & { readonly page: number }, parts: readonly Uint8Array[]): Promise<void>;
  /** What was put, as a stream. @throws DomainError NOT_FOUND, SERVICE_UNAVAILABLE, both before the first piece */
  openPage(place: ContentPlace & { readonly page: number }): Promise<AsyncIterable<Uint8Array>>;
  /** A result that is one file, of any size; answers its bytes. Nothing is there before it resolves, nor after a failure. */
  putFile(
    place: ContentPlace,
    content: AsyncIterable<Uint8Array>,
    about: { readonly contentType: string },
  ): Promise<number>;
  /** A URL that lets anyone download the file until it expires. */
  fileUrl(place: ContentPlace & { readonly fileName: string; readonly expiresInSeconds: number }): Promise<string>;
  /** Removes what any attempt at these results has written, except that of `keep`. */
  discard(id: string, keep?: { readonly attempt: string }): Promise<void>;
}

export const queryKindOf = (format: ResultFormat): ResultKind => (format === 'csv' ? 'query-csv' : 'query');

export const formatOf = (kind: ResultKind): ResultFormat => (kind === 'csv' || kind === 'query-csv' ? 'csv' : 'json');

/** Clocks of machines differ, and the end of the work takes a moment. */
const graceMs = 15_000;

/** No worker has ended it in time, and none can any more: whoever asks is told so. */
export const isOverdue = ({ status, deadlineAt }: StoredResult, now: number): boolean =>
  status === ResultStatus.inProgress && now > deadlineAt + graceMs;

/** Why a result without an end is none. */
export const overdueSentence = ({ createdAt, deadlineAt }: StoredResult): string =>
  `It was not done within ${String(Math.round((deadlineAt - createdAt) / 1000))} s, the most that a deferred query or report may take. Make it more selective, or ask the operator for more time.`;
