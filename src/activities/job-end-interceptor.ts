import { activityInfo, log } from '@temporalio/activity';
import { isTerminal } from '../contracts/sync-job';
import type { SyncJobState } from '../contracts/temporal/sync-job';
import { countChanges, type WorkerMetrics } from '../observability/worker-metrics';
import type { SyncJobActivities } from './sync-job-activities';

/** Structural type of the worker's inbound activity interceptor. */
interface ActivityInboundInterceptor {
  execute(input: unknown, next: (input: never) => Promise<unknown>): Promise<unknown>;
}

/**
 * Logs and counts the end of a job: of the activities that can end one, that whose answer has a terminal status is the job's last. One that runs again after a
 * crash counts again; exact counts are in the job document.
 */
export function jobEndInterceptor(metrics: WorkerMetrics): ActivityInboundInterceptor {
  return {
    async execute(input, next) {
      const result = await next(input as never);
      if (ending.includes(activityInfo().activityType) && isEndOfJob(result)) report(metrics, result);
      return result;
    },
  };
}

/** Others may meet a job that has ended before, or tell the status that one would end in. */
const ending: readonly string[] = [
  'expireSyncJob',
  'finalizeEntities',
  'finalizeRelationships',
  'endSyncJob',
] satisfies readonly (keyof SyncJobActivities)[];

function isEndOfJob(result: unknown): result is SyncJobState {
  const { status } = (result ?? {}) as Partial<SyncJobState>;
  return status !== undefined && isTerminal(status);
}

function report(metrics: WorkerMetrics, { status, syncMode, reason, counts, finalizeMs }: SyncJobState): void {
  const labels = { status, sync_mode: syncMode };
  metrics.syncJobsEnded.inc(labels);
  countChanges(metrics, counts);
  if (finalizeMs !== undefined) metrics.finalizeDuration.observe(labels, finalizeMs / 1000);
  log.info('synchronization job ended', { status, syncMode, reason, finalizeMs, counts });
}
