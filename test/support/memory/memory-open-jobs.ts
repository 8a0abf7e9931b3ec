import type { SyncJobStatus } from '../../../src/contracts/sync-job';
import type { OpenJobs } from '../../../src/domain/sync-job/job-keeper';
import type { MemoryDatabase } from './memory-database';

export class MemoryOpenJobs implements OpenJobs {
  constructor(private readonly database: MemoryDatabase) {}

  async stale({ now, idleMs, limit, after }: Parameters<OpenJobs['stale']>[0]) {
    return [...this.database.jobs.values()]
      .filter(({ endedAt, stored }) => {
        const lastSign = stored.finalizeRequestedAt ?? stored.lastUploadAt;
        return endedAt === null && stored.document.id > after && lastSign <= now - idleMs;
      })
      .map(({ stored }) => stored)
      .sort((a, b) => (a.document.id < b.document.id ? -1 : 1))
      .slice(0, limit);
  }

  async byStatus(now: number) {
    const open = new Map<SyncJobStatus, { status: SyncJobStatus; count: number; oldestMs: number }>();
    for (const { endedAt, stored } of this.database.jobs.values()) {
      if (endedAt !== null) continue;
      const { status } = stored.document;
      const { count, oldestMs } = open.get(status) ?? { count: 0, oldestMs: 0 };
      const age = now - (stored.finalizeRequestedAt ?? stored.lastUploadAt);
      open.set(status, { status, count: count + 1, oldestMs: Math.max(oldestMs, age) });
    }
    return [...open.values()];
  }
}
