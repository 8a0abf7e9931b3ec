import { ErrorCode } from '../../contracts/error-code';
import { isTerminal, SyncJobStatus, type SyncJobDocument } from '../../contracts/sync-job';
import type { BlobStore } from '../blob-store';
import { DomainError } from '../errors';
import { keyNamespace, type Sha1 } from '../graph/identity';
import type { StagingStore, StoredJob, SyncJobStore } from './ports';
import { bulkFileKey } from './bulk-file';
import type { DryRuns } from './dry-runs';
import type { KnownContents } from './known-contents';
import { decideStart } from './start-rules';
import type { SyncJobRunner } from './sync-job-runner';
import type {
  AbortRequest,
  FinalizeRequest,
  JobEvent,
  OnBehalfOf,
  StartSyncJob,
  SyncJobFilter,
  SyncJobs,
  UploadTarget,
} from './sync-jobs';

export interface SyncJobsDependencies {
  readonly account: string;
  readonly jobs: SyncJobStore;
  readonly staging: StagingStore;
  readonly known: KnownContents;
  readonly dryRuns: Pick<DryRuns, 'find'>;
  readonly blobs: BlobStore;
  readonly runner: SyncJobRunner;
  readonly sha1: Sha1;
  readonly now: () => number;
  readonly newId: () => string;
  readonly workflowIdOf: (jobId: string) => string;
  readonly uploadWindowMs: number;
  readonly uploadUrlTtlMs: number;
}

export class SyncJobsService implements SyncJobs {
  constructor(private readonly deps: SyncJobsDependencies) {}

  async start(input: StartSyncJob): Promise<SyncJobDocument> {
    const { account, jobs, runner, now, newId, workflowIdOf, uploadWindowMs } = this.deps;
    const decision = decideStart(account, input);
    const id = decision.integrationInstanceId === null ? newId() : (input.integrationJobId ?? newId()).toLowerCase();
    const job = await jobs.create({
      id,
      ...decision,
      ignoreDuplicates: input.ignoreDuplicates ?? false,
      ignoreIllegalProperties: input.ignoreIllegalProperties ?? false,
      workflowId: workflowIdOf(id),
      uploadWindowMs,
      startedAt: now(),
    });
    await runner.start(job, { requestId: input.requestId });
    return job.document;
  }

  async get(jobId: string): Promise<SyncJobDocument> {
    return (await this.find(jobId)).document;
  }

  async list(filter: SyncJobFilter): Promise<{ jobs: readonly SyncJobDocument[]; endCursor: string | null }> {
    return await this.deps.jobs.list(filter);
  }

  async uploadTarget(jobId: string): Promise<UploadTarget> {
    const job = await this.find(jobId);
    this.requireAwaitingUploads(job);
    return {
      job,
      syncMode: job.document.syncMode,
      entityNamespace: keyNamespace(this.deps.sha1, job.scope, 'entity'),
      relationshipNamespace: keyNamespace(this.deps.sha1, job.scope, 'relationship'),
      ignoreDuplicates: job.ignoreDuplicates,
      ignoreIllegalProperties: job.ignoreIllegalProperties,
    };
  }

  async upload(request: Parameters<SyncJobs['upload']>[0]): Promise<SyncJobDocument> {
    const { target, uploadId, upload, ignoreDuplicates } = request;
    const { job } = target;
    const staged = await this.deps.staging.stage({
      job,
      uploadId,
      upload,
      likelyChanges: this.deps.known.likelyChanges(job, upload),
      ignoreDuplicates,
      accepts: SyncJobStatus.awaitingUploads,
      now: this.deps.now(),
    });
    return staged.job.document;
  }

  async createUploadUrl(jobId: string): Promise<{ uploadUrl: string; expiresAt: number }> {
    const { account, blobs, jobs, now, uploadUrlTtlMs } = this.deps;
    const job = await this.find(jobId);
    this.requireAwaitingUploads(job);
    const expiresInSeconds = Math.floor(uploadUrlTtlMs / 1000);
    const uploadUrl = await blobs.presignPut({ key: bulkFileKey(account, jobId), expiresInSeconds });
    return await jobs.keepUploadUrl(jobId, { uploadUrl, expiresAt: now() + expiresInSeconds * 1000, now: now() });
  }

  async finalize(jobId: string, request: FinalizeRequest): Promise<SyncJobDocument> {
    const { jobs, known, runner, now } = this.deps;
    known.forget(jobId);
    const closed = await jobs.close(jobId, { partialTypes: request.partialTypes, now: now() });
    const job = closed ?? (await this.find(jobId));
    if (isAborted(job.document.status)) throw notAwaiting(job);
    if (isTerminal(job.document.status)) return job.document;
    // Also when the job was closed before: the call that closed it may have died before it told the runner.
    await runner.finalize(job, request);
    return job.document;
  }

  async dryRun(jobId: string, request: FinalizeRequest): ReturnType<SyncJobs['dryRun']> {
    const job = await this.find(jobId);
    this.requireAwaitingUploads(job);
    const state = await this.deps.runner.dryRun(job, request);
    const dryRun = state === 'done' ? await this.deps.dryRuns.find(jobId) : undefined;
    return { job: (await this.find(jobId)).document, dryRun };
  }

  async lastDryRun(jobId: string): ReturnType<SyncJobs['lastDryRun']> {
    const { document: job } = await this.find(jobId);
    const dryRun = await this.deps.dryRuns.find(jobId);
    if (dryRun) return { job, dryRun };
    throw new DomainError(ErrorCode.notFound, `There is no result of a dry run of the job ${jobId}.`);
  }

  async approve(jobId: string, request: OnBehalfOf): Promise<SyncJobDocument> {
    const job = (await this.deps.jobs.approve(jobId, { now: this.deps.now() })) ?? (await this.find(jobId));
    const { status } = job.document;
    if (job.approvedAt === null) {
      throw new DomainError(ErrorCode.jobNotHeld, `The job ${jobId} is ${status} and is not held for an approval.`);
    }
    // Also when it was approved before: that call may have died before it told the runner.
    if (status === SyncJobStatus.finalizePending) await this.deps.runner.approve(job, request);
    return job.document;
  }

  async abort(jobId: string, request: AbortRequest): Promise<SyncJobDocument> {
    const job = await this.find(jobId);
    if (isAborted(job.document.status)) return job.document;
    if (isTerminal(job.document.status) || job.committed) throw notAwaiting(job);
    const status =
      request.terminalStatus === SyncJobStatus.abortedInvalidConfiguration
        ? SyncJobStatus.abortedInvalidConfiguration
        : SyncJobStatus.aborted;
    const ended = await this.deps.jobs.end(jobId, {
      status,
      reason: request.reason ?? 'aborted by the client',
      now: this.deps.now(),
      from: [SyncJobStatus.awaitingUploads, SyncJobStatus.finalizePending],
      unlessCommitted: true,
    });
    if (!ended || !isAborted(ended.document.status)) throw notAwaiting(ended ?? job);
    await this.deps.runner.abort(ended, { ...request, terminalStatus: status });
    return ended.document;
  }

  async addEvents(
    jobId: string,
    events: readonly { readonly name: string; readonly description: string }[],
  ): Promise<readonly JobEvent[]> {
    await this.find(jobId);
    const { now, newId, jobs } = this.deps;
    const added = events.map(({ name, description }) => ({ id: newId(), name, description, createDate: now() }));
    await jobs.addEvents(jobId, added);
    return added;
  }

  async listEvents(jobId: string): Promise<readonly JobEvent[]> {
    await this.find(jobId);
    return await this.deps.jobs.listEvents(jobId);
  }

  private async find(jobId: string): Promise<StoredJob> {
    const job = await this.deps.jobs.find(jobId);
    if (!job) throw new DomainError(ErrorCode.notFound, `There is no synchronization job ${jobId}.`);
    return job;
  }

  private requireAwaitingUploads(job: StoredJob): void {
    if (job.document.status !== SyncJobStatus.awaitingUploads) throw notAwaiting(job);
  }
}

const isAborted = (status: SyncJobStatus): boolean =>
  status === SyncJobStatus.aborted || status === SyncJobStatus.abortedInvalidConfiguration;

const notAwaiting = ({ document }: StoredJob): DomainError =>
  new DomainError(
    ErrorCode.jobNotAwaitingUploads,
    `The job ${document.id} is ${document.status}${document.statusReason === null ? '' : ` (${document.statusReason})`}; it is not awaiting uploads. Start a new job.`,
  );
