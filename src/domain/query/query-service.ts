import { ErrorCode } from '../../contracts/error-code';
import type { ResultFormat } from '../../contracts/query-result';
import { withDeadline } from '../../lib/deadline';
import type { Gate } from '../../lib/gate';
import { DomainError } from '../errors';
import type { CheckedQueries } from './checked-queries';
import type { DeferredQueries } from './deferred-queries';
import { explain } from './explain';
import type { KnownNames } from './hints';
import { planQuery } from './plan/plan-query';
import type { QueryPlan } from './plan/plan';
import type { QueryPolicy } from './plan/policy';
import { always } from './plan/predicates';
import type { Explanation, Queries, QueryPage, QueryRequest } from './queries';
import { QueryCursors, questionOf, type QueryCursor, type Seal } from './query-cursors';
import type { GraphReader, GraphSnapshot } from './run/graph-reader';
import { keptPage, pageReadAhead, streamedPage, treePage, wholePage, type Paging } from './query-pages';
import { runPlan, type RunPosition } from './run/run-plan';
import { policyOfScopeFilters } from './scope-filters';
import type { Query } from './syntax/ast';
import { requireRows } from './write-csv';

export interface QueryLimits {
  /** How long a query may take that somebody waits for, time in the queue included. */
  readonly timeoutMs: number;
  /** Bytes that one query may hold. */
  readonly maxBytes: number;
}

/** Pages of answers that were computed before they were asked for. It may forget at any time. */
export interface PageCache {
  get(key: string): readonly string[] | undefined;
  /** @param pages JSON texts of rows */
  set(key: string, pages: readonly string[]): void;
}

export interface QueryServiceDependencies {
  readonly account: string;
  readonly graph: GraphReader;
  readonly deferred: DeferredQueries;
  readonly seal: Seal;
  readonly pages: PageCache;
  /** Of the process. */
  readonly texts: CheckedQueries;
  /** Of the process: queries that run at one time. */
  readonly gate: Gate;
  readonly limits: QueryLimits;
  /** Classes and types of the account, for hints. */
  readonly names: () => Promise<KnownNames>;
  /** What the caller may see. */
  readonly policies: readonly QueryPolicy[];
  readonly now: () => number;
  readonly digest: (text: string) => string;
}

type SnapshotCursor = Exclude<QueryCursor, { readonly kind: 'result' }>;

export class QueryService implements Queries {
  private readonly cursors: QueryCursors;

  constructor(private readonly deps: QueryServiceDependencies) {
    this.cursors = new QueryCursors(deps.seal, deps.account);
  }

  async page(request: QueryRequest, signal?: AbortSignal): Promise<QueryPage> {
    const question = this.questionOf(request);
    const cursor = this.cursorOf(request, question);
    if (cursor?.kind === 'result') return await this.deps.deferred.page(cursor, question());
    const plan = this.plan(request, cursor?.now);
    if (request.dryRun === true) return { type: plan.result.kind, data: [], cursor: null, totalCount: null };
    const asked = { request, question, plan, cursor };
    return await this.withinLimits(signal, async (running) => {
      try {
        return await this.read(asked, running);
      } catch (err) {
        // A database that was away for a moment: the whole page again, from the graph as it is then.
        if (cursor || !isUnavailable(err)) throw err;
        return await this.read(asked, running);
      }
    });
  }

  async defer(
    request: QueryRequest,
    format: ResultFormat = 'json',
  ): Promise<{ readonly statePath: string; readonly correlationId: string }> {
    const question = this.questionOf(request);
    const cursor = this.cursorOf(request, question);
    if (cursor?.kind === 'result') {
      if (format === 'csv') throw storedPage();
      return await this.deps.deferred.statePath(cursor);
    }
    // Errors of the text are the caller's at once, not the workflow's (contract 3.3).
    const plan = this.plan(request, cursor?.now);
    if (format === 'csv') requireRows(plan);
    return await this.deps.deferred.start({ request, format, question: question(), from: cursor });
  }

  async explain(request: QueryRequest, signal?: AbortSignal): Promise<Explanation> {
    const plan = this.plan(request);
    const { limits, names, policies, now } = this.deps;
    const { maxBytes } = limits;
    return await this.withinLimits(signal, async (running) => {
      return await this.withSnapshot(
        { plan, time: undefined, signal: running },
        async (snapshot) =>
          await explain({
            text: request.query,
            plan,
            snapshot,
            names: await names(),
            policies,
            limits: { maxBytes },
            now,
          }),
      );
    });
  }

  private plan(request: QueryRequest, now = this.deps.now()): QueryPlan {
    const { query, variables = {}, includeDeleted = false, scopeFilters } = request;
    const filters = policyOfScopeFilters(scopeFilters);
    const policies = filters ? [...this.deps.policies, filters] : this.deps.policies;
    const read = (text: string): Query => this.deps.texts.read(text);
    return planQuery(query, { now, variables, includeDeleted, policies, read });
  }

  /** Only answers of several pages need it. */
  private questionOf(request: QueryRequest): () => string {
    let question: string | undefined;
    return () => (question ??= questionOf(request, this.deps.digest));
  }

  private cursorOf({ cursor }: QueryRequest, question: () => string): QueryCursor | undefined {
    return cursor === undefined || cursor === '' ? undefined : this.cursors.read(cursor, question());
  }

  private async withinLimits<T>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { timeoutMs: ms } = this.deps.limits;
    const reason = (): DomainError =>
      new DomainError(
        ErrorCode.queryTimeout,
        `The query took longer than ${ms / 1000} s and was ended. Make it more selective, or ask for a deferred response.`,
      );
    return await withDeadline(
      { ms, reason, signal },
      async (running) =>
        await this.deps.gate.run(running, async () => {
          try {
            return await work(running);
          } catch (err) {
            // Whatever a read makes of being ended, the caller hears why.
            running.throwIfAborted();
            throw err;
          }
        }),
    );
  }

  private async withSnapshot<T>(
    {
      plan,
      time,
      signal,
    }: { readonly plan: QueryPlan; readonly time: string | undefined; readonly signal: AbortSignal },
    work: (snapshot: GraphSnapshot) => Promise<T>,
  ): Promise<T> {
    const { includeDeleted } = plan;
    const snapshot = await this.deps.graph.open({ ...(time !== undefined && { time }), includeDeleted, signal });
    try {
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  }

  /** The cache is shared: what somebody else may see is not found under this. */
  private cacheKey(question: string, time: string, position?: unknown): string {
    return JSON.stringify([this.deps.account, this.deps.policies, question, time, position]);
  }

  private async read({ request, plan, question, cursor }: Asked, signal: AbortSignal): Promise<QueryPage> {
    const { pages, limits, now } = this.deps;
    const write = (next: QueryCursor): string => this.cursors.write(next, question());
    if (cursor?.kind === 'offset') {
      const kept = pages.get(this.cacheKey(question(), cursor.time));
      if (kept) return keptPage(plan.result.kind, kept, { write, cursor });
    }
    const place = cursor?.kind === 'position' ? cursor : undefined;
    if (place) {
      const kept = pages.get(this.cacheKey(question(), place.time, place.position));
      if (kept) return pageReadAhead(plan.result.kind, kept, { write, cursor: place });
    }
    return await this.withSnapshot({ plan, time: cursor?.time, signal }, async (snapshot) => {
      const from = place?.position as RunPosition | undefined;
      const { rowMetadata = false } = request;
      const run = runPlan(plan, snapshot, { limits: { maxBytes: limits.maxBytes }, rowMetadata, from });
      const paging: Paging = {
        time: () => snapshot.time,
        now: cursor?.now ?? now(),
        write,
        keep: (time, texts) => pages.set(this.cacheKey(question(), time), texts),
      };
      if (run.type === 'tree') return await treePage(run);
      if (!run.isResumable) return await wholePage(run, { ...paging, cursor });
      return await streamedPage(run, {
        ...paging,
        total: await totalOf(plan, snapshot),
        cursor: place,
        keepAhead: ({ time, position }, texts) => pages.set(this.cacheKey(question(), time, position), texts),
      });
    });
  }
}

interface Asked {
  readonly request: QueryRequest;
  readonly question: () => string;
  readonly plan: QueryPlan;
  readonly cursor: SnapshotCursor | undefined;
}

const storedPage = (): DomainError =>
  new DomainError(
    ErrorCode.badRequest,
    'The cursor leads to a page of a result that is stored as JSON. A CSV has all rows: ask for it without a cursor.',
  );

const isUnavailable = (err: unknown): boolean => err instanceof DomainError && err.code === ErrorCode.unavailable;

/** Where counters know how many rows a list has. */
async function totalOf(
  { start, steps, where, result }: QueryPlan,
  snapshot: GraphSnapshot,
): Promise<number | undefined> {
  const isPlain = result.kind === 'list' && steps.length === 0 && where === always;
  const all = isPlain ? await snapshot.count(start.predicate) : undefined;
  if (all === undefined || result.kind !== 'list') return undefined;
  return Math.max(0, Math.min(all - result.skip, result.limit ?? Infinity));
}
