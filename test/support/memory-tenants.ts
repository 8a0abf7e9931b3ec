import { createHash, randomUUID } from 'node:crypto';
import { ErrorCode } from '../../src/contracts/error-code';
import {
  isTerminal,
  syncJobCounters,
  SyncJobStatus,
  SyncMode,
  type DryRun,
  type SyncJobCounter,
  type SyncJobDocument,
} from '../../src/contracts/sync-job';
import { DomainError } from '../../src/domain/errors';
import { keyNamespace, type ObjectKind, type Sha1 } from '../../src/domain/graph/identity';
import type { ScannedUpload } from '../../src/domain/ingest/staged-rows';
import type { Authenticator, FlatObject, GraphExport, Tenants } from '../../src/domain/ports';
import type { JobEvent, SyncJobs } from '../../src/domain/sync-job/sync-jobs';

export interface StoredUpload {
  readonly account: string;
  readonly jobId: string;
  readonly uploadId: string;
  readonly upload: ScannedUpload;
  readonly ignoreDuplicates: boolean;
}

export interface MemoryTenants extends Tenants {
  /** Every upload that was stored, in order; retries do not show up. */
  readonly uploads: readonly StoredUpload[];
  /** What `graphExport` of an account pages through. */
  setGraph(account: string, kind: ObjectKind, objects: readonly FlatObject[]): void;
}

const sha1: Sha1 = (bytes) => createHash('sha1').update(bytes).digest();
const uploadWindowMs = 24 * 3600 * 1000;

interface MemoryJob {
  document: SyncJobDocument;
  readonly ignoreDuplicates: boolean;
  readonly ignoreIllegalProperties: boolean;
  readonly uploadIds: Set<string>;
  readonly events: JobEvent[];
  uploadUrl?: { uploadUrl: string; expiresAt: number };
  dryRun?: DryRun;
}

/** Jobs of any number of accounts in memory. Finalizing ends at FINALIZE_PENDING: there is no worker behind it. */
export function createMemoryTenants({ now = Date.now }: { now?: () => number } = {}): MemoryTenants {
  const jobsOf = new Map<string, Map<string, MemoryJob>>();
  const graphs = new Map<string, readonly FlatObject[]>();
  const uploads: StoredUpload[] = [];

  return {
    uploads,
    setGraph: (account, kind, objects) => void graphs.set(`${account}/${kind}`, objects),
    of(account) {
      const jobs = jobsOf.get(account) ?? new Map<string, MemoryJob>();
      jobsOf.set(account, jobs);
      return {
        syncJobs: createSyncJobs({ account, jobs, uploads, now }),
        graphExport: createExport((kind) => graphs.get(`${account}/${kind}`) ?? []),
      };
    },
  };
}

function createSyncJobs({
  account,
  jobs,
  uploads,
  now,
}: {
  account: string;
  jobs: Map<string, MemoryJob>;
  uploads: StoredUpload[];
  now: () => number;
}): SyncJobs {
  const find = (jobId: string): MemoryJob => {
    const job = jobs.get(jobId);
    if (job === undefined) throw new DomainError(ErrorCode.notFound, `There is no synchronization job "${jobId}".`);
    return job;
  };
  const findOpen = (jobId: string): MemoryJob => {
    const job = find(jobId);
    if (job.document.status === SyncJobStatus.awaitingUploads) return job;
    throw new DomainError(
      ErrorCode.jobNotAwaitingUploads,
      `Job ${jobId} is ${job.document.status} and takes no uploads.`,
    );
  };
  const change = (job: MemoryJob, members: Partial<SyncJobDocument>): SyncJobDocument => {
    const document = { ...job.document, ...members, durationMs: now() - job.document.startTimestamp };
    job.document = { ...document, done: isTerminal(document.status) };
    return job.document;
  };

  return {
    async start(input) {
      const isApi = input.source === 'api';
      if (isApi && !input.scope && (input.syncMode ?? SyncMode.diff) === SyncMode.diff) {
        throw new DomainError(ErrorCode.badRequest, '"scope" is missing: a DIFF job of source api needs one.');
      }
      if (!isApi && !input.integrationInstanceId) {
        throw new DomainError(ErrorCode.invalidIntegrationInstance, 'Integration instance not found');
      }
      const id = input.integrationJobId ?? randomUUID();
      const job: MemoryJob = {
        document: {
          ...(Object.fromEntries(syncJobCounters.map((name) => [name, 0])) as Record<SyncJobCounter, number>),
          id,
          accountId: account,
          source: input.source,
          scope: isApi ? (input.scope ?? null) : null,
          integrationInstanceId: input.integrationInstanceId ?? null,
          integrationJobId: isApi ? null : id,
          syncMode: input.syncMode ?? SyncMode.diff,
          status: SyncJobStatus.awaitingUploads,
          done: false,
          startTimestamp: now(),
          durationMs: 0,
          deletionMode: 'SOFT',
          expiresOn: now() + uploadWindowMs,
          statusReason: null,
          awaitsApproval: false,
          report: [],
          partialTypes: [],
          workflowId: `sync-job:${account}:${id}`,
        },
        ignoreDuplicates: input.ignoreDuplicates ?? false,
        ignoreIllegalProperties: input.ignoreIllegalProperties ?? false,
        uploadIds: new Set(),
        events: [],
      };
      jobs.set(id, job);
      return job.document;
    },
    get: async (jobId) => find(jobId).document,
    async list({ limit, cursor, ...filter }) {
      const matching = [...jobs.values()]
        .map(({ document }) => document)
        .filter((document) =>
          Object.entries(filter).every(([name, value]) => document[name as keyof typeof filter] === value),
        )
        .reverse();
      const { items, endCursor } = page(matching, { limit, cursor });
      return { jobs: items, endCursor };
    },
    async uploadTarget(jobId) {
      const { document, ignoreDuplicates, ignoreIllegalProperties } = findOpen(jobId);
      const scope = {
        account,
        source: document.source,
        scope: document.scope ?? document.integrationInstanceId ?? '',
      };
      return {
        syncMode: document.syncMode,
        entityNamespace: keyNamespace(sha1, scope, 'entity'),
        relationshipNamespace: keyNamespace(sha1, scope, 'relationship'),
        ignoreDuplicates,
        ignoreIllegalProperties,
      };
    },
    async upload({ jobId, uploadId, upload, ignoreDuplicates }) {
      const job = findOpen(jobId);
      if (job.uploadIds.has(uploadId)) return job.document;
      job.uploadIds.add(uploadId);
      uploads.push({ account, jobId, uploadId, upload, ignoreDuplicates });
      return change(job, {
        numEntitiesUploaded: job.document.numEntitiesUploaded + upload.entities.count,
        numRelationshipsUploaded: job.document.numRelationshipsUploaded + upload.relationships.count,
        numEntityRawDataEntriesUploaded: job.document.numEntityRawDataEntriesUploaded + upload.rawDataEntries,
        expiresOn: now() + uploadWindowMs,
      });
    },
    async createUploadUrl(jobId) {
      const job = findOpen(jobId);
      job.uploadUrl ??= { uploadUrl: `memory://uploads/${account}/${jobId}`, expiresAt: now() + 3600 * 1000 };
      return job.uploadUrl;
    },
    async finalize(jobId, { partialTypes }) {
      const job = find(jobId);
      if (job.document.status !== SyncJobStatus.awaitingUploads) return job.document;
      return change(job, { status: SyncJobStatus.finalizePending, partialTypes, expiresOn: null });
    },
    async dryRun(jobId, { partialTypes }) {
      const { document } = findOpen(jobId);
      const none = { created: [], updated: [], deleted: [] };
      const dryRun: DryRun = {
        status: SyncJobStatus.finished,
        statusReason: null,
        report: [],
        counts: { numEntitiesCreated: document.numEntitiesUploaded },
        sample: { entities: none, relationships: none },
        estimated: false,
        uploads: 1,
        partialTypes,
        on: now(),
      };
      find(jobId).dryRun = dryRun;
      return { job: document, dryRun };
    },
    async lastDryRun(jobId) {
      const { document, dryRun } = find(jobId);
      if (!dryRun) throw new DomainError(ErrorCode.notFound, `There is no result of a dry run of the job ${jobId}.`);
      return { job: document, dryRun };
    },
    async approve(jobId) {
      throw new DomainError(ErrorCode.jobNotHeld, `The job ${find(jobId).document.id} is not held.`);
    },
    async abort(jobId, { reason, terminalStatus }) {
      const job = find(jobId);
      const { status } = job.document;
      if (status === SyncJobStatus.aborted || status === SyncJobStatus.abortedInvalidConfiguration) return job.document;
      findOpen(jobId);
      return change(job, {
        status: terminalStatus ?? SyncJobStatus.aborted,
        statusReason: reason ?? null,
        expiresOn: null,
      });
    },
    async addEvents(jobId, events) {
      const added = events.map((event) => ({ ...event, id: randomUUID(), createDate: now() }));
      find(jobId).events.push(...added);
      return added;
    },
    listEvents: async (jobId) => find(jobId).events,
  };
}

function createExport(objects: (kind: ObjectKind) => readonly FlatObject[]): GraphExport {
  return {
    async list({ kind, limit, includeDeleted, cursor }) {
      const visible = objects(kind).filter((object) => includeDeleted || object['_deleted'] !== true);
      return page(visible, { limit, cursor });
    },
  };
}

function page<Item>(all: readonly Item[], { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(from)) throw new DomainError(ErrorCode.badRequest, 'The cursor is not one that this API gave.');
  const to = from + limit;
  const endCursor = to < all.length ? Buffer.from(String(to)).toString('base64url') : null;
  return { items: all.slice(from, to), endCursor };
}

/** Accepts exactly these account → token pairs. */
export function createMemoryAuthenticator(tokens: Readonly<Record<string, string>>): Authenticator {
  return {
    authenticate: async ({ account, token }) =>
      Object.hasOwn(tokens, account) && tokens[account] === token
        ? { account, tokenId: `${account}-token` }
        : undefined,
  };
}
