import { defineQuery } from '@temporalio/workflow';
import type { ResultFormat, ResultStatus } from '../query-result';

export const deferredQueryWorkflowType = 'deferredQuery';
export const csvReportWorkflowType = 'csvReport';
export const queryWorkflowId = (account: string, resultId: string): string => `query:${account}:${resultId}`;
export const reportWorkflowId = (account: string, resultId: string): string => `report:${account}:${resultId}`;

/** Of a run whose result document the API has written already. */
export interface ResultRef {
  readonly account: string;
  /** UUID. */
  readonly resultId: string;
  /** Request of the API that the work is done for; for logs. */
  readonly requestId?: string;
}

/** Input of both workflows by the API: what is asked is in the result's document, not in the history. */
export interface StoredResultInput extends ResultRef {
  /** How long the work may still take, milliseconds. */
  readonly timeoutMs: number;
  /** Of a deferred query: as in its document, `csv` only. Absent for JSON. */
  readonly format?: 'csv';
}

/** Input of `deferredQuery` by the Temporal CLI. */
export interface AskedQueryInput {
  readonly account: string;
  /** J1QL */
  readonly query: string;
  /** Anyone who can read the history can read them. */
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly includeDeleted?: boolean;
  /** JSON unless given; CSV is one file with all rows of a list or table. */
  readonly format?: ResultFormat;
}

export type DeferredQueryInput = StoredResultInput | AskedQueryInput;

/** Input of `csvReport` by the Temporal CLI: the arguments of `buildCsv`. */
export interface AskedReportInput {
  readonly account: string;
  /** Names and values of metadata, e.g. `{"_class":["Host"]}`. */
  readonly filters?: Readonly<Record<string, string | readonly string[]>>;
  readonly propertyFilters?: Readonly<Record<string, unknown>>;
  readonly filterType?: FilterType;
  readonly format?: ResultFormat;
}

export type CsvReportInput = StoredResultInput | AskedReportInput;

export const filterTypes = ['AND', 'OR', 'AND_WITH_SAME_FIELD_OR', 'AND_WITH_CLASS_OR', 'OR_WITH_CLASS_OR'] as const;
type FilterType = (typeof filterTypes)[number];

/** What the query `result` answers and the workflow returns: how it went, and never a row. */
export interface ResultState {
  readonly resultId: string;
  readonly account: string;
  readonly status: ResultStatus;
  readonly error: string | null;
  readonly rows: number;
  readonly pages: number;
  /** Absent in histories of before there was a choice. */
  readonly format?: ResultFormat;
  /** Of the rows as JSON, or of the file. */
  readonly bytes: number;
  /** When the work is given up. ISO 8601, likewise the next one. */
  readonly deadline: string;
  /** Until then the result can be read; null while it is being made. */
  readonly readableUntil: string | null;
  /** Asked with credentials of the account, this path of the API names the state document. */
  readonly path: string;
}

export const resultQuery = defineQuery<ResultState>('result');
