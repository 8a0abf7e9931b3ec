import { randomUUID } from 'node:crypto';
import type { DryRun } from '../../../src/contracts/sync-job';
import type { DryRuns } from '../../../src/domain/sync-job/dry-runs';
import type { StoredJob } from '../../../src/domain/sync-job/ports';
import { MemoryDatabase } from './memory-database';
import { MemoryGraphWriter } from './memory-graph-writer';
import { MemoryManifestStore } from './memory-manifest-store';
import { MemoryPlanStore } from './memory-plan-store';

/** Does it, on a copy. */
export class MemoryDryRuns implements DryRuns {
  constructor(private readonly database: MemoryDatabase) {}

  async begin(job: StoredJob) {
    const copy = new MemoryDatabase();
    for (const kind of ['entity', 'relationship'] as const) {
      for (const [id, object] of this.database.graph[kind]) copy.graph[kind].set(id, object);
    }
    const own = this.database.jobs.get(job.document.id);
    if (own) copy.jobs.set(job.document.id, { ...own, events: [], seals: {} });
    const graph = new MemoryGraphWriter(copy);
    return {
      name: randomUUID(),
      ahead: this.database.queues.get(job.scopeId)?.[0] ?? null,
      plans: new MemoryPlanStore(copy),
      manifests: new MemoryManifestStore(copy),
      graph,
      outcome: () => {
        const { counts, problems } = graph.sums(job);
        return { counts, problems, sample: { entities: none, relationships: none }, estimated: false };
      },
      close: async () => undefined,
    };
  }

  async keep(jobId: string, result: DryRun) {
    this.database.dryRuns.set(jobId, result);
  }

  async find(jobId: string) {
    return this.database.dryRuns.get(jobId);
  }

  explain(err: unknown) {
    return err;
  }
}

const none = { created: [], updated: [], deleted: [] };
