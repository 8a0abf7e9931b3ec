import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { DryRunState, FinalizeInput, SyncJobRef } from '../../contracts/temporal/sync-job';
import type { SyncJobActivities } from '../../activities/sync-job-activities';

/** Attempts cover a job ahead on the scope for some seconds; whoever asked can ask again. */
const { dryRunSyncJob } = proxyActivities<SyncJobActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '200ms', maximumInterval: '1s', maximumAttempts: 10 },
  summary: 'find out what finalizing would do',
});

/** Dry runs of one workflow run: one at a time, given up when the job goes on. */
export class DryRunner {
  /** True once a dry run has ended, whether well or not. */
  hasRun = false;
  private scope: CancellationScope | undefined;

  get isRunning(): boolean {
    return this.scope !== undefined;
  }

  async run(request: SyncJobRef & { readonly request: FinalizeInput }): Promise<DryRunState> {
    this.scope = new CancellationScope();
    try {
      return await this.scope.run(async () => await dryRunSyncJob(request));
    } catch (err) {
      if (isCancellation(err)) {
        throw ApplicationFailure.nonRetryable('the job was finalized or ended meanwhile', 'REFUSED');
      }
      // The code is on the outermost one; what it was made from lies deeper.
      const failure = err instanceof ActivityFailure ? err.cause : err;
      if (!(failure instanceof ApplicationFailure)) throw err;
      throw ApplicationFailure.nonRetryable(failure.message, failure.type);
    } finally {
      this.scope = undefined;
      this.hasRun = true;
    }
  }

  cancel(): void {
    this.scope?.cancel();
  }
}
