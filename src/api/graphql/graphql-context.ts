import DataLoader from 'dataloader';
import { ReadBudget } from '../../domain/graph/neighborhood';
import type { FlatObject, Tenant } from '../../domain/ports';

/** What resolvers work with; one for each operation. */
export interface GraphqlContext extends RequestContext {
  /** Of vertices and edges that are found from other ones. */
  readonly budget: ReadBudget;
  /** Of one vertex; those of all vertices of an answer are read together. */
  edgesOf(vertexId: string): Promise<readonly FlatObject[]>;
}

export interface RequestContext {
  readonly tenant: Tenant;
  readonly requestId: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
  /** Under which the client reaches this API, without a slash at the end. */
  readonly publicUrl: string;
}

export type Resolver<Args> = (source: unknown, args: Args, context: GraphqlContext) => unknown;
/** By type and field. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function operationContext(
  request: RequestContext,
  { maxObjects }: { readonly maxObjects: number },
): GraphqlContext {
  const { tenant, requestId } = request;
  const budget = new ReadBudget(maxObjects);
  const readEdges = async (ids: readonly string[]): Promise<FlatObject[][]> => {
    const found = await tenant.graphReads.relationshipsAt(ids, budget.left + 1);
    budget.take(found.length);
    const byEnd = new Map<string, FlatObject[]>(ids.map((id) => [id, []]));
    for (const edge of found) {
      for (const end of new Set([edge['_fromEntityId'], edge['_toEntityId']])) byEnd.get(String(end))?.push(edge);
    }
    return ids.map((id) => byEnd.get(id) ?? []);
  };
  let edges: DataLoader<string, FlatObject[]> | undefined;
  return {
    tenant,
    requestId,
    get signal() {
      return request.signal;
    },
    get publicUrl() {
      return request.publicUrl;
    },
    budget,
    edgesOf: async (vertexId) => await (edges ??= new DataLoader(readEdges, { maxBatchSize: 1000 })).load(vertexId),
  };
}
