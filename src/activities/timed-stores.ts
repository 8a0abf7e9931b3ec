import type { ObjectKind } from '../domain/graph/identity';
import type { FinalizeStores } from '../domain/sync-job/finalize-deps';
import type { WorkerMetrics } from '../observability/worker-metrics';

/** The same stores; every transaction of graph changes is measured. */
export function timedStores(stores: FinalizeStores, { chunkDuration }: WorkerMetrics): FinalizeStores {
  const { graph } = stores;
  const timed = async (kind: ObjectKind, work: string, apply: Promise<void>): Promise<void> => {
    const end = chunkDuration.startTimer({ kind, work });
    await apply;
    end();
  };
  return {
    ...stores,
    graph: {
      applyChanges: async (of, changes) => {
        await timed(of.kind, 'changes', graph.applyChanges(of, changes));
      },
      applyDeletes: async (of, rows, keepTypes) => {
        await timed(of.kind, 'deletes', graph.applyDeletes(of, rows, keepTypes));
      },
      applyExplicitDeletes: async (of, ids, unresolvable) => {
        await timed(of.kind, 'explicit_deletes', graph.applyExplicitDeletes(of, ids, unresolvable));
      },
      settleTargets: async (job) => {
        const end = chunkDuration.startTimer({ kind: 'entity', work: 'mapped_targets' });
        const settled = await graph.settleTargets(job);
        end();
        return settled;
      },
      seenByAll: async () => {
        await graph.seenByAll();
      },
      appliedChunks: async (job, kind) => await graph.appliedChunks(job, kind),
      totals: async (job) => await graph.totals(job),
    },
  };
}
