import { planQuery } from './plan/plan-query';
import type { QueryPlan } from './plan/plan';
import type { QueryPolicy } from './plan/policy';
import type { QueryRequest } from './queries';
import type { QueryCursor } from './query-cursors';
import type { GraphReader } from './run/graph-reader';
import { runPlan, type RunPosition } from './run/run-plan';
import { policyOfScopeFilters } from './scope-filters';
import type { RowsToWrite } from './write-pages';

/** What of a request decides its answer. JSON. */
export interface DeferredQuestion {
  readonly query: string;
  readonly variables?: QueryRequest['variables'] | undefined;
  readonly includeDeleted?: boolean | undefined;
  readonly scopeFilters?: unknown;
  readonly rowMetadata?: boolean | undefined;
  /** Where an answer that was not deferred has stopped. */
  readonly from?: Exclude<QueryCursor, { readonly kind: 'result' }> | undefined;
}

export interface AnswerDependencies {
  readonly graph: GraphReader;
  /** What the account's callers may see. */
  readonly policies: readonly QueryPolicy[];
  /** Bytes that the run may hold. */
  readonly maxBytes: number;
}

/** All rows, read anew by whoever iterates over them, at the same point in time each time. */
export interface Answer extends RowsToWrite {
  readonly plan: QueryPlan;
  readonly rowMetadata: boolean;
}

/**
 * Hands all rows of an answer to `use`, at one point in time of the graph.
 * @param at epoch milliseconds that `date.now` stands for
 * @throws QueryError for a text that cannot be run; DomainError QUERY_TOO_LARGE; CURSOR_EXPIRED when the database does not keep that
 * time any more; the signal's reason
 */
export async function answerQuestion<T>(
  asked: DeferredQuestion,
  { at, signal, ...deps }: AnswerDependencies & { readonly at: number; readonly signal: AbortSignal },
  use: (answer: Answer) => Promise<T>,
): Promise<T> {
  const { query, variables = {}, includeDeleted = false, scopeFilters, rowMetadata = false, from } = asked;
  const filters = policyOfScopeFilters(scopeFilters);
  const policies = filters ? [...deps.policies, filters] : deps.policies;
  const plan = planQuery(query, { now: from?.now ?? at, variables, includeDeleted, policies });
  const snapshot = await deps.graph.open({ ...(from && { time: from.time }), includeDeleted, signal });
  try {
    const position = from?.kind === 'position' ? (from.position as RunPosition) : undefined;
    const run = runPlan(plan, snapshot, { limits: { maxBytes: deps.maxBytes }, rowMetadata, from: position });
    const skip = from?.kind === 'offset' ? from.offset : 0;
    const batches = { [Symbol.asyncIterator]: () => rowsOf(run, skip)[Symbol.asyncIterator]() };
    return await use({ type: run.type, batches, plan, rowMetadata });
  } finally {
    await snapshot.close();
  }
}

async function* rowsOf(run: ReturnType<typeof runPlan>, skip: number): AsyncIterable<readonly unknown[]> {
  let left = skip;
  for await (const { rows } of run.batches()) {
    if (left < rows.length) yield left === 0 ? rows : rows.slice(left);
    left = Math.max(0, left - rows.length);
  }
}
