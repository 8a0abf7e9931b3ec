import type { Filter } from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import {
  isTerminal,
  openStatusesUpTo,
  SyncJobStatus,
  type SyncJobCounts,
  type SyncJobDocument,
} from '../../contracts/sync-job';
import { DomainError, type Problem } from '../../domain/errors';
import type { NewJob, StoredJob, SyncJobStore } from '../../domain/sync-job/ports';
import type { JobEvent, SyncJobFilter } from '../../domain/sync-job/sync-jobs';
import type { SyncJobRecord } from './collections';
import { Grouped } from '../../lib/grouped';
import { inTransaction, isDuplicateKey, orUnavailable, type Database } from './database';
import { toStoredJob } from './sync-job-document';

type End = Parameters<SyncJobStore['end']>[1];

export class MongoSyncJobStore implements SyncJobStore {
  /** Clients that poll many jobs at once share commands: each is answered by one that began after it asked. */
  private readonly finds = new Grouped<string, StoredJob | undefined>(async (_, ids) => await this.findAll(ids));

  constructor(
    private readonly database: Database,
    private readonly account: string,
    /** `scopeId` of graph/identity, bound to a hash. */
    private readonly scopeIdOf: (scope: NewJob['scope']) => string,
  ) {}

  async create(job: NewJob): Promise<StoredJob> {
    const record: SyncJobRecord = {
      _id: job.id,
      account: this.account,
      source: job.scope.source,
      scope: job.scope.scope,
      scopeId: this.scopeIdOf(job.scope),
      integrationInstanceId: job.integrationInstanceId,
      syncMode: job.syncMode,
      status: SyncJobStatus.awaitingUploads,
      statusReason: null,
      report: [],
      partialTypes: [],
      ignoreDuplicates: job.ignoreDuplicates,
      ignoreIllegalProperties: job.ignoreIllegalProperties,
      workflowId: job.workflowId,
      startedAt: job.startedAt,
      lastUploadAt: job.startedAt,
      uploadWindowMs: job.uploadWindowMs,
      finalizeRequestedAt: null,
      endedAt: null,
      uploads: 0,
      counts: {},
    };
    try {
      await orUnavailable(this.jobs.insertOne(record));
      return toStoredJob(record);
    } catch (err) {
      if (!isDuplicateKey(err)) throw err;
    }
    const existing = await orUnavailable(this.jobs.findOne({ _id: job.id }));
    if (existing?.account === this.account && existing.scopeId === record.scopeId) return toStoredJob(existing);
    throw new DomainError(ErrorCode.conflict, `A job with the id ${job.id} exists already, for another scope.`);
  }

  async find(jobId: string): Promise<StoredJob | undefined> {
    return await this.finds.add('', jobId);
  }

  async list(filter: SyncJobFilter): Promise<{ jobs: readonly SyncJobDocument[]; endCursor: string | null }> {
    const { status, source, scope, integrationInstanceId, limit, cursor } = filter;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const query: Filter<SyncJobRecord> = {
      account: this.account,
      ...(status && { status }),
      ...(source !== undefined && { source }),
      ...(scope !== undefined && { scope }),
      ...(integrationInstanceId !== undefined && { integrationInstanceId }),
      ...(after && {
        $or: [{ startedAt: { $lt: after.startedAt } }, { startedAt: after.startedAt, _id: { $gt: after.id } }],
      }),
    };
    const records = await orUnavailable(
      this.jobs
        .find(query)
        .sort({ startedAt: -1, _id: 1 })
        .limit(limit + 1)
        .toArray(),
    );
    const page = records.slice(0, limit);
    const last = page.at(-1);
    return {
      jobs: page.map((record) => toStoredJob(record).document),
      endCursor: records.length > limit && last ? encodeCursor(last) : null,
    };
  }

  async close(jobId: string, request: Parameters<SyncJobStore['close']>[1]): Promise<StoredJob | undefined> {
    return await orUnavailable(
      inTransaction(this.database, { durable: true }, async (session) => {
        const record = await this.jobs.findOneAndUpdate(
          { ...this.one(jobId), status: SyncJobStatus.awaitingUploads },
          {
            $set: {
              status: SyncJobStatus.finalizePending,
              finalizeRequestedAt: request.now,
              partialTypes: request.partialTypes,
            },
          },
          { session, returnDocument: 'after' },
        );
        if (!record) return undefined;
        const { account, source, scope, scopeId } = record;
        await this.database.collections.scopes.updateOne(
          { _id: scopeId },
          { $setOnInsert: { account, source, scope }, $push: { queue: jobId } },
          { session, upsert: true },
        );
        return toStoredJob(record);
      }),
    );
  }

  async turn(job: StoredJob): Promise<{ isFirst: boolean; ahead: string | null }> {
    const scope = await this.database.collections.scopes.findOne({ _id: job.scopeId }, { projection: { queue: 1 } });
    const first = scope?.queue[0] ?? null;
    return first === job.document.id ? { isFirst: true, ahead: null } : { isFirst: false, ahead: first };
  }

  async hold(jobId: string, { reason, now }: { reason: string; now: number }): Promise<StoredJob | undefined> {
    const pending = { ...this.one(jobId), status: SyncJobStatus.finalizePending, plans: { $exists: false } };
    const record = await this.jobs.findOneAndUpdate(
      { ...pending, approvedAt: { $exists: false } },
      // A second attempt does not begin the hold anew.
      [{ $set: { statusReason: { $literal: reason }, heldAt: { $ifNull: ['$heldAt', now] } } }],
      { returnDocument: 'after' },
    );
    return record ? toStoredJob(record) : undefined;
  }

  async approve(jobId: string, { now }: { now: number }): Promise<StoredJob | undefined> {
    const held = { ...this.one(jobId), status: SyncJobStatus.finalizePending, heldAt: { $exists: true } };
    const record = await orUnavailable(
      this.jobs.findOneAndUpdate(
        { ...held, approvedAt: { $exists: false } },
        { $set: { approvedAt: now, statusReason: null } },
        { returnDocument: 'after' },
      ),
    );
    return record ? toStoredJob(record) : await this.find(jobId);
  }

  async progress(jobId: string, change: Parameters<SyncJobStore['progress']>[1]): Promise<StoredJob | undefined> {
    const record = await this.jobs.findOneAndUpdate(
      { ...this.one(jobId), endedAt: null, status: { $in: [...openStatusesUpTo(change.status)] } },
      { $set: { status: change.status, ...countFields(change.counts) } },
      { writeConcern: { w: change.durable ? 'majority' : 1 }, returnDocument: 'after' },
    );
    return record ? toStoredJob(record) : undefined;
  }

  async end(jobId: string, change: End): Promise<StoredJob | undefined> {
    return await orUnavailable(
      inTransaction(this.database, { durable: true }, async (session) => {
        const record = await this.jobs.findOneAndUpdate(
          {
            ...this.one(jobId),
            status: { $in: [...change.from] },
            ...(change.unlessCommitted && { plans: { $exists: false } }),
            ...(change.unlessApproved === true && { approvedAt: { $exists: false } }),
          },
          { $set: endFields(change) },
          { session, returnDocument: 'after' },
        );
        if (!record) {
          const present = await this.jobs.findOne(this.one(jobId), { session });
          return present ? toStoredJob(present) : undefined;
        }
        if (!isTerminal(change.status)) throw new RangeError(`${change.status} does not end a job`);
        await this.database.collections.scopes.updateOne(
          { _id: record.scopeId },
          { $pull: { queue: jobId } },
          { session },
        );
        return toStoredJob(record);
      }),
    );
  }

  async keepUploadUrl(
    jobId: string,
    offer: { uploadUrl: string; expiresAt: number; now: number },
  ): Promise<{ uploadUrl: string; expiresAt: number }> {
    const { uploadUrl, expiresAt, now } = offer;
    await orUnavailable(
      this.jobs.updateOne(
        {
          ...this.one(jobId),
          $or: [{ uploadUrl: { $exists: false } }, { 'uploadUrl.expiresAt': { $lte: now } }],
        },
        { $set: { uploadUrl: { uploadUrl, expiresAt } } },
      ),
    );
    const record = await orUnavailable(this.jobs.findOne(this.one(jobId), { projection: { uploadUrl: 1 } }));
    return record?.uploadUrl ?? { uploadUrl, expiresAt };
  }

  async addEvents(jobId: string, events: readonly JobEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { syncJobEvents } = this.database.collections;
    const documents = events.map(({ id, ...event }, position) => ({
      _id: id,
      account: this.account,
      jobId,
      position,
      ...event,
    }));
    await orUnavailable(syncJobEvents.insertMany(documents));
  }

  async listEvents(jobId: string): Promise<readonly JobEvent[]> {
    const found = this.database.collections.syncJobEvents.find({ jobId, account: this.account });
    const documents = await orUnavailable(found.sort({ createDate: 1, position: 1, _id: 1 }).toArray());
    return documents.map(({ _id, name, description, createDate }) => ({ id: _id, name, description, createDate }));
  }

  private async findAll(ids: readonly string[]): Promise<readonly (StoredJob | undefined)[]> {
    const wanted = { _id: { $in: [...new Set(ids)] }, account: this.account };
    const records = await orUnavailable(this.jobs.find(wanted).toArray());
    const found = new Map(records.map((record) => [record._id, toStoredJob(record)]));
    return ids.map((id) => found.get(id));
  }

  private get jobs() {
    return this.database.collections.syncJobs;
  }

  private one(jobId: string) {
    return { _id: jobId, account: this.account };
  }
}

function endFields(change: End) {
  const report: readonly Problem[] | undefined = change.report;
  return {
    status: change.status,
    statusReason: change.reason,
    endedAt: change.now,
    ...(report && { report }),
    ...countFields(change.counts ?? {}),
  };
}

const countFields = (counts: SyncJobCounts) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [`counts.${name}`, count]));

const encodeCursor = (record: SyncJobRecord): string =>
  Buffer.from(JSON.stringify([record.startedAt, record._id])).toString('base64url');

function decodeCursor(cursor: string): { startedAt: number; id: string } {
  try {
    const [startedAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof startedAt === 'number' && typeof id === 'string') return { startedAt, id };
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw new DomainError(ErrorCode.badRequest, 'The cursor is not one that this endpoint gave.');
}
