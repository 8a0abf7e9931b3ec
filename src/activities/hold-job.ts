import { ErrorCode } from '../contracts/error-code';
import { isTerminal, SyncJobStatus } from '../contracts/sync-job';
import type { SyncJobState } from '../contracts/temporal/sync-job';
import { findMassDeletion, type DeleteGuard } from '../domain/sync-job/delete-guard';
import { DomainError } from '../domain/errors';
import type { ClosedStores } from '../domain/sync-job/closed-staging';
import type { RunControl } from '../domain/sync-job/finalize-deps';
import type { StoredJob } from '../domain/sync-job/ports';
import { toState } from './job-state';

export interface HoldDependencies {
  readonly now: () => number;
  /** Undefined: every deletion goes through. */
  readonly deleteGuard?: DeleteGuard | undefined;
}

/** Holds a job that deletes too much, and aborts one whose hold is over; undefined when it may go on. */
export async function holdBack(
  { deleteGuard: guard, now }: HoldDependencies,
  { stores, closed, job, run }: ClosedStores & { readonly job: StoredJob; readonly run: RunControl },
): Promise<'held' | 'ended' | undefined> {
  if (!guard || job.approvedAt !== null) return undefined;
  const { id } = job.document;
  if (job.heldAt !== null && now() >= job.heldAt + guard.holdMs) {
    const ended = await stores.jobs.end(id, {
      status: SyncJobStatus.aborted,
      reason: `held because it would delete so much, and not approved within ${String(Math.round(guard.holdMs / 1000))} s`,
      now: now(),
      from: [SyncJobStatus.finalizePending],
      unlessCommitted: true,
      unlessApproved: true,
    });
    return ended && isTerminal(ended.document.status) ? 'ended' : undefined;
  }
  const reason = await findMassDeletion(closed, job, { guard, run });
  if (reason === undefined) return undefined;
  return (await stores.jobs.hold(id, { reason, now: now() })) ? 'held' : undefined;
}

/** What the workflow is told of a held job: also how long it may wait. */
export function toHeldState(
  { deleteGuard, now }: HoldDependencies,
  job: StoredJob,
): SyncJobState & { readonly holdMs: number } {
  const until = (job.heldAt ?? 0) + (deleteGuard?.holdMs ?? 0);
  return { ...toState(job), holdMs: Math.max(0, until - now()) };
}

/** @throws DomainError JOB_NOT_HELD */
export function requireApproved({ document, approvedAt }: StoredJob): void {
  if (approvedAt !== null) return;
  throw new DomainError(ErrorCode.jobNotHeld, `The job ${document.id} is ${document.status} and is not held.`);
}
