import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { resultKinds, ResultStatus } from '../contracts/query-result';
import { isTerminal, SyncJobStatus, SyncMode, type SyncJobCounter, type SyncJobCounts } from '../contracts/sync-job';

/** Upper bounds in seconds: from a handful of objects to millions. */
const finalizeBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
/** Upper bounds in seconds: a chunk is one transaction of at most 2,000 objects. */
const chunkBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** Everything that `/metrics` of a worker shows; that of the Temporal SDK has a port of its own. */
export function createWorkerMetrics({ processMetrics = true }: { readonly processMetrics?: boolean } = {}) {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    syncJobsEnded: new Counter({
      name: 'perijove_sync_jobs_ended_total',
      help: 'Synchronization jobs that have ended, by their last status.',
      labelNames: ['status', 'sync_mode'],
      registers,
    }),
    finalizeDuration: new Histogram({
      name: 'perijove_sync_job_finalize_duration_seconds',
      help: 'Time from the finalize call to the end of the job, its turn on the scope included.',
      labelNames: ['status', 'sync_mode'],
      buckets: finalizeBuckets,
      registers,
    }),
    graphChanges: new Counter({
      name: 'perijove_graph_changes_total',
      help: 'Objects that ended jobs have created, updated and deleted.',
      labelNames: ['kind', 'change'],
      registers,
    }),
    graphErrors: new Counter({
      name: 'perijove_graph_errors_total',
      help: 'Single objects that ended jobs could not create, update or delete.',
      labelNames: ['kind', 'change'],
      registers,
    }),
    resultsEnded: new Counter({
      name: 'perijove_results_ended_total',
      help: 'Deferred queries and reports that have ended, by their last status.',
      labelNames: ['kind', 'status'],
      registers,
    }),
    resultDuration: new Histogram({
      name: 'perijove_result_duration_seconds',
      help: 'Time from the request of a deferred query or report to its end, the wait for a worker included.',
      labelNames: ['kind', 'status'],
      buckets: finalizeBuckets,
      registers,
    }),
    resultRows: new Counter({
      name: 'perijove_result_rows_total',
      help: 'Rows that deferred queries and reports have stored.',
      labelNames: ['kind'],
      registers,
    }),
    resultsRemoved: new Counter({
      name: 'perijove_results_removed_total',
      help: 'Results that have expired and were cleared away.',
      registers,
    }),
    chunkDuration: new Histogram({
      name: 'perijove_chunk_apply_duration_seconds',
      help: 'Time of one transaction of graph changes, its retries included.',
      labelNames: ['kind', 'work'],
      buckets: chunkBuckets,
      registers,
    }),
    openSyncJobs: new Gauge({
      name: 'perijove_open_sync_jobs',
      help: 'Synchronization jobs of all accounts that have not ended. Every worker shows the same number.',
      labelNames: ['status'],
      registers,
    }),
    oldestOpenSyncJob: new Gauge({
      name: 'perijove_open_sync_job_oldest_seconds',
      help: 'How long the oldest open job has been waiting: since its last upload, or since its finalize call.',
      labelNames: ['status'],
      registers,
    }),
    syncJobsKept: new Counter({
      name: 'perijove_sync_jobs_kept_total',
      help: 'Open jobs found without a run, and what was done: resumed or aborted.',
      labelNames: ['action'],
      registers,
    }),
  };
  // A series that begins with its first event hides that event from `increase` and `rate`.
  for (const status of endStatuses) {
    for (const mode of Object.values(SyncMode)) metrics.syncJobsEnded.inc({ status, sync_mode: mode }, 0);
  }
  for (const kind of resultKinds) {
    for (const status of [ResultStatus.completed, ResultStatus.failed]) metrics.resultsEnded.inc({ kind, status }, 0);
    metrics.resultRows.inc({ kind }, 0);
  }
  for (const action of ['resumed', 'aborted']) metrics.syncJobsKept.inc({ action }, 0);
  countChanges(metrics, {});
  return metrics;
}

const endStatuses = Object.values(SyncJobStatus).filter((status) => isTerminal(status) && status !== 'UNKNOWN');

const changes = [
  ['entity', 'created', 'numEntitiesCreated', 'numEntityCreateErrors'],
  ['entity', 'updated', 'numEntitiesUpdated', 'numEntityUpdateErrors'],
  ['entity', 'deleted', 'numEntitiesDeleted', 'numEntityDeleteErrors'],
  ['relationship', 'created', 'numRelationshipsCreated', 'numRelationshipCreateErrors'],
  ['relationship', 'updated', 'numRelationshipsUpdated', 'numRelationshipUpdateErrors'],
  ['relationship', 'deleted', 'numRelationshipsDeleted', 'numRelationshipDeleteErrors'],
] as const satisfies readonly (readonly [string, string, SyncJobCounter, SyncJobCounter])[];

/** Adds the counters of a job that has ended. */
export function countChanges(
  { graphChanges, graphErrors }: Pick<WorkerMetrics, 'graphChanges' | 'graphErrors'>,
  counts: SyncJobCounts,
): void {
  for (const [kind, change, done, failed] of changes) {
    graphChanges.inc({ kind, change }, counts[done] ?? 0);
    graphErrors.inc({ kind, change }, counts[failed] ?? 0);
  }
}
