import type { ObjectKind } from '../../../src/domain/graph/identity';
import type { PlanStore, PlanWriter, SealedPlan, StoredJob } from '../../../src/domain/sync-job/ports';
import { changeJob, type MemoryDatabase, type MemoryPlan } from './memory-database';

export class MemoryPlanStore implements PlanStore {
  constructor(private readonly database: MemoryDatabase) {}

  async begin({ document }: StoredJob, kind: ObjectKind): Promise<PlanWriter> {
    const plan: MemoryPlan = { batches: [], deletes: [], totals: { changes: 0, deletes: 0 } };
    return {
      addBatch: async (batch) => void plan.batches.push({ ...batch, actions: batch.actions.slice() }),
      addDeletes: async (rows) => void plan.deletes.push(rows.slice()),
      seal: async ({ changes, deletes }) => {
        const job = this.database.jobs.get(document.id);
        if (!job || job.endedAt !== null || job.seals[kind]) return false;
        plan.totals = { changes, deletes };
        job.seals[kind] = plan;
        changeJob(job, { committed: true });
        return true;
      },
    };
  }

  async sealed({ document }: StoredJob, kind: ObjectKind): Promise<SealedPlan | undefined> {
    const plan = this.database.jobs.get(document.id)?.seals[kind];
    if (!plan) return undefined;
    return {
      ...plan.totals,
      async *batches() {
        yield* [...plan.batches].sort((a, b) => a.seq - b.seq);
      },
      async *deletePages() {
        yield* plan.deletes;
      },
    };
  }

  async discard(jobId: string): Promise<void> {
    this.database.dryRuns.delete(jobId);
    for (const plan of Object.values(this.database.jobs.get(jobId)?.seals ?? {})) {
      plan.batches.length = 0;
      plan.deletes.length = 0;
    }
  }
}
