import type { SyncJobStatus } from '../../contracts/sync-job';
import type { OpenJobs } from '../../domain/sync-job/job-keeper';
import type { StoredJob } from '../../domain/sync-job/ports';
import type { Database } from './database';
import { toStoredJob } from './sync-job-document';

/** The one reader across accounts; it serves the job keeper only. */
export class MongoOpenJobs implements OpenJobs {
  constructor(private readonly database: Database) {}

  async stale({ now, idleMs, limit, after }: Parameters<OpenJobs['stale']>[0]): Promise<readonly StoredJob[]> {
    const before = now - idleMs;
    const records = await this.database.collections.syncJobs
      .find({
        endedAt: null,
        _id: { $gt: after },
        $or: [{ finalizeRequestedAt: { $lte: before } }, { finalizeRequestedAt: null, lastUploadAt: { $lte: before } }],
      })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return records.map(toStoredJob);
  }

  async byStatus(now: number): ReturnType<OpenJobs['byStatus']> {
    const groups = this.database.collections.syncJobs.aggregate<{ _id: SyncJobStatus; count: number; oldest: number }>([
      { $match: { endedAt: null } },
      {
        $group: {
          _id: '$status',
          count: { $sum: 1 },
          oldest: { $min: { $ifNull: ['$finalizeRequestedAt', '$lastUploadAt'] } },
        },
      },
    ]);
    const found = await groups.toArray();
    return found.map(({ _id, count, oldest }) => ({ status: _id, count, oldestMs: Math.max(0, now - oldest) }));
  }
}
