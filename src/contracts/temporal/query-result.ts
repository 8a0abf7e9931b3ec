import { defineQuery } from '@temporalio/workflow';
import type { ResultStatus } from '../query-result';

export const deferredQueryWorkflowType = 'deferredQuery';
export const queryWorkflowId = (account: string, resultId: string): string => `query:${account}:${resultId}`;

/** Of a run whose result document the API has written already. */
export interface ResultRef {
  readonly account: string;
  /** UUID. */
  readonly resultId: string;
  /** Request of the API that the work is done for; for logs. */
  readonly requestId?: string;
}

/** Input of `deferredQuery` by the API: what is asked is in the result's document, not in the history. */
export interface StoredQueryInput extends ResultRef {
  /** How long the work may still take, milliseconds. */
  readonly timeoutMs: number;
}

/** Input of `deferredQuery` by the Temporal CLI. */
export interface AskedQueryInput {
  readonly account: string;
  /** J1QL */
  readonly query: string;
  /** Anyone who can read the history can read them. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly includeDeleted?: boolean;
}

export type DeferredQueryInput = StoredQueryInput | AskedQueryInput;

/** What the query `result` answers and the workflow returns: how it went, and never a row. */
export interface ResultState {
  readonly resultId: string;
  readonly account: string;
  readonly status: ResultStatus;
  readonly error: string | null;
  readonly rows: number;
  readonly pages: number;
  /** Of the rows as JSON. */
  readonly bytes: number;
  /** When the work is given up. ISO 8601, likewise the next one. */
  readonly deadline: string;
  /** Until then the result can be read; null while it is being made. */
  readonly readableUntil: string | null;
  /** Asked with credentials of the account, this path of the API names the state document. */
  readonly path: string;
}

export const resultQuery = defineQuery<ResultState>('result');
