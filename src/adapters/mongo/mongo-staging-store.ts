import { Binary } from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { stagedRowBytes, type ScannedDeletes, type ScannedUpload } from '../../domain/ingest/staged-rows';
import type { BlobStore } from '../../domain/blob-store';
import type { StagedBatch, StagedPartition, StagingStore, StoredJob } from '../../domain/sync-job/ports';
import type { StagedRows } from '../../domain/sync-job/staged-object';
import { freeBytes } from '../../lib/free-bytes';
import type { StagedBatchDocument } from './collections';
import { compressBody, decompressBody } from './compressed-body';
import { countUpload } from './count-uploads';
import { isDuplicateKey, orUnavailable, type Database } from './database';
import { packLikelyChanges, unpackLikelyChanges } from './likely-changes';
import { bytesOf, joinPartitions, partitionProjection, splitByPartition } from './packed-ids';

/** Above this a compressed body goes to the blob store: MongoDB would write it three times (journal, oplog, data). */
const maxInlineBodyBytes = 128 * 1024;

/** A batch is one document: this many rows of 40 bytes keep it well below MongoDB's 16 MB. */
const maxObjectsPerUpload = 300_000;

/** Staged content outlives its job by this much at most, if the job's own clean-up did not happen. */
const keepMs = 7 * 24 * 3600 * 1000;

/** Batches whose partitions come in one reply; by itself the server fills replies of 16 MB. */
const partitionsAtOnce = 32;

const placeFields = ['body', 'bodyBytes', 'blobKey'] as const;
type StoredBody = Pick<StagedBatchDocument, (typeof placeFields)[number]>;
type BatchRequest = Omit<Parameters<StagingStore['content']>[0], 'rows'>;
type StageRequest = Parameters<StagingStore['stage']>[0];
type AsideRequest = Parameters<StagingStore['stageAside']>[0];

export class MongoStagingStore implements StagingStore {
  constructor(
    private readonly database: Database,
    private readonly blobs: BlobStore,
    private readonly account: string,
  ) {}

  async stage(request: StageRequest): Promise<{ job: StoredJob; stored: boolean }> {
    const batchId = `${request.job.document.id}/${request.uploadId}`;
    for (;;) {
      await this.write(batchId, request);
      const counted = await orUnavailable(
        countUpload(this.database, { ...request, account: this.account, jobId: request.job.document.id, batchId }),
      );
      if (counted) return counted;
      // The database died before the content was durable: it is written again, and only then counted.
    }
  }

  /** Content first, counted second: a crash in between leaves content that no job owns, which expires. */
  private async write(batchId: string, request: StageRequest): Promise<void> {
    const { job, upload, likelyChanges, ignoreDuplicates, now } = request;
    requireRoom(upload);
    const expireAt = new Date(now + job.uploadWindowMs + keepMs);
    await this.insert({ batchId, jobId: job.document.id, seq: 0, upload, likelyChanges, ignoreDuplicates, expireAt });
  }

  async stageAside({ name, seq, upload, ignoreDuplicates, now }: AsideRequest): Promise<void> {
    requireRoom(upload);
    const expireAt = new Date(now + keepMs);
    await this.insert({ batchId: `${name}/${seq}`, jobId: name, seq, upload, ignoreDuplicates, expireAt });
  }

  private async insert(request: {
    readonly batchId: string;
    readonly jobId: string;
    readonly seq: number;
    readonly upload: ScannedUpload;
    readonly likelyChanges?: Uint32Array | undefined;
    readonly ignoreDuplicates: boolean;
    readonly expireAt: Date;
  }): Promise<void> {
    const { batchId, jobId, seq, upload, likelyChanges, ignoreDuplicates, expireAt } = request;
    const body = upload.body.length === 0 ? Buffer.alloc(0) : await compressBody(upload.body);
    const isInline = body.length <= maxInlineBodyBytes;
    const blobKey = isInline ? null : stagedBodyKey(this.account, batchId);
    if (blobKey !== null) {
      await this.blobs.put(blobKey, body);
      freeBytes(body);
    }
    const document: StagedBatchDocument = {
      _id: batchId,
      account: this.account,
      jobId,
      seq,
      entities: upload.entities.count,
      relationships: upload.relationships.count,
      ignoreDuplicates,
      entityRows: splitByPartition(upload.entities.rows, stagedRowBytes),
      relationshipRows: splitByPartition(upload.relationships.rows, stagedRowBytes),
      deleteEntities: new Binary(upload.deleteEntities.ids),
      deleteRelationships: new Binary(upload.deleteRelationships.ids),
      entityDeletes: countDeletes(upload.deleteEntities),
      relationshipDeletes: countDeletes(upload.deleteRelationships),
      unresolvableEntities: upload.deleteEntities.unresolvable,
      unresolvableRelationships: upload.deleteRelationships.unresolvable,
      body: isInline ? new Binary(body) : null,
      bodyBytes: upload.body.length,
      blobKey,
      ...(likelyChanges && !isInline && { likelyChanges: await packLikelyChanges(upload.body, likelyChanges) }),
      expireAt,
    };
    try {
      // Not yet durable by itself: the commit that counts it is, and the journal is sequential.
      await orUnavailable(this.batchesOf.insertOne(document, { writeConcern: { w: 1 } }));
    } catch (err) {
      if (!isDuplicateKey(err)) throw err;
    }
  }

  async batches(jobId: string): Promise<readonly StagedBatch[]> {
    const projection = {
      seq: 1,
      entities: 1,
      relationships: 1,
      entityDeletes: 1,
      relationshipDeletes: 1,
      ignoreDuplicates: 1,
    };
    const documents = this.ofJob(jobId).project<StagedBatch & { _id: string }>(projection);
    return await documents.map(({ _id, ...batch }): StagedBatch => batch).toArray();
  }

  async *partitions(request: Parameters<StagingStore['partitions']>[0]): AsyncIterable<StagedPartition> {
    const { jobId, kind, from, to } = request;
    const field = rowField[kind];
    const cursor = this.ofJob(jobId, countField[kind]).project<StagedBatchDocument>({
      seq: 1,
      ...partitionProjection(field, from, to),
    });
    cursor.batchSize(partitionsAtOnce);
    for await (const document of cursor) yield { seq: document.seq, rows: joinPartitions(document[field], from, to) };
  }

  async content({ rows, ...of }: Parameters<StagingStore['content']>[0]): Promise<StagedRows> {
    if (!rows) {
      const all = await this.rowsAndPlace(of);
      return { rows: all.rows, body: await this.readBody(all.stored) };
    }
    const { likelyChanges, ...stored } = await this.batch(of, ['likelyChanges', ...placeFields]);
    const texts = likelyChanges && (await unpackLikelyChanges(likelyChanges, rows));
    return texts ?? { rows: new Uint8Array(rows), body: await this.readBody(stored) };
  }

  /** On its own, so that the reply that the rows came in is not held while the body is read. */
  private async rowsAndPlace(of: BatchRequest) {
    const field = rowField[of.kind];
    const { body, bodyBytes, blobKey, ...document } = await this.batch(of, [field, ...placeFields]);
    return { rows: joinPartitions(document[field]), stored: { body, bodyBytes, blobKey } };
  }

  private async batch<F extends keyof StagedBatchDocument>(
    { jobId, seq }: BatchRequest,
    fields: readonly F[],
  ): Promise<Pick<StagedBatchDocument, F>> {
    const document = await this.batchesOf.findOne<Pick<StagedBatchDocument, F>>(
      { account: this.account, jobId, seq },
      { projection: Object.fromEntries(fields.map((field) => [field, 1])) },
    );
    if (!document) throw new Error(`staged batch ${jobId}/${seq} is gone`);
    return document;
  }

  private async readBody({ blobKey, body, bodyBytes }: StoredBody): Promise<Uint8Array> {
    const compressed = blobKey === null ? body && bytesOf(body) : await this.blobs.get(blobKey);
    if (!compressed?.length) return new Uint8Array(0);
    const whole = await decompressBody(compressed, bodyBytes);
    if (blobKey !== null) freeBytes(compressed);
    return whole;
  }

  async deletes({
    jobId,
    kind,
    upTo,
  }: Parameters<StagingStore['deletes']>[0]): Promise<{ ids: Uint8Array; unresolvable: number }> {
    const projection = {
      seq: 1,
      deleteEntities: 1,
      deleteRelationships: 1,
      unresolvableEntities: 1,
      unresolvableRelationships: 1,
    };
    const parts: Uint8Array[] = [];
    let unresolvable = 0;
    for await (const document of this.ofJob(jobId).project<StagedBatchDocument>(projection)) {
      if (upTo !== undefined && document.seq > upTo) continue;
      parts.push(bytesOf(kind === 'entity' ? document.deleteEntities : document.deleteRelationships));
      unresolvable += kind === 'entity' ? document.unresolvableEntities : document.unresolvableRelationships;
    }
    return { ids: Buffer.concat(parts), unresolvable };
  }

  async discard(jobId: string): Promise<void> {
    const inBlobs = this.batchesOf.find({ account: this.account, jobId, blobKey: { $ne: null } });
    for await (const { blobKey } of inBlobs.project<{ blobKey: string }>({ blobKey: 1 }))
      await this.blobs.delete(blobKey);
    await this.batchesOf.deleteMany({ account: this.account, jobId }, { writeConcern: { w: 1 } });
  }

  private ofJob(jobId: string, withSome?: 'entities' | 'relationships') {
    const some = withSome ? { [withSome]: { $gt: 0 } } : {};
    return this.batchesOf.find({ account: this.account, jobId, seq: { $gt: 0 }, ...some }).sort({ seq: 1 });
  }

  private get batchesOf() {
    return this.database.collections.stagedBatches;
  }
}

const rowField = { entity: 'entityRows', relationship: 'relationshipRows' } as const;
const countField = { entity: 'entities', relationship: 'relationships' } as const;

/** Without slashes, as `bulkFileKey` says. */
const stagedBodyKey = (account: string, batchId: string): string => `staging-${account}-${batchId.replace('/', '-')}`;

function requireRoom({ entities, relationships, deleteEntities, deleteRelationships }: ScannedUpload): void {
  const objects =
    entities.count + relationships.count + (deleteEntities.ids.length + deleteRelationships.ids.length) / 16;
  if (objects <= maxObjectsPerUpload) return;
  throw new DomainError(
    ErrorCode.requestEntityTooLarge,
    `The upload holds ${objects} objects; one request may hold ${maxObjectsPerUpload}. Send them in several requests.`,
  );
}

const countDeletes = ({ ids, unresolvable }: ScannedDeletes): number => ids.length / 16 + unresolvable;
