import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { ObjectKind } from '../../../src/domain/graph/identity';
import {
  partitionCount,
  partitionOf,
  stagedRowBytes,
  type ScannedUpload,
} from '../../../src/domain/ingest/staged-rows';
import type { StagedBatch, StagedPartition, StagingStore } from '../../../src/domain/sync-job/ports';
import { changeJob, jobOf, type MemoryBatch, type MemoryDatabase } from './memory-database';

const maxObjectsPerUpload = 300_000;

export class MemoryStagingStore implements StagingStore {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly account: string,
  ) {}

  async stage(request: Parameters<StagingStore['stage']>[0]) {
    const { upload, uploadId, ignoreDuplicates, accepts, now } = request;
    const jobId = request.job.document.id;
    const objects =
      upload.entities.count +
      upload.relationships.count +
      (upload.deleteEntities.ids.length + upload.deleteRelationships.ids.length) / 16;
    if (objects > maxObjectsPerUpload) {
      throw new DomainError(ErrorCode.requestEntityTooLarge, `One request may hold ${maxObjectsPerUpload} objects.`);
    }
    const job = jobOf(this.database, this.account, jobId);
    if (job?.stored.document.status !== accepts) {
      throw new DomainError(ErrorCode.jobNotAwaitingUploads, `The job ${jobId} is not ${accepts} any more.`);
    }
    const before = this.ofJob(jobId);
    if (before.some((batch) => batch.uploadId === uploadId)) return { job: job.stored, stored: false };
    const { account } = this;
    const seq = before.length + 1;
    this.database.batches.push({ account, jobId, uploadId, seq, ignoreDuplicates, upload: owned(upload) });
    const { document } = job.stored;
    const stored = changeJob(job, {
      lastUploadAt: now,
      document: {
        numEntitiesUploaded: document.numEntitiesUploaded + upload.entities.count,
        numRelationshipsUploaded: document.numRelationshipsUploaded + upload.relationships.count,
        numEntityRawDataEntriesUploaded: document.numEntityRawDataEntriesUploaded + upload.rawDataEntries,
      },
    });
    return { job: stored, stored: true };
  }

  async stageAside({ name, seq, upload, ignoreDuplicates }: Parameters<StagingStore['stageAside']>[0]) {
    const { account } = this;
    const uploadId = `aside-${seq}`;
    this.database.batches.push({ account, jobId: name, uploadId, seq, ignoreDuplicates, upload: owned(upload) });
  }

  async batches(jobId: string): Promise<readonly StagedBatch[]> {
    return this.ofJob(jobId).map(({ seq, ignoreDuplicates, upload }) => ({
      seq,
      entities: upload.entities.count,
      relationships: upload.relationships.count,
      entityDeletes: upload.deleteEntities.ids.length / 16 + upload.deleteEntities.unresolvable,
      relationshipDeletes: upload.deleteRelationships.ids.length / 16 + upload.deleteRelationships.unresolvable,
      ignoreDuplicates,
    }));
  }

  async *partitions(request: Parameters<StagingStore['partitions']>[0]): AsyncIterable<StagedPartition> {
    const { jobId, kind, from, to } = request;
    for (const batch of this.ofJob(jobId)) {
      if (objectsOf(batch, kind).count > 0) yield { seq: batch.seq, rows: rowsOf(batch, kind, from, to) };
    }
  }

  async content({ jobId, kind, seq, rows: some }: Parameters<StagingStore['content']>[0]) {
    const batch = this.ofJob(jobId).find((each) => each.seq === seq);
    if (!batch) throw new Error(`staged batch ${jobId}/${seq} is gone`);
    const rows = new Uint8Array(some ?? rowsOf(batch, kind, 0, partitionCount));
    return { rows, body: new Uint8Array(batch.upload.body) };
  }

  async deletes({ jobId, kind, upTo = Infinity }: Parameters<StagingStore['deletes']>[0]) {
    const named = this.ofJob(jobId)
      .filter(({ seq }) => seq <= upTo)
      .map(({ upload }) => (kind === 'entity' ? upload.deleteEntities : upload.deleteRelationships));
    return {
      ids: Buffer.concat(named.map(({ ids }) => ids)),
      unresolvable: named.reduce((sum, { unresolvable }) => sum + unresolvable, 0),
    };
  }

  async discard(jobId: string) {
    for (const batch of this.ofJob(jobId)) this.database.batches.splice(this.database.batches.indexOf(batch), 1);
  }

  private ofJob(jobId: string): readonly MemoryBatch[] {
    return this.database.batches.filter((batch) => batch.account === this.account && batch.jobId === jobId);
  }
}

const objectsOf = ({ upload }: MemoryBatch, kind: ObjectKind) =>
  kind === 'entity' ? upload.entities : upload.relationships;

/** Ascending by partition; the order inside a partition is that of the upload. */
function rowsOf(batch: MemoryBatch, kind: ObjectKind, from: number, to: number): Uint8Array {
  const { count, rows } = objectsOf(batch, kind);
  return Buffer.concat(
    Array.from({ length: count }, (_, at) => rows.subarray(at * stagedRowBytes, (at + 1) * stagedRowBytes))
      .map((row) => ({ row, partition: partitionOf(row[0] ?? 0) }))
      .filter(({ partition }) => partition >= from && partition < to)
      .sort((a, b) => a.partition - b.partition)
      .map(({ row }) => row),
  );
}

/** The body is the caller's, who frees it. */
const owned = (upload: ScannedUpload): ScannedUpload => ({ ...upload, body: new Uint8Array(upload.body) });
