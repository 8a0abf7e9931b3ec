import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainFailureInterceptor } from '../../src/activities/domain-failure-interceptor';
import { createSyncJobActivities, type SyncJobActivities } from '../../src/activities/sync-job-activities';
import { sha1 } from '../../src/adapters/digest';
import { isTerminal, syncJobCounters, type SyncJobCounter, type SyncJobDocument } from '../../src/contracts/sync-job';
import type { SyncJobState } from '../../src/contracts/temporal/sync-job';
import type { DeleteGuard } from '../../src/domain/sync-job/delete-guard';
import type { GraphCounts } from '../../src/domain/graph/entity-counts';
import type { FinalizeStores } from '../../src/domain/sync-job/finalize-deps';
import type { SyncJobRunner } from '../../src/domain/sync-job/sync-job-runner';
import { KnownContents } from '../../src/domain/sync-job/known-contents';
import { SyncJobsService } from '../../src/domain/sync-job/sync-jobs-service';
import type { ModelObject } from './sync-model';

/** Attempts that fail are what some tests are about. */
const quiet = new DefaultLogger('ERROR');

/** All objects, ended ones too, with their histories, by `scope/key`. */
export interface BenchGraph {
  readonly entities: Map<string, ModelObject>;
  readonly relationships: Map<string, ModelObject>;
}

/** The service and the activities of one account in this process, on any stores, without a Temporal server. */
export interface SyncBench {
  readonly account: string;
  readonly stores: FinalizeStores;
  readonly service: SyncJobsService;
  readonly activities: SyncJobActivities;
  /** Epoch ms that the next call sees; the tests move it. */
  readonly clock: { now: number };
  upload(jobId: string, body: unknown, ignoreDuplicates?: boolean): Promise<void>;
  /** Runs an activity as a worker does: again while it fails with something that may pass. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Both finalizing activities; what the workflow does after the finalize call. */
  finish(jobId: string): Promise<SyncJobState>;
  graph(): Promise<BenchGraph>;
  /** The live objects, counted one by one. */
  recount(): Promise<GraphCounts>;
}

/** Of waiting for a turn that never comes. */
const maxAttempts = 4_000;

const idle: SyncJobRunner = {
  start: async () => undefined,
  finalize: async () => undefined,
  dryRun: async () => 'running',
  approve: async () => undefined,
  abort: async () => undefined,
};

export function createBench(options: {
  readonly account: string;
  readonly stores: FinalizeStores;
  readonly graph: () => Promise<BenchGraph>;
  readonly recount: () => Promise<GraphCounts>;
  readonly applyLanes?: number | undefined;
  readonly smallPlan?: number | undefined;
  readonly deleteGuard?: DeleteGuard | undefined;
  /** Default: one that looks at large uploads to large scopes only, as the product's does. */
  readonly known?: KnownContents | undefined;
  readonly runner?: SyncJobRunner;
  /** How long an attempt that may pass later is put off. */
  readonly retryAfterMs?: number;
}): SyncBench {
  const {
    account,
    stores,
    graph,
    recount,
    applyLanes = 2,
    smallPlan,
    deleteGuard,
    known = new KnownContents(stores.manifests),
    runner = idle,
    retryAfterMs = 5,
  } = options;
  // Ahead of the product's job keeper, to whom these jobs, which have no workflow, would look forgotten.
  const clock = { now: Date.now() + 3_600_000 };
  const activities = createSyncJobActivities({
    storesOf: () => stores,
    accountExists: async () => true,
    now: () => clock.now,
    uploadWindowMs: 3_600_000,
    applyLanes,
    deleteGuard,
    ...(smallPlan !== undefined && { smallPlan }),
  });
  const service = new SyncJobsService({
    account,
    jobs: stores.jobs,
    staging: stores.staging,
    known,
    dryRuns: stores.dryRuns,
    blobs: stores.blobs,
    runner,
    sha1,
    now: () => clock.now,
    newId: randomUUID,
    workflowIdOf: (jobId) => `test:${jobId}`,
    uploadWindowMs: 3_600_000,
    uploadUrlTtlMs: 600_000,
  });
  async function run<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const results: T[] = [];
      const once = async () => {
        results.push(await work());
      };
      try {
        await new MockActivityEnvironment(undefined, { logger: quiet }).run(async () => {
          await domainFailureInterceptor.execute(undefined, once);
        });
        return results[0] as T;
      } catch (err) {
        if (!(err instanceof ApplicationFailure) || err.type !== 'SCOPE_BUSY' || attempt === maxAttempts) throw err;
        await sleep(retryAfterMs);
      }
    }
  }
  return {
    account,
    stores,
    service,
    activities,
    clock,
    run,
    async upload(jobId, body, ignoreDuplicates = false) {
      const target = await service.uploadTarget(jobId);
      const upload = await stores.reader.read(Buffer.from(JSON.stringify(body)), {
        ...target,
        format: 'json',
        shape: 'upload',
        ignoreDuplicates,
      });
      await service.upload({ target, uploadId: randomUUID(), upload, ignoreDuplicates });
    },
    async finish(jobId) {
      const ref = { account, jobId };
      const state = await run(async () => await activities.finalizeEntities({ ...ref, request: {} }));
      if (isTerminal(state.status)) return state;
      return await run(async () => await activities.finalizeRelationships(ref));
    },
    graph,
    recount,
  };
}

/** Counters of what happened to the graph, zeros left out. */
export function outcomeCounts(document: SyncJobDocument): Partial<Record<SyncJobCounter, number>> {
  const names = syncJobCounters.filter((name) => !name.endsWith('Uploaded') && document[name] !== 0);
  return Object.fromEntries(names.map((name) => [name, document[name]]));
}
