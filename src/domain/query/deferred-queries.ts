import type { ResultFormat } from '../../contracts/query-result';
import type { QueryPage, QueryRequest } from './queries';
import type { QueryCursor } from './query-cursors';

type ResultCursor = Extract<QueryCursor, { readonly kind: 'result' }>;

/** Queries that a workflow answers, of one account. */
export interface DeferredQueries {
  /**
   * Starts the workflow. The state document is there when this resolves.
   * @param from where a cursor of an answer that was not deferred leads
   */
  start(asked: {
    readonly request: QueryRequest;
    readonly format: ResultFormat;
    /** Of `questionOf`: what the cursors of the result are bound to. */
    readonly question: string;
    readonly from: Exclude<QueryCursor, { readonly kind: 'result' }> | undefined;
  }): Promise<{ readonly statePath: string; readonly correlationId: string }>;
  /** The state document of one page of a result. @throws DomainError CURSOR_EXPIRED when the result is not kept any more */
  statePath(cursor: ResultCursor): Promise<{ readonly statePath: string; readonly correlationId: string }>;
  /** The page itself, for a client that goes on without deferral. @throws DomainError CURSOR_EXPIRED */
  page(cursor: ResultCursor, question: string): Promise<QueryPage>;
}
