import { Binary, MongoServerError } from 'mongodb';
import { randomUUID } from 'node:crypto';
import { ErrorCode } from '../../contracts/error-code';
import type { DryRun } from '../../contracts/sync-job';
import { DomainError } from '../../domain/errors';
import type { DryRuns, DryRunStores } from '../../domain/sync-job/dry-runs';
import type { StoredJob } from '../../domain/sync-job/ports';
import { orUnavailable, type Database } from './database';
import { DryRunGraph } from './dry-run-graph';
import { ManifestView } from './manifest-view';
import { ScratchPlans } from './mongo-plan-store';
import { bytesOf } from './packed-ids';

const keepMs = 30 * 24 * 3600 * 1000;
const snapshotTooOld = 239;
/** Objects of one kind whose fate a run remembers; 42 MB at most. Beyond that counts of relationships are estimates. */
const maxRemembered = 1_500_000;

/** Dry runs read through a snapshot session: everything that they see is of the moment of their first read, cluster-wide. */
export class MongoDryRuns implements DryRuns {
  constructor(
    private readonly database: Database,
    private readonly limits: { readonly maxRemembered: number } = { maxRemembered },
  ) {}

  async begin(job: StoredJob): Promise<DryRunStores> {
    const session = this.database.client.startSession({ snapshot: true });
    const scope = await this.database.collections.scopes.findOne(
      { _id: job.scopeId },
      { session, projection: { queue: 1 } },
    );
    const plans = new ScratchPlans(this.database);
    const graph = new DryRunGraph(this.database, session, this.limits.maxRemembered);
    return {
      name: randomUUID(),
      ahead: scope?.queue[0] ?? null,
      plans,
      manifests: new ManifestView(this.database, session, graph),
      graph,
      outcome: () => graph.outcome(),
      close: async () => {
        await Promise.all([plans.discard(), session.endSession()]);
      },
    };
  }

  async keep(jobId: string, result: DryRun): Promise<void> {
    const _id = `${jobId}/dryRun`;
    await this.pages.replaceOne(
      { _id },
      {
        jobId,
        kind: '',
        planId: '',
        type: 'dryRun',
        number: 0,
        content: new Binary(Buffer.from(JSON.stringify(result))),
        expireAt: new Date(result.on + keepMs),
      },
      { upsert: true },
    );
  }

  async find(jobId: string): Promise<DryRun | undefined> {
    const page = await orUnavailable(this.pages.findOne({ _id: `${jobId}/dryRun` }));
    return page?.content ? (JSON.parse(Buffer.from(bytesOf(page.content)).toString()) as DryRun) : undefined;
  }

  explain(err: unknown): unknown {
    if (!(err instanceof MongoServerError) || err.code !== snapshotTooOld) return err;
    return new DomainError(
      ErrorCode.unavailable,
      'The dry run took longer than the database keeps the moment that it looks at (minSnapshotHistoryWindowInSeconds, 300 s unless set).',
      [],
      { cause: err },
    );
  }

  private get pages() {
    return this.database.collections.planPages;
  }
}
