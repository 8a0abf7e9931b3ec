import { setTimeout as sleep } from 'node:timers/promises';
import { watchOpenJobs } from '../../../src/observability/open-jobs-watch';
import { createWorkerMetrics } from '../../../src/observability/worker-metrics';

describe('the gauges of open jobs', () => {
  it('show every status, and nothing at all while the jobs cannot be read', async () => {
    const metrics = createWorkerMetrics({ processMetrics: false });
    const stop = new AbortController();
    let isAway = false;
    const failures: unknown[] = [];
    const watching = watchOpenJobs({
      signal: stop.signal,
      everyMs: 5,
      openStatuses: ['AWAITING_UPLOADS', 'FINALIZE_PENDING'],
      read: () =>
        isAway
          ? Promise.reject(new Error('away'))
          : Promise.resolve([{ status: 'FINALIZE_PENDING', count: 3, oldestMs: 1500 }]),
      metrics,
      onFailure: (err) => failures.push(err),
    });
    await sleep(20);
    const text = await metrics.registry.metrics();
    expect(text).toContain('perijove_open_sync_jobs{status="AWAITING_UPLOADS"} 0');
    expect(text).toContain('perijove_open_sync_jobs{status="FINALIZE_PENDING"} 3');
    expect(text).toContain('perijove_open_sync_job_oldest_seconds{status="FINALIZE_PENDING"} 1.5');
    isAway = true;
    await sleep(20);
    expect(await metrics.registry.metrics()).not.toContain('perijove_open_sync_jobs{');
    expect(failures.length).toBeGreaterThan(0);
    stop.abort();
    await watching;
  });
});
