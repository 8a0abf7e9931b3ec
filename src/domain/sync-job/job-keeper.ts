import { SyncJobStatus, type SyncMode } from '../../contracts/sync-job';
import type { StoredJob, SyncJobStore } from './ports';

/** What the keeper sees of all accounts: jobs that have not ended, by id. */
export interface OpenJobs {
  /** Jobs without a sign of life for at least `idleMs`, with ids above `after`, at most `limit`. */
  stale(request: {
    readonly now: number;
    readonly idleMs: number;
    readonly limit: number;
    readonly after: string;
  }): Promise<readonly StoredJob[]>;
  /** All open jobs by status; `oldestMs` since the last upload, or since the finalize call. */
  byStatus(
    now: number,
  ): Promise<readonly { readonly status: SyncJobStatus; readonly count: number; readonly oldestMs: number }[]>;
}

/** `stopped`: there was a run and it was closed from outside. `unknown`: Temporal has never heard of it, or has forgotten it. */
export type RunState = 'running' | 'stopped' | 'unknown';

export interface JobRuns {
  state(job: StoredJob): Promise<RunState>;
  /** Gives the job a new run, unless it has one. */
  resume(job: StoredJob): Promise<void>;
}

export interface KeepJobsRequest {
  readonly jobs: OpenJobs;
  readonly storeOf: (account: string) => SyncJobStore;
  readonly runs: JobRuns;
  readonly now: number;
  readonly idleMs: number;
  readonly limit: number;
  readonly after: string;
}

interface KeptJob {
  readonly account: string;
  readonly jobId: string;
  readonly syncMode: SyncMode;
}

export interface Kept {
  readonly resumed: readonly KeptJob[];
  readonly aborted: readonly KeptJob[];
  /** Where the next round goes on; '' to begin anew. */
  readonly next: string;
}

/**
 * Looks after jobs that have not ended and have no run: it was terminated in the Web UI, the Temporal database was lost, or the API
 * died between writing the job and starting its workflow. A job that is committed gets a new run, which completes it; one whose run
 * was stopped before has changed nothing and is aborted; its new run only says so. Safe to run in several workers at once.
 */
export async function keepJobs({ jobs, storeOf, runs, ...window }: KeepJobsRequest): Promise<Kept> {
  const resumed: KeptJob[] = [];
  const aborted: KeptJob[] = [];
  const stale = await jobs.stale(window);
  for (const job of stale) {
    const state = await runs.state(job);
    if (state === 'running') continue;
    const { id, syncMode } = job.document;
    const kept: KeptJob = { account: job.scope.account, jobId: id, syncMode };
    if (state === 'stopped' && !job.committed) {
      const ended = await storeOf(job.scope.account).end(id, {
        status: SyncJobStatus.aborted,
        reason: 'its workflow was stopped in Temporal before it changed anything',
        now: window.now,
        from: [SyncJobStatus.awaitingUploads, SyncJobStatus.finalizePending],
        unlessCommitted: true,
      });
      if (ended?.document.status !== SyncJobStatus.aborted) continue;
      aborted.push(kept);
      // Temporal does not let anyone correct what a closed run shows; a new run of the same id shows how the job ended.
      await runs.resume(job);
    } else {
      await runs.resume(job);
      resumed.push(kept);
    }
  }
  return { resumed, aborted, next: stale.length < window.limit ? '' : (stale.at(-1)?.document.id ?? '') };
}
