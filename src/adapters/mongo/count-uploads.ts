import { ErrorCode } from '../../contracts/error-code';
import type { SyncJobCounts, SyncJobStatus } from '../../contracts/sync-job';
import { DomainError } from '../../domain/errors';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import type { StoredJob } from '../../domain/sync-job/ports';
import { Grouped } from '../../lib/grouped';
import { inTransaction, type Database } from './database';
import { toStoredJob } from './sync-job-document';

export interface UploadToCount {
  readonly account: string;
  readonly jobId: string;
  /** `_id` of the staged batch, whose content is written already. */
  readonly batchId: string;
  readonly upload: ScannedUpload;
  readonly accepts: SyncJobStatus;
  readonly now: number;
}

/** Undefined: the database died before the content was durable, and it is gone. */
export type CountedUpload = { readonly job: StoredJob; readonly stored: boolean } | undefined;

/**
 * Makes staged batches a part of their job, each once, in one transaction with the job's counters. Uploads of one job that come
 * together are counted together: alone they would be in each other's way on the job document, and each wait for a flush of its own.
 * @throws DomainError JOB_NOT_AWAITING_UPLOADS
 */
export async function countUpload(database: Database, upload: UploadToCount): Promise<CountedUpload> {
  let counter = counters.get(database);
  if (!counter) {
    counter = new Grouped(async (_, uploads) => await countAll(database, uploads));
    counters.set(database, counter);
  }
  return await counter.add(`${upload.account}/${upload.jobId}/${upload.accepts}`, upload);
}

const counters = new WeakMap<Database, Grouped<UploadToCount, CountedUpload>>();

/** All uploads are of one job and want it in one status. */
async function countAll(database: Database, uploads: readonly UploadToCount[]): Promise<readonly CountedUpload[]> {
  const [first] = uploads;
  if (!first) return [];
  const { account, jobId, accepts } = first;
  const { stagedBatches, syncJobs } = database.collections;
  const one = { _id: jobId, account };
  return await inTransaction(database, { durable: true }, async (session) => {
    const found = await stagedBatches
      .find({ _id: { $in: uploads.map(({ batchId }) => batchId) } }, { session, projection: { seq: 1 } })
      .toArray();
    const seqOf = new Map(found.map(({ _id, seq }) => [_id, seq]));
    // One upload may be here twice: a client that tries again before its first try has ended.
    const open = [...new Map(uploads.map((upload) => [upload.batchId, upload])).values()].filter(
      ({ batchId }) => seqOf.get(batchId) === 0,
    );
    const record =
      open.length === 0
        ? await syncJobs.findOne(one, { session })
        : await syncJobs.findOneAndUpdate(
            { ...one, status: accepts },
            {
              $inc: { uploads: open.length, ...countIncrements(open) },
              $set: { lastUploadAt: Math.max(...open.map(({ now }) => now)) },
            },
            { session, returnDocument: 'after' },
          );
    if (record?.status !== accepts) throw notAccepting(jobId, accepts);
    const before = record.uploads - open.length;
    if (open.length > 0) {
      await stagedBatches.bulkWrite(
        open.map(({ batchId }, i) => ({
          updateOne: { filter: { _id: batchId }, update: { $set: { seq: before + i + 1 } } },
        })),
        { session, ordered: true },
      );
    }
    const job = toStoredJob(record);
    const stored = new Set(open);
    return uploads.map((upload) => (seqOf.has(upload.batchId) ? { job, stored: stored.has(upload) } : undefined));
  });
}

function countIncrements(uploads: readonly UploadToCount[]): Record<string, number> {
  const sum = (of: (upload: ScannedUpload) => number) => uploads.reduce((total, { upload }) => total + of(upload), 0);
  const counts: SyncJobCounts = {
    numEntitiesUploaded: sum(({ entities }) => entities.count),
    numRelationshipsUploaded: sum(({ relationships }) => relationships.count),
    numEntityRawDataEntriesUploaded: sum(({ rawDataEntries }) => rawDataEntries),
  };
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`counts.${name}`, count]));
}

const notAccepting = (jobId: string, accepts: string): DomainError =>
  new DomainError(
    ErrorCode.jobNotAwaitingUploads,
    accepts === 'AWAITING_UPLOADS'
      ? `The job ${jobId} is not awaiting uploads any more: it has been finalized, aborted or has expired. Start a new job.`
      : `The job ${jobId} is not ${accepts} any more.`,
  );
