import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRuns, RunState } from '../../../src/domain/sync-job/job-keeper';
import type { StoredJob, SyncJobStore } from '../../../src/domain/sync-job/ports';
import type { SyncJobRunner } from '../../../src/domain/sync-job/sync-job-runner';
import { newJob } from './subject';

export interface RunsSubject {
  readonly account: string;
  readonly jobs: SyncJobStore;
  readonly runs: SyncJobRunner & JobRuns;
  /** What an operator does in the Web UI. */
  stop(job: StoredJob): Promise<void>;
}

/** What everyone may rely on of a `SyncJobRunner`, and of the `JobRuns` that the job keeper sees. */
export function jobRunsContract(openSubject: () => Promise<RunsSubject>): void {
  describe('SyncJobRunner and JobRuns', () => {
    let subject: RunsSubject;
    let runs: RunsSubject['runs'];
    let job: StoredJob;
    beforeAll(async () => {
      subject = await openSubject();
      ({ runs } = subject);
    });
    beforeEach(async () => {
      job = await subject.jobs.create(newJob(subject.account));
    });
    async function become(state: RunState): Promise<void> {
      for (let i = 0; (await runs.state(job)) !== state; i++) {
        if (i === 200) throw new Error(`the run is ${await runs.state(job)}, not ${state}`);
        await sleep(50);
      }
    }

    it('knows nothing of a job that was never started', async () => {
      expect(await runs.state(job)).toBe('unknown');
    });

    it('starts a job once', async () => {
      await Promise.all([runs.start(job, {}), runs.start(job, {})]);
      await runs.start(job, {});
      expect(await runs.state(job)).toBe('running');
    });

    it('does not start again what was stopped, but resumes it, once', async () => {
      await runs.start(job, {});
      await subject.stop(job);
      await become('stopped');
      await runs.start(job, {});
      expect(await runs.state(job)).toBe('stopped');
      await Promise.all([runs.resume(job), runs.resume(job)]);
      expect(await runs.state(job)).toBe('running');
    });

    it('leaves a run alone that goes on', async () => {
      await runs.start(job, {});
      await runs.resume(job);
      expect(await runs.state(job)).toBe('running');
    });

    it('takes note of a finalize call, also when the run is gone', async () => {
      const closed = await subject.jobs.close(job.document.id, { partialTypes: [], now: Date.now() });
      if (!closed) throw new Error('the job was not open');
      await runs.finalize(closed, { partialTypes: [] });
      expect(await runs.state(job)).not.toBe('unknown');
      await runs.finalize(closed, { partialTypes: [] });
    });

    it('takes note of an abort, and does not mind when there is nobody to tell', async () => {
      await runs.abort(job, { reason: 'no use' });
      expect(await runs.state(job)).toBe('unknown');
      await runs.start(job, {});
      await runs.abort(job, {});
      await runs.abort(job, {});
    });
  });
}
