import { syncJobCounters, type SyncJobCounts } from '../contracts/sync-job';
import type { SyncJobState } from '../contracts/temporal/sync-job';
import type { StoredJob } from '../domain/sync-job/ports';

/** What the workflow is told of a job. */
export function toState({ document, finalizeRequestedAt }: StoredJob): SyncJobState {
  const { id, accountId, source, scope, syncMode, status, statusReason, startTimestamp, durationMs } = document;
  const counts: SyncJobCounts = Object.fromEntries(
    syncJobCounters.filter((name) => document[name] > 0).map((name) => [name, document[name]]),
  );
  return {
    jobId: id,
    account: accountId,
    source,
    scope: scope ?? document.integrationInstanceId,
    syncMode,
    status,
    reason: statusReason,
    counts,
    ...(document.done &&
      finalizeRequestedAt !== null && { finalizeMs: startTimestamp + durationMs - finalizeRequestedAt }),
  };
}

/** How long the upload window is still open. */
export const waitMs = (job: StoredJob, now: number): number => Math.max(0, job.lastUploadAt + job.uploadWindowMs - now);
