import {
  isTerminal,
  syncJobCounters,
  type DryRun,
  type SyncJobCounter,
  type SyncJobDocument,
} from '../../../src/contracts/sync-job';
import { sha1 } from '../../../src/adapters/digest';
import type { NewState } from '../../../src/domain/graph/decide-change';
import { scopeId, type ObjectKind, type Scope } from '../../../src/domain/graph/identity';
import type { RawDataContent } from '../../../src/domain/graph/raw-data-store';
import type { ScannedUpload } from '../../../src/domain/ingest/staged-rows';
import type { AppliedChunk } from '../../../src/domain/sync-job/graph-writer';
import type { NewJob, PlannedBatch, StoredJob } from '../../../src/domain/sync-job/ports';
import type { JobEvent } from '../../../src/domain/sync-job/sync-jobs';
import { MemoryBlobStore } from './memory-blob-store';

export interface MemoryPlan {
  readonly batches: PlannedBatch[];
  readonly deletes: Uint8Array[];
  totals: { readonly changes: number; readonly deletes: number };
}

export interface MemoryJob {
  readonly account: string;
  stored: StoredJob;
  endedAt: number | null;
  uploadUrl?: { readonly uploadUrl: string; readonly expiresAt: number };
  readonly events: JobEvent[];
  readonly seals: Partial<Record<ObjectKind, MemoryPlan>>;
}

/** In the order in which they were counted. */
export interface MemoryBatch {
  readonly account: string;
  readonly jobId: string;
  readonly uploadId: string;
  readonly seq: number;
  readonly ignoreDuplicates: boolean;
  readonly upload: ScannedUpload;
}

export interface MemoryVersion {
  readonly version: number;
  readonly state: NewState;
  readonly beginOn: number;
  readonly endOn: number | null;
  readonly deleted: boolean;
}
export interface MemoryObject extends MemoryVersion {
  readonly owner: Scope;
  readonly key: string;
  readonly createdOn: number;
  /** Hash of the manifest row: of the upload that describes all of the object, or null. */
  readonly hash: Uint8Array | null;
  /** Name of an entry of raw data → its text. */
  readonly rawData: Readonly<Record<string, string>>;
  /** Ended versions, oldest first. */
  readonly history: readonly MemoryVersion[];
}

/** What all in-memory stores of a test share. Every change is made between two awaits, which is their transaction. */
export class MemoryDatabase {
  readonly jobs = new Map<string, MemoryJob>();
  /** Ids of jobs by id of their scope, in the order of their finalize calls. */
  readonly queues = new Map<string, string[]>();
  readonly batches: MemoryBatch[] = [];
  /** Objects by id. */
  readonly graph: Readonly<Record<ObjectKind, Map<string, MemoryObject>>> = {
    entity: new Map(),
    relationship: new Map(),
  };
  /** Versions that wiped objects had, by id. */
  readonly wiped = new Map<string, number>();
  /** By job, kind and name. */
  readonly chunks = new Map<string, AppliedChunk>();
  readonly blobs = new MemoryBlobStore();
  /** Versions of raw data by id of the entity, oldest first. */
  readonly rawData = new Map<string, RawDataContent[]>();
  /** By job. */
  readonly dryRuns = new Map<string, DryRun>();
}

/** A job that has just been started. */
export function newStoredJob(account: string, job: NewJob): StoredJob {
  const { scope, integrationInstanceId } = job;
  const zeros = Object.fromEntries(syncJobCounters.map((name) => [name, 0])) as Record<SyncJobCounter, number>;
  const document: SyncJobDocument = {
    ...zeros,
    id: job.id,
    accountId: account,
    source: scope.source,
    scope: integrationInstanceId !== null || scope.scope === '' ? null : scope.scope,
    integrationInstanceId,
    integrationJobId: integrationInstanceId === null ? null : job.id,
    syncMode: job.syncMode,
    status: 'AWAITING_UPLOADS',
    done: false,
    startTimestamp: job.startedAt,
    durationMs: 0,
    deletionMode: 'SOFT_DELETE',
    expiresOn: job.startedAt + job.uploadWindowMs,
    statusReason: null,
    report: [],
    awaitsApproval: false,
    partialTypes: [],
    workflowId: job.workflowId,
  };
  return {
    document,
    scope,
    scopeId: scopeId(sha1, scope),
    ignoreDuplicates: job.ignoreDuplicates,
    ignoreIllegalProperties: job.ignoreIllegalProperties,
    lastUploadAt: job.startedAt,
    uploadWindowMs: job.uploadWindowMs,
    finalizeRequestedAt: null,
    mayHaveBulkFile: false,
    heldAt: null,
    approvedAt: null,
    committed: false,
    sealed: [],
  };
}

/** Replaces members of a job; what follows from them follows. */
export function changeJob(
  job: MemoryJob,
  { document, ...members }: Partial<Omit<StoredJob, 'document'>> & { readonly document?: Partial<SyncJobDocument> },
): StoredJob {
  const next = { ...job.stored, ...members, document: { ...job.stored.document, ...document } };
  const { status, startTimestamp } = next.document;
  job.stored = {
    ...next,
    document: {
      ...next.document,
      done: isTerminal(status),
      awaitsApproval: status === 'FINALIZE_PENDING' && next.heldAt !== null && next.approvedAt === null,
      durationMs: job.endedAt === null ? 0 : job.endedAt - startTimestamp,
      expiresOn: status === 'AWAITING_UPLOADS' ? next.lastUploadAt + next.uploadWindowMs : null,
    },
  };
  return job.stored;
}

/** The job of an account, as a query that names the account finds it. */
export function jobOf(database: MemoryDatabase, account: string, jobId: string): MemoryJob | undefined {
  const job = database.jobs.get(jobId);
  return job?.account === account ? job : undefined;
}
