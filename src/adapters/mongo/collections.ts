import type { Binary, Collection, Db, ObjectId, Timestamp } from 'mongodb';
import type { SyncJobCounts, SyncJobStatus, SyncMode } from '../../contracts/sync-job';
import type { Problem } from '../../domain/errors';
import type { StoredResult } from '../../domain/query/query-results';

export interface AccountDocument {
  _id: string;
  name: string;
  createdAt: number;
}

export interface TokenDocument {
  _id: string;
  account: string;
  name: string;
  /** SHA-256 of the token in hex; the token itself is shown once and never stored. */
  hash: string;
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
}

export interface SyncJobRecord {
  _id: string;
  account: string;
  source: string;
  scope: string;
  scopeId: string;
  integrationInstanceId: string | null;
  syncMode: SyncMode;
  status: SyncJobStatus;
  statusReason: string | null;
  report: readonly Problem[];
  partialTypes: readonly string[];
  ignoreDuplicates: boolean;
  ignoreIllegalProperties: boolean;
  workflowId: string;
  startedAt: number;
  lastUploadAt: number;
  uploadWindowMs: number;
  finalizeRequestedAt: number | null;
  endedAt: number | null;
  /** Absent in jobs that were never held. */
  heldAt?: number;
  approvedAt?: number;
  /** Number of acknowledged uploads; the next one gets this plus one as its `seq`. */
  uploads: number;
  counts: SyncJobCounts;
  uploadUrl?: { uploadUrl: string; expiresAt: number };
  /** Sealed plans by kind: from the first one on the job can only be completed. */
  plans?: { entity?: SealRecord; relationship?: SealRecord };
}

export interface SealRecord {
  planId: string;
  changes: number;
  deletes: number;
  changeBatches: number;
  deletePages: number;
}

export interface SyncJobEventDocument {
  _id: string;
  account: string;
  jobId: string;
  name: string;
  description: string;
  createDate: number;
  /** In the request that it came with, whose events all have one time. */
  position: number;
}

/** Packed rows by partition number, so that a read can ask for some partitions only. */
export type PartitionedRows = Record<string, Binary>;

export interface StagedBatchDocument {
  /** `<jobId>/<uploadId>` */
  _id: string;
  account: string;
  jobId: string;
  /** 0 until the upload is counted; batches of 0 do not belong to the job. */
  seq: number;
  entities: number;
  relationships: number;
  ignoreDuplicates: boolean;
  entityRows: PartitionedRows;
  relationshipRows: PartitionedRows;
  deleteEntities: Binary;
  deleteRelationships: Binary;
  /** References for deletion, resolvable or not. */
  entityDeletes: number;
  relationshipDeletes: number;
  unresolvableEntities: number;
  unresolvableRelationships: number;
  /** Compressed body, or where it lies if it is too large to be kept here. */
  body: Binary | null;
  /** Of the body before it was compressed. */
  bodyBytes: number;
  blobKey: string | null;
  /** Of a body that lies elsewhere. */
  likelyChanges?: LikelyChangesRecord;
  expireAt: Date;
}

/** Texts of a body that the job will probably need, to be had without it. */
export interface LikelyChangesRecord {
  /** Offset in the body and length of each text, uint32. */
  places: Binary;
  /** The texts one after another, compressed. */
  texts: Binary;
  /** Of the texts before they were compressed. */
  bytes: number;
}

export interface PlanPageDocument {
  /** `<jobId>/<kind>/<planId>/<c|d><number>`, or `<jobId>/dryRun` */
  _id: string;
  jobId: string;
  kind: string;
  planId: string;
  /** `dryRun`: not a page of a plan but the latest result, as JSON. */
  type: 'changes' | 'deletes' | 'dryRun';
  number: number;
  /** Null on a page with `few`, which workers before these existed must not take for anything else. */
  content: Binary | null;
  /** Of a page of few changes: their staged rows, and an action for each. */
  few?: { rows: Binary; actions: Binary };
  /** Of a page of changes: length of the text of its objects that need work. */
  bytes?: number;
  expireAt: Date;
}

export interface ScopeDocument {
  _id: string;
  account: string;
  source: string;
  scope: string;
  /** Jobs whose finalization has been called for, in the order of the calls. The first one may write. */
  queue: string[];
  manifests?: { entity?: ManifestHead; relationship?: ManifestHead };
  /** Of the mapper's own scope alone: `mapping-documents.ts`. */
  mapperTurns?: number;
  /** Moves when others end entities of the scope: `ended-beside.ts`. */
  endings?: number;
}

export interface ManifestHead {
  generation: number;
  rows: number;
  /** Documents of this generation; fewer in the collection mean that the base is damaged. */
  parts: number;
  /**
   * Which chunks were unfolded when the last job ended: digests of their ids, 8 bytes each. One that is not in the collection any
   * more means that deltas were lost, however many new ones have come.
   */
  unfolded: Binary;
}

export interface ManifestPartDocument {
  /** `<scopeId>/<kind>/<generation>/<partition>/<part>` */
  _id: string;
  scopeId: string;
  kind: string;
  generation: number;
  partition: number;
  rows: Binary;
}

/** Marker of an applied piece of work, its exact counts, and the manifest rows that it moved. */
export interface AppliedChunkDocument {
  /** `<jobId>/<kind>/<chunk>`, or for rows of another scope `<jobId>/<kind>/<chunk>/<scopeId>` */
  _id: string;
  jobId: string;
  scopeId: string;
  kind: string;
  chunk: string | null;
  counts: SyncJobCounts;
  problems: readonly Problem[];
  rowCount: number;
  rows: PartitionedRows;
  /** Set when the rows have been folded into the manifest's base; the marker stays until its job has ended. */
  folded: boolean;
}

interface GraphMembers {
  _accountId: string;
  _source: string;
  _scope: string;
  _key: string;
  _type: string;
  _class: readonly string[] | string | null;
  _version: number;
  _createdOn: number;
  _beginOn: number;
  _endOn?: number;
  _deleted: boolean;
  _integrationInstanceId?: string;
  _fromEntityId?: Binary;
  _toEntityId?: Binary;
  _fromEntityKey?: string;
  _toEntityKey?: string;
  _rawDataHashes?: string;
  _overrides?: Record<string, unknown>;
  /** No part of the object: moves when another scope links to it (`relationship-ends.ts`). */
  _touched?: number;
  /** Nothing is left of the object but its id and its version: `wipe-objects.ts`. */
  _wiped?: true;
}

export type GraphDocument = { _id: Binary } & GraphMembers & Record<string, unknown>;

/** An ended version: the document as it was, under `_id` = object id and version. */
export type VersionDocument = { _id: { id: Binary; version: number } } & GraphMembers & Record<string, unknown>;

/** A contributor: an uploaded mapped relationship, and what the mapper has made of it. Ended ones stay, for their version goes on. */
export interface MappingDocument {
  /** As of any relationship of its `_key`; its row in the manifest has the same. */
  _id: Binary;
  _accountId: string;
  _source: string;
  _scope: string;
  _key: string;
  _type: string;
  _version: number;
  _deleted: boolean;
  /** `MappedRelationship` as JSON. */
  content: string;
  /** Epoch ms of the finalize call that brought the content. */
  contributedOn: number;
  sourceEntityId: Binary;
  /** Live relationships that the mapper made of it. */
  relationshipIds: Binary[];
  /** Entities of the mapper that it describes and keeps alive. */
  targetIds: Binary[];
  /** Something that the mapper made of it was ended by others: the next job that brings it evaluates it again. */
  stale: boolean;
}

/**
 * What a job of this scope has to settle at its end: a target whose contributors changed, or an entity of the scope that someone else
 * ended while the job was under way. Of a mutation: its own name in place of the scope.
 */
export interface UnsettledTargetDocument {
  /** `<scopeId>/<target in hex>` */
  _id: string;
  account: string;
  scopeId: string;
  target: Binary;
}

export interface RawDataDocument {
  _id: { entityId: Binary; name: string; version: number };
  account: string;
  scopeId: string;
  latest: boolean;
  deleted: boolean;
  createdOn: number;
  beginOn: number;
  contentType: string;
  contentLength: number;
  hash: string;
  versionId: string;
}

/** A raw-data content, stored once per account and content. */
export interface RawContentDocument {
  /** `<account>/<sha256>` */
  _id: string;
  /** zstd */
  content: Binary;
  puts?: number;
}

/** Random bytes that the installation signs with. */
export interface SecretDocument {
  _id: string;
  secret: Binary;
}
/** State of a deferred query or report. */
export type QueryResultDocument = Omit<StoredResult, 'id'> & { readonly _id: string; readonly removeAt: Date };

/** Name and number. */
type NamedCounts = (readonly [string, number])[];
export interface StoredCounts {
  total: number;
  types: NamedCounts;
  classes: NamedCounts;
}

/** Live objects of an account, or what one transaction has changed of their numbers: `mongo-entity-counts.ts`. */
export interface CountsDocument {
  _id: { account: string; base: number } | { account: string; delta: ObjectId };
  account: string;
  entity: StoredCounts;
  relationship: StoredCounts;
}

/** Objects that one transaction has created, changed, ended or wiped: `graph-changes.ts`. */
export interface GraphChangesDocument {
  _id: ObjectId;
  account: string;
  /** Cluster time at which mongod inserted it, which is before its transaction committed. */
  at: Timestamp;
  /** Packed ids. */
  entities: Binary;
  relationships: Binary;
  removeAt: Date;
}

export interface Collections {
  readonly accounts: Collection<AccountDocument>;
  readonly tokens: Collection<TokenDocument>;
  readonly syncJobs: Collection<SyncJobRecord>;
  readonly syncJobEvents: Collection<SyncJobEventDocument>;
  readonly stagedBatches: Collection<StagedBatchDocument>;
  readonly planPages: Collection<PlanPageDocument>;
  readonly scopes: Collection<ScopeDocument>;
  readonly manifestParts: Collection<ManifestPartDocument>;
  readonly appliedChunks: Collection<AppliedChunkDocument>;
  readonly entities: Collection<GraphDocument>;
  readonly relationships: Collection<GraphDocument>;
  readonly entityVersions: Collection<VersionDocument>;
  readonly relationshipVersions: Collection<VersionDocument>;
  readonly mappings: Collection<MappingDocument>;
  readonly unsettledTargets: Collection<UnsettledTargetDocument>;
  readonly rawData: Collection<RawDataDocument>;
  readonly rawContents: Collection<RawContentDocument>;
  readonly objectCounts: Collection<CountsDocument>;
  readonly graphChanges: Collection<GraphChangesDocument>;
  readonly secrets: Collection<SecretDocument>;
  readonly queryResults: Collection<QueryResultDocument>;
}

export function collectionsOf(db: Db): Collections {
  return {
    accounts: db.collection('accounts'),
    tokens: db.collection('tokens'),
    syncJobs: db.collection('syncJobs'),
    syncJobEvents: db.collection('syncJobEvents'),
    stagedBatches: db.collection('stagedBatches'),
    planPages: db.collection('planPages'),
    scopes: db.collection('scopes'),
    manifestParts: db.collection('manifestParts'),
    appliedChunks: db.collection('appliedChunks'),
    entities: db.collection('entities'),
    relationships: db.collection('relationships'),
    entityVersions: db.collection('entityVersions'),
    relationshipVersions: db.collection('relationshipVersions'),
    mappings: db.collection('mappings'),
    unsettledTargets: db.collection('unsettledTargets'),
    rawData: db.collection('rawData'),
    rawContents: db.collection('rawContents'),
    objectCounts: db.collection('objectCounts'),
    graphChanges: db.collection('graphChanges'),
    secrets: db.collection('secrets'),
    queryResults: db.collection('queryResults'),
  };
}
