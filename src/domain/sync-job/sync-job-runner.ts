import type { AbortRequest, FinalizeRequest, OnBehalfOf } from './sync-jobs';
import type { StoredJob } from './ports';

/** The durable runner of a job. Calls are idempotent; each returns once the runner has taken note durably. */
export interface SyncJobRunner {
  start(job: StoredJob, request: OnBehalfOf): Promise<void>;
  /** Gives the job a new run when its own is gone. */
  finalize(job: StoredJob, request: FinalizeRequest): Promise<void>;
  /**
   * Has the runner find out what finalizing would do; waits for the end of that, but not for ever.
   * @throws DomainError SCOPE_BUSY, JOB_NOT_AWAITING_UPLOADS, CONFLICT (another dry run is under way), SERVICE_UNAVAILABLE
   */
  dryRun(job: StoredJob, request: FinalizeRequest): Promise<'done' | 'running'>;
  approve(job: StoredJob, request: OnBehalfOf): Promise<void>;
  /** No error when there is nobody to tell. */
  abort(job: StoredJob, request: AbortRequest): Promise<void>;
}
