import type { ResultFormat } from '../../contracts/query-result';

/** What a client asks (contract 5.1). Empty texts and lists count as absent. */
export interface QueryRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly includeDeleted?: boolean;
  /** Seen by this request: each element is a statement of a policy, all of them alternatives. */
  readonly scopeFilters?: unknown;
  /** Adds `_meta` to the rows of a table. */
  readonly rowMetadata?: boolean;
  /** As returned with the page before. */
  readonly cursor?: string;
  /** Checks and plans only. */
  readonly dryRun?: boolean;
  /** For logs of server and workers. */
  readonly requestId?: string | undefined;
}

export type ResultType = 'list' | 'table' | 'tree';

export interface QueryPage {
  readonly type: ResultType;
  /** Rows as on the wire (contract 5.5); for a tree one object with `vertices` and `edges`. */
  readonly data: readonly unknown[] | TreeData;
  /** Null on the last page. */
  readonly cursor: string | null;
  /** Rows of the whole result, where that is known. */
  readonly totalCount: number | null;
}

export interface TreeData {
  readonly vertices: readonly unknown[];
  readonly edges: readonly unknown[];
}

/** One kind of reads of the graph, with what they took together. */
export interface ExplainedRead {
  readonly read: string;
  readonly index: string;
  readonly calls: number;
  readonly rows: number;
  readonly ms: number;
}

/** How the first page of a query is answered. */
export interface Explanation {
  /** The query as the printer writes it. */
  readonly query: string;
  /** `QueryPlan`, with names of slots. */
  readonly plan: unknown;
  readonly reads: readonly ExplainedRead[];
  /** Of the first page. */
  readonly rows: number;
  /** Whether pages are read one by one, or all rows are computed for the first. */
  readonly isStreamed: boolean;
  readonly ms: number;
  /** What nothing in the graph has: classes, types and properties, with near names. */
  readonly hints: readonly string[];
}

/**
 * The queries of one account.
 * Every method throws QueryError for a text that cannot be run, DomainError CURSOR_INVALID and CURSOR_EXPIRED for cursors,
 * QUERY_TIMEOUT and QUERY_TOO_LARGE past the limits.
 */
export interface Queries {
  /** One page of the answer, at most 250 rows. */
  page(request: QueryRequest, signal?: AbortSignal): Promise<QueryPage>;
  /**
   * Lets a workflow answer. The state document is there when this resolves.
   * @param format CSV is one file with all rows. @throws DomainError BAD_REQUEST for CSV of a tree, and for a cursor that leads
   * to a stored page
   * @returns the path of the state document on this host, unguessable
   */
  defer(
    request: QueryRequest,
    format?: ResultFormat,
  ): Promise<{ readonly statePath: string; readonly correlationId: string }>;
  /** Runs the query and says how it was answered. */
  explain(request: QueryRequest, signal?: AbortSignal): Promise<Explanation>;
}
