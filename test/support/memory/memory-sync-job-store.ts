import { ErrorCode } from '../../../src/contracts/error-code';
import { isTerminal, openStatusesUpTo, SyncJobStatus } from '../../../src/contracts/sync-job';
import { DomainError } from '../../../src/domain/errors';
import type { NewJob, SyncJobStore } from '../../../src/domain/sync-job/ports';
import { changeJob, jobOf, newStoredJob, type MemoryDatabase } from './memory-database';

type Call<Method extends keyof SyncJobStore> = Parameters<SyncJobStore[Method]>;

export class MemorySyncJobStore implements SyncJobStore {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly account: string,
  ) {}

  async create(job: NewJob) {
    const stored = newStoredJob(this.account, job);
    const existing = this.database.jobs.get(job.id);
    if (!existing) {
      this.database.jobs.set(job.id, { account: this.account, stored, endedAt: null, events: [], seals: {} });
      return stored;
    }
    if (existing.account === this.account && existing.stored.scopeId === stored.scopeId) return existing.stored;
    throw new DomainError(ErrorCode.conflict, `A job with the id ${job.id} exists already, for another scope.`);
  }

  async find(jobId: string) {
    return jobOf(this.database, this.account, jobId)?.stored;
  }

  async list({ status, source, scope, integrationInstanceId, limit, cursor }: Call<'list'>[0]) {
    const matching = [...this.database.jobs.values()]
      .filter(({ account }) => account === this.account)
      .map(({ stored }) => stored)
      .filter(({ document, scope: of }) => {
        const wanted = [status, source, scope, integrationInstanceId];
        const found = [document.status, of.source, of.scope, document.integrationInstanceId];
        return wanted.every((value, i) => value === undefined || value === found[i]);
      })
      .map(({ document }) => document)
      .sort((a, b) => b.startTimestamp - a.startTimestamp || (a.id < b.id ? -1 : 1));
    const from = cursor === undefined ? 0 : matching.findIndex(({ id }) => id === idOfCursor(cursor)) + 1;
    const jobs = matching.slice(from, from + limit);
    const last = jobs.at(-1);
    return { jobs, endCursor: last && from + limit < matching.length ? cursorOf(last.id) : null };
  }

  async close(jobId: string, { partialTypes, now }: Call<'close'>[1]) {
    const job = jobOf(this.database, this.account, jobId);
    if (job?.stored.document.status !== SyncJobStatus.awaitingUploads) return undefined;
    const { scopeId } = job.stored;
    this.database.queues.set(scopeId, [...(this.database.queues.get(scopeId) ?? []), jobId]);
    return changeJob(job, {
      document: { status: SyncJobStatus.finalizePending, partialTypes },
      finalizeRequestedAt: now,
    });
  }

  async turn({ scopeId, document }: Call<'turn'>[0]) {
    const first = this.database.queues.get(scopeId)?.[0] ?? null;
    const isFirst = first === document.id;
    return { isFirst, ahead: isFirst ? null : first };
  }

  async hold(jobId: string, { reason, now }: Call<'hold'>[1]) {
    const job = jobOf(this.database, this.account, jobId);
    if (!job) return undefined;
    const { document, committed, heldAt, approvedAt } = job.stored;
    if (document.status !== SyncJobStatus.finalizePending || committed || approvedAt !== null) return undefined;
    return changeJob(job, { heldAt: heldAt ?? now, document: { statusReason: reason } });
  }

  async approve(jobId: string, { now }: Call<'approve'>[1]) {
    const job = jobOf(this.database, this.account, jobId);
    if (!job) return undefined;
    const { document, heldAt, approvedAt } = job.stored;
    if (document.status !== SyncJobStatus.finalizePending || heldAt === null || approvedAt !== null) return job.stored;
    return changeJob(job, { approvedAt: now, document: { statusReason: null } });
  }

  async progress(jobId: string, { status, counts }: Call<'progress'>[1]) {
    const job = jobOf(this.database, this.account, jobId);
    if (!job || job.endedAt !== null || !openStatusesUpTo(status).includes(job.stored.document.status))
      return undefined;
    return changeJob(job, { document: { status, ...counts } });
  }

  async end(jobId: string, change: Call<'end'>[1]) {
    const job = jobOf(this.database, this.account, jobId);
    if (!job) return undefined;
    const { document, committed, scopeId } = job.stored;
    if (!change.from.includes(document.status) || (change.unlessCommitted && committed)) return job.stored;
    if (change.unlessApproved === true && job.stored.approvedAt !== null) return job.stored;
    if (!isTerminal(change.status)) throw new RangeError(`${change.status} does not end a job`);
    const queue = this.database.queues.get(scopeId) ?? [];
    this.database.queues.set(
      scopeId,
      queue.filter((id) => id !== jobId),
    );
    job.endedAt = change.now;
    const { status, reason, report, counts } = change;
    return changeJob(job, { document: { status, statusReason: reason, ...(report && { report }), ...counts } });
  }

  async keepUploadUrl(jobId: string, { uploadUrl, expiresAt, now }: Call<'keepUploadUrl'>[1]) {
    const job = jobOf(this.database, this.account, jobId);
    if (!job) return { uploadUrl, expiresAt };
    if (!job.uploadUrl || job.uploadUrl.expiresAt <= now) job.uploadUrl = { uploadUrl, expiresAt };
    changeJob(job, { mayHaveBulkFile: true });
    return job.uploadUrl;
  }

  async addEvents(jobId: string, events: Call<'addEvents'>[1]) {
    jobOf(this.database, this.account, jobId)?.events.push(...events);
  }

  async listEvents(jobId: string) {
    const events = jobOf(this.database, this.account, jobId)?.events ?? [];
    return [...events].sort((a, b) => a.createDate - b.createDate);
  }
}

const cursorOf = (id: string): string => Buffer.from(`after ${id}`).toString('base64url');

function idOfCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.startsWith('after ')) return text.slice('after '.length);
  throw new DomainError(ErrorCode.badRequest, 'The cursor is not one that this endpoint gave.');
}
