import { randomUUID } from 'node:crypto';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { SyncJobRunner } from '../../../src/domain/sync-job/sync-job-runner';
import { createBench, type BenchGraph, type SyncBench } from '../bench';
import type { ModelObject, ModelVersion } from '../sync-model';
import { MemoryDatabase, type MemoryObject, type MemoryVersion } from './memory-database';
import { memoryStores } from './memory-stores';

/** A bench that needs no component. */
export function createMemoryBench(
  options: {
    readonly database?: MemoryDatabase;
    readonly account?: string;
    readonly applyLanes?: number;
    readonly smallPlan?: number;
    readonly stores?: (stores: FinalizeStores) => Partial<FinalizeStores>;
    readonly runner?: SyncJobRunner;
  } = {},
): SyncBench & { readonly database: MemoryDatabase } {
  const { database = new MemoryDatabase(), account = `m-${randomUUID()}`, applyLanes, smallPlan, runner } = options;
  const plain = memoryStores(database, account);
  const stores = { ...plain, ...options.stores?.(plain) };
  const graph = async () => readMemoryGraph(database, account);
  const recount = async () => await plain.counters.counts();
  return {
    ...createBench({
      account,
      stores,
      graph,
      recount,
      applyLanes,
      smallPlan,
      retryAfterMs: 0,
      ...(runner && { runner }),
    }),
    database,
  };
}

export function readMemoryGraph({ graph }: MemoryDatabase, account: string): BenchGraph {
  const nameOf = ({ owner, key }: MemoryObject) => `${owner.scope}/${key}`;
  const nameOfEnd = (id: string | undefined) => {
    if (id === undefined) return undefined;
    const entity = graph.entity.get(id);
    return entity ? nameOf(entity) : `unknown ${id}`;
  };
  const versionOf = ({ version, state, beginOn, endOn }: MemoryVersion): ModelVersion => ({
    version,
    type: state.type,
    properties: state.properties as ModelVersion['properties'],
    from: nameOfEnd(state.fromId),
    to: nameOfEnd(state.toId),
    overrides: state.overrides as ModelVersion['overrides'],
    beginOn,
    endOn,
  });
  const collect = (objects: ReadonlyMap<string, MemoryObject>) =>
    new Map(
      [...objects.values()]
        .filter(({ owner }) => owner.account === account)
        .map((object): [string, ModelObject] => {
          const { deleted, createdOn, history } = object;
          return [nameOf(object), { ...versionOf(object), deleted, createdOn, history: history.map(versionOf) }];
        }),
    );
  return { entities: collect(graph.entity), relationships: collect(graph.relationship) };
}
