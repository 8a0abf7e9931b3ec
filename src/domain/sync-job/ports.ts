import type { SyncJobCounts, SyncJobDocument, SyncJobStatus, SyncMode } from '../../contracts/sync-job';
import type { EntityCounts, GraphCounts } from '../graph/entity-counts';
import type { ObjectKind, Scope } from '../graph/identity';
import type { ScannedUpload } from '../ingest/staged-rows';
import type { Problem } from '../errors';
import type { JobEvent, SyncJobFilter } from './sync-jobs';
import type { GatheredBytes } from '../../lib/gathered-bytes';

/** A job as stored: the public document and what only the product needs to know. */
export interface StoredJob {
  readonly document: SyncJobDocument;
  readonly scope: Scope;
  /** `scopeId` of `graph/identity.ts`. */
  readonly scopeId: string;
  readonly ignoreDuplicates: boolean;
  readonly ignoreIllegalProperties: boolean;
  /** Epoch ms of the last upload, or of the start; the upload window counts from here. */
  readonly lastUploadAt: number;
  readonly uploadWindowMs: number;
  /** Epoch ms of the finalize call: the time that all changes of the job carry. Null before. */
  readonly finalizeRequestedAt: number | null;
  /** A URL for a bulk file was given out, so there may be one. */
  readonly mayHaveBulkFile: boolean;
  /** Epoch ms since when the job is held because it deletes so much; null when it never was. */
  readonly heldAt: number | null;
  /** Epoch ms of the approval of a held job. */
  readonly approvedAt: number | null;
  /** True once a plan is sealed: from here on the job can only be completed, never undone. */
  readonly committed: boolean;
  /** Kinds whose plan is sealed. */
  readonly sealed: readonly ObjectKind[];
}

export interface NewJob {
  readonly id: string;
  readonly scope: Scope;
  readonly integrationInstanceId: string | null;
  readonly syncMode: SyncMode;
  readonly ignoreDuplicates: boolean;
  readonly ignoreIllegalProperties: boolean;
  readonly workflowId: string;
  readonly uploadWindowMs: number;
  readonly startedAt: number;
}

/** Jobs of one account. Every change of status is a compare-and-set, so that two callers cannot both win. */
export interface SyncJobStore {
  /** The stored job; an existing one of the same id and scope is returned unchanged. @throws DomainError CONFLICT for another scope. */
  create(job: NewJob): Promise<StoredJob>;
  find(jobId: string): Promise<StoredJob | undefined>;
  list(filter: SyncJobFilter): Promise<{ jobs: readonly SyncJobDocument[]; endCursor: string | null }>;
  /** AWAITING_UPLOADS → FINALIZE_PENDING, and a place in the scope's queue. Undefined if the job was not awaiting uploads. */
  close(
    jobId: string,
    request: { readonly partialTypes: readonly string[]; readonly now: number },
  ): Promise<StoredJob | undefined>;
  /** True while the job is the first of its scope's queue of finalizations. `ahead` names the job that is. */
  turn(job: StoredJob): Promise<{ readonly isFirst: boolean; readonly ahead: string | null }>;
  /** Holds a job that is FINALIZE_PENDING and not committed, with the reason. It keeps its place in the queue. */
  hold(jobId: string, request: { readonly reason: string; readonly now: number }): Promise<StoredJob | undefined>;
  /** Lets a held job go on. Returns the job as it is afterwards; one that is not held stays as it was. */
  approve(jobId: string, request: { readonly now: number }): Promise<StoredJob | undefined>;
  /**
   * Sets status and counters of a job that has not ended and is not further. Counters are absolute. `durable`: resolved only once
   * this write, and with it every earlier one of the process, survives the death of the database. Undefined if it was not to be set.
   */
  progress(
    jobId: string,
    change: { readonly status: SyncJobStatus; readonly counts: SyncJobCounts; readonly durable: boolean },
  ): Promise<StoredJob | undefined>;
  /** Durable end of a job; leaves the queue. Returns the job as it is afterwards: a job that had ended before stays as it was. */
  end(
    jobId: string,
    change: {
      readonly status: SyncJobStatus;
      readonly counts?: SyncJobCounts;
      readonly reason: string | null;
      readonly report?: readonly Problem[];
      readonly now: number;
      /** Only if the job is in one of these. */
      readonly from: readonly SyncJobStatus[];
      /** Not if a plan is sealed. */
      readonly unlessCommitted: boolean;
      /** Not if it was held and has been approved. */
      readonly unlessApproved?: boolean;
    },
  ): Promise<StoredJob | undefined>;
  /** Remembers the presigned URL, if none that is still valid is there; returns the one that counts. */
  keepUploadUrl(
    jobId: string,
    offer: { readonly uploadUrl: string; readonly expiresAt: number; readonly now: number },
  ): Promise<{ uploadUrl: string; expiresAt: number }>;
  addEvents(jobId: string, events: readonly JobEvent[]): Promise<void>;
  /** In the order of their times; those of one call in the order of the call. */
  listEvents(jobId: string): Promise<readonly JobEvent[]>;
}

/** A stored upload of a job, without its content. `seq` is the order of acknowledgement, from 1. */
export interface StagedBatch {
  readonly seq: number;
  readonly entities: number;
  readonly relationships: number;
  /** References in `deleteEntities`, resolvable or not. */
  readonly entityDeletes: number;
  readonly relationshipDeletes: number;
  readonly ignoreDuplicates: boolean;
}

export interface StagedPartition {
  readonly seq: number;
  /** Staged rows of the asked partitions, ascending by partition, inside one in upload order. */
  readonly rows: Uint8Array;
}

/** Reading what was uploaded. */
export interface StagedContent {
  batches(jobId: string): Promise<readonly StagedBatch[]>;
  partitions(request: {
    readonly jobId: string;
    readonly kind: ObjectKind;
    readonly from: number;
    readonly to: number;
  }): AsyncIterable<StagedPartition>;
  /**
   * All rows of one kind of one batch, ascending by partition: the order that plans number them in, and the body that they point into.
   * Or of the given rows alone, which are then in their order and point into what may be less than the body.
   * Both are the caller's own, to be freed, and may share memory.
   */
  content(request: {
    readonly jobId: string;
    readonly kind: ObjectKind;
    readonly seq: number;
    readonly rows?: Uint8Array | undefined;
  }): Promise<{ readonly rows: Uint8Array; readonly body: Uint8Array }>;
  /** Ids given for deletion, in upload order, and how many references could not be resolved. */
  deletes(request: {
    readonly jobId: string;
    readonly kind: ObjectKind;
    /** Only of uploads up to this number. */
    readonly upTo?: number;
  }): Promise<{ ids: Uint8Array; unresolvable: number }>;
}

/** What was uploaded to the jobs of one account, until the job has ended. */
export interface StagingStore extends StagedContent {
  /**
   * Durable, counted once. `stored` is false for an `uploadId` seen before.
   * @throws DomainError JOB_NOT_AWAITING_UPLOADS
   */
  stage(request: {
    readonly job: StoredJob;
    readonly uploadId: string;
    readonly upload: ScannedUpload;
    /** Places in the body of texts that `content` will probably be asked for alone: offset and length each, ascending. */
    readonly likelyChanges?: Uint32Array | undefined;
    readonly ignoreDuplicates: boolean;
    /** Statuses in which the job takes content: uploads and the bulk file come at different times. */
    readonly accepts: SyncJobStatus;
    readonly now: number;
  }): Promise<{ readonly job: StoredJob; readonly stored: boolean }>;
  /**
   * Stages an upload that belongs to no job, under a name of the caller's; counts nothing. Read it back by the name in place of a
   * job's id, and discard it so.
   */
  stageAside(request: {
    readonly name: string;
    readonly seq: number;
    readonly upload: ScannedUpload;
    readonly ignoreDuplicates: boolean;
    readonly now: number;
  }): Promise<void>;
  discard(jobId: string): Promise<void>;
}

/** Keys and hashes of what a scope holds now: `graph/manifest-rows.ts`. A cache that moves in the transaction of every write. */
export interface ManifestStore {
  /** Number of rows of base and deltas, an upper bound of what `partitions` gives. Rebuilds from the graph what is missing. */
  prepare(scope: Scope, kind: ObjectKind): Promise<{ readonly rows: number }>;
  /** As `prepare`, but mends nothing: undefined when the manifest is missing or damaged. */
  rows(scope: Scope, kind: ObjectKind): Promise<number | undefined>;
  /** Adds base rows and delta rows of the partitions to `into`, in no order; `mergeManifestRows` makes one row per id of them. */
  partitions(request: {
    readonly scope: Scope;
    readonly kind: ObjectKind;
    readonly from: number;
    readonly to: number;
    readonly into: GatheredBytes;
  }): Promise<void>;
  /** Of each kind: folds deltas into the base when they have grown past their worth. Changes nothing that `partitions` gives. */
  compact(scope: Scope): Promise<void>;
}

/** The counters of an account. They move in the transaction of every write; this is what keeps reading them cheap. */
export interface GraphCounters extends EntityCounts {
  /** Both kinds, of one moment. */
  counts(): Promise<GraphCounts>;
  /** Counts the graph once, if that was never done; others may write meanwhile. */
  prepare(): Promise<void>;
  /** Brings together what many transactions have left. Changes no count. */
  fold(): Promise<void>;
}

/** What kind of things objects are, for the few rules that ask. */
export interface ObjectTypes {
  /** How many objects of packed manifest rows have one of the types. */
  count(request: {
    readonly kind: ObjectKind;
    readonly rows: Uint8Array;
    readonly types: readonly string[];
  }): Promise<number>;
}

/** What to do with the rows of one batch. */
export interface PlannedBatch {
  readonly seq: number;
  /** One byte a row, see `PlannedAction`: for all rows of the batch, or for `rows`. */
  readonly actions: Uint8Array;
  /** The staged rows that are not `none`, where these are so few that they take less room than all actions. */
  readonly rows?: Uint8Array;
  /** Length of the text of all rows that are not `none`. */
  readonly bytes: number;
}

export interface PlanStore {
  /** A plan of its own: what another attempt has written is not part of it. */
  begin(job: StoredJob, kind: ObjectKind, now: number): Promise<PlanWriter>;
  /** The sealed plan, if there is one. */
  sealed(job: StoredJob, kind: ObjectKind): Promise<SealedPlan | undefined>;
  discard(jobId: string): Promise<void>;
}

export interface PlanWriter {
  addBatch(batch: PlannedBatch): Promise<void>;
  /** Packed manifest rows (`manifestRowBytes` each) of objects to delete. */
  addDeletes(rows: Uint8Array): Promise<void>;
  /** Makes this plan the job's only one. Undefined when the job has ended meanwhile or another attempt has sealed its plan first. */
  seal(totals: { readonly changes: number; readonly deletes: number }): Promise<SealedPlan | undefined>;
}

export interface SealedPlan {
  readonly kind: ObjectKind;
  /** Sealed just now, so that nobody can have applied any of it before. */
  readonly isNew: boolean;
  readonly changes: number;
  readonly deletes: number;
  /** Batches with work, ascending. */
  batches(): AsyncIterable<PlannedBatch>;
  /** Pages of packed manifest rows to delete, in a fixed order. */
  deletePages(): AsyncIterable<Uint8Array>;
}
