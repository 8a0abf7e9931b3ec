import type { JobRuns, RunState } from '../../../src/domain/sync-job/job-keeper';
import type { StoredJob } from '../../../src/domain/sync-job/ports';
import type { SyncJobRunner } from '../../../src/domain/sync-job/sync-job-runner';

/** Runs that do nothing but note what they were told. */
export class MemoryJobRuns implements SyncJobRunner, JobRuns {
  private readonly states = new Map<string, RunState>();
  /** `finalize <jobId>`, `abort <jobId>`, in the order of the calls. */
  readonly told: string[] = [];

  async start({ document }: StoredJob) {
    // A run that was closed is not started again, however often a client repeats its start.
    if (!this.states.has(document.workflowId)) this.states.set(document.workflowId, 'running');
  }

  async finalize(job: StoredJob) {
    if ((await this.state(job)) !== 'running') await this.resume(job);
    this.told.push(`finalize ${job.document.id}`);
  }

  async dryRun({ document }: StoredJob): Promise<'done' | 'running'> {
    this.told.push(`dryRun ${document.id}`);
    return 'done';
  }

  async approve({ document }: StoredJob) {
    this.told.push(`approve ${document.id}`);
  }

  async abort({ document }: StoredJob) {
    this.told.push(`abort ${document.id}`);
  }

  async state({ document }: StoredJob): Promise<RunState> {
    return this.states.get(document.workflowId) ?? 'unknown';
  }

  async resume({ document }: StoredJob) {
    this.states.set(document.workflowId, 'running');
  }

  /** What an operator does in the Web UI. */
  stop({ document }: StoredJob): void {
    this.states.set(document.workflowId, 'stopped');
  }
}
