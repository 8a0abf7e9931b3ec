import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerMetrics } from './worker-metrics';

/** Open jobs of one status; `oldestMs` is how long the one that has waited longest has been waiting. */
export interface OpenJobsOfStatus {
  readonly status: string;
  readonly count: number;
  readonly oldestMs: number;
}

export interface WatchOpenJobsOptions {
  readonly signal: AbortSignal;
  readonly everyMs: number;
  readonly openStatuses: readonly string[];
  readonly read: () => Promise<readonly OpenJobsOfStatus[]>;
  readonly metrics: Pick<WorkerMetrics, 'openSyncJobs' | 'oldestOpenSyncJob'>;
  readonly onFailure: (err: unknown) => void;
}

/** Keeps the gauges of open jobs fresh until `signal`. While they cannot be read there are none: an old number would be a lie. */
export async function watchOpenJobs(options: WatchOpenJobsOptions): Promise<void> {
  const { signal, everyMs, openStatuses, read, metrics, onFailure } = options;
  const { openSyncJobs, oldestOpenSyncJob } = metrics;
  while (!signal.aborted) {
    try {
      const found = await read();
      for (const status of openStatuses) {
        const { count = 0, oldestMs = 0 } = found.find((of) => of.status === status) ?? {};
        openSyncJobs.set({ status }, count);
        oldestOpenSyncJob.set({ status }, oldestMs / 1000);
      }
    } catch (err) {
      openSyncJobs.reset();
      oldestOpenSyncJob.reset();
      onFailure(err);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
