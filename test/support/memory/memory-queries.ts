import { randomUUID } from 'node:crypto';
import type { ResultFormat } from '../../../src/contracts/query-result';
import type { ObjectKind } from '../../../src/domain/graph/identity';
import type { FlatObject } from '../../../src/domain/ports';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import type { Queries, QueryPage, QueryRequest } from '../../../src/domain/query/queries';
import { policyOfScopeFilters } from '../../../src/domain/query/scope-filters';
import { runPlan } from '../query/run-plan';

export interface MemoryQueries extends Queries {
  /** What reading a page throws from now on. */
  failure?: Error;
  /** In the order of the calls. */
  readonly calls: readonly Call[];
}

interface Call {
  readonly method: 'page' | 'defer' | 'explain';
  readonly request: QueryRequest;
  readonly format?: ResultFormat | undefined;
}

/** Answers by the reference evaluator, all rows in one page; for tests of what surrounds the queries. */
export function memoryQueries(objects: (kind: ObjectKind) => readonly FlatObject[]): MemoryQueries {
  const calls: Call[] = [];
  const planned = ({ query, variables, includeDeleted, scopeFilters }: QueryRequest) => {
    const policy = policyOfScopeFilters(scopeFilters);
    return planQuery(query, {
      now: Date.now(),
      ...(variables && { variables }),
      ...(includeDeleted !== undefined && { includeDeleted }),
      ...(policy && { policies: [policy] }),
    });
  };
  const queries: MemoryQueries = {
    calls,
    async page(request): Promise<QueryPage> {
      calls.push({ method: 'page', request });
      if (queries.failure) throw queries.failure;
      const answer = runPlan(planned(request), {
        entities: objects('entity').map(withId),
        relationships: objects('relationship').map((object) => ({
          ...withId(object),
          from: String(object['_fromEntityId']),
          to: String(object['_toEntityId']),
        })),
      });
      const page = { cursor: null, totalCount: null };
      if (answer.kind === 'tree') return { ...page, type: 'tree', data: { vertices: [], edges: [] } };
      const rows = answer.kind === 'list' ? answer.entities.map(({ id }) => ({ id })) : answer.rows;
      return { ...page, type: answer.kind, data: rows, totalCount: rows.length };
    },
    async defer(request, format) {
      calls.push({ method: 'defer', request, format });
      planned(request);
      return { statePath: `/deferred/${randomUUID()}`, correlationId: randomUUID() };
    },
    async explain(request) {
      calls.push({ method: 'explain', request });
      return { query: request.query, plan: planned(request), reads: [], rows: 0, isStreamed: true, ms: 0, hints: [] };
    },
  };
  return queries;
}

const withId = (object: FlatObject) => ({ id: String(object['_id']), properties: object });
