import type { AbortRequest, FinalizeRequest, OnBehalfOf } from './sync-jobs';
import type { StoredJob } from './ports';

/** The durable runner of a job. Calls are idempotent; each returns once the runner has taken note durably. */
export interface SyncJobRunner {
  start(job: StoredJob, request: OnBehalfOf): Promise<void>;
  /** Gives the job a new run when its own is gone. */
  finalize(job: StoredJob, request: FinalizeRequest): Promise<void>;
  /** No error when there is nobody to tell. */
  abort(job: StoredJob, request: AbortRequest): Promise<void>;
}
