import type { ObjectKind } from '../../../src/domain/graph/identity';
import type { PlanStore, PlanWriter, SealedPlan, StoredJob } from '../../../src/domain/sync-job/ports';
import { changeJob, type MemoryDatabase, type MemoryPlan } from './memory-database';

export class MemoryPlanStore implements PlanStore {
  constructor(private readonly database: MemoryDatabase) {}

  async begin({ document }: StoredJob, kind: ObjectKind): Promise<PlanWriter> {
    const plan: MemoryPlan = { batches: [], deletes: [], totals: { changes: 0, deletes: 0 } };
    return {
      addBatch: async ({ rows, ...batch }) =>
        void plan.batches.push({ ...batch, actions: batch.actions.slice(), ...(rows && { rows: rows.slice() }) }),
      addDeletes: async (rows) => void plan.deletes.push(rows.slice()),
      seal: async ({ changes, deletes }) => {
        const job = this.database.jobs.get(document.id);
        if (!job || job.endedAt !== null || job.seals[kind]) return undefined;
        plan.totals = { changes, deletes };
        job.seals[kind] = plan;
        changeJob(job, { committed: true, sealed: kinds.filter((each) => job.seals[each]) });
        return sealedPlan(kind, plan, true);
      },
    };
  }

  async sealed({ document }: StoredJob, kind: ObjectKind): Promise<SealedPlan | undefined> {
    const plan = this.database.jobs.get(document.id)?.seals[kind];
    return plan && sealedPlan(kind, plan, false);
  }

  async discard(jobId: string): Promise<void> {
    this.database.dryRuns.delete(jobId);
    for (const plan of Object.values(this.database.jobs.get(jobId)?.seals ?? {})) {
      plan.batches.length = 0;
      plan.deletes.length = 0;
    }
  }
}

const kinds = ['entity', 'relationship'] as const;

const sealedPlan = (kind: ObjectKind, plan: MemoryPlan, isNew: boolean): SealedPlan => ({
  kind,
  isNew,
  ...plan.totals,
  async *batches() {
    yield* [...plan.batches].sort((a, b) => a.seq - b.seq);
  },
  async *deletePages() {
    yield* plan.deletes;
  },
});
