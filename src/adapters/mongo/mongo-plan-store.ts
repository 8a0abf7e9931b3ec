import { Binary } from 'mongodb';
import { randomUUID } from 'node:crypto';
import type { ObjectKind } from '../../domain/graph/identity';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import type { PlannedBatch, PlanStore, PlanWriter, SealedPlan, StoredJob } from '../../domain/sync-job/ports';
import type { PlanPageDocument, SealRecord } from './collections';
import type { Database } from './database';
import { bytesOf } from './packed-ids';

/** Objects of one page of deletions, and so of one transaction. */
const deletesPerPage = 2_000;
const keepMs = 30 * 24 * 3600 * 1000;

export class MongoPlanStore implements PlanStore {
  constructor(private readonly database: Database) {}

  async begin(job: StoredJob, kind: ObjectKind): Promise<PlanWriter> {
    return await Promise.resolve(new MongoPlanWriter(this.database, job.document.id, kind));
  }

  async sealed(job: StoredJob, kind: ObjectKind): Promise<SealedPlan | undefined> {
    const seal = await this.seal(job, kind);
    if (!seal) return undefined;
    const of = { jobId: job.document.id, kind, planId: seal.planId };
    const pages = this.pages;
    return {
      changes: seal.changes,
      deletes: seal.deletes,
      async *batches() {
        if (seal.changeBatches === 0) return;
        for await (const { number, content, bytes } of pages.find({ ...of, type: 'changes' }).sort({ number: 1 })) {
          yield { seq: number, actions: bytesOf(content), bytes: bytes ?? 0 };
        }
      },
      async *deletePages() {
        if (seal.deletePages === 0) return;
        for await (const { content } of pages.find({ ...of, type: 'deletes' }).sort({ number: 1 }))
          yield bytesOf(content);
      },
    };
  }

  async discard(jobId: string): Promise<void> {
    await this.pages.deleteMany({ jobId }, { writeConcern: { w: 1 } });
  }

  private async seal(job: StoredJob, kind: ObjectKind): Promise<SealRecord | undefined> {
    const record = await this.database.collections.syncJobs.findOne(
      { _id: job.document.id },
      { projection: { plans: 1 } },
    );
    return record?.plans?.[kind];
  }

  private get pages() {
    return this.database.collections.planPages;
  }
}

class MongoPlanWriter implements PlanWriter {
  private readonly planId = randomUUID();
  private changeBatches = 0;
  private deletePages = 0;
  private pending = new Uint8Array(0);

  constructor(
    private readonly database: Database,
    private readonly jobId: string,
    private readonly kind: ObjectKind,
  ) {}

  async addBatch({ seq, actions, bytes }: PlannedBatch): Promise<void> {
    this.changeBatches++;
    await this.write({ type: 'changes', number: seq, content: actions, bytes });
  }

  async addDeletes(rows: Uint8Array): Promise<void> {
    this.pending = this.pending.length === 0 ? rows.slice() : Buffer.concat([this.pending, rows]);
    const pageBytes = deletesPerPage * manifestRowBytes;
    let at = 0;
    for (; this.pending.length - at >= pageBytes; at += pageBytes)
      await this.flush(this.pending.subarray(at, at + pageBytes));
    this.pending = this.pending.subarray(at);
  }

  async seal(totals: { changes: number; deletes: number }): Promise<boolean> {
    if (this.pending.length > 0) await this.flush(this.pending);
    const { planId, changeBatches, deletePages } = this;
    const field = `plans.${this.kind}`;
    const { matchedCount } = await this.database.collections.syncJobs.updateOne(
      { _id: this.jobId, endedAt: null, [field]: { $exists: false } },
      { $set: { [field]: { planId, changeBatches, deletePages, ...totals } } },
    );
    return matchedCount === 1;
  }

  private async flush(rows: Uint8Array): Promise<void> {
    await this.write({ type: 'deletes', number: this.deletePages++, content: rows });
  }

  private async write(page: {
    readonly type: PlanPageDocument['type'];
    readonly number: number;
    readonly content: Uint8Array;
    readonly bytes?: number;
  }): Promise<void> {
    const { jobId, kind, planId } = this;
    const { type, number, content, bytes } = page;
    await this.database.collections.planPages.insertOne(
      {
        _id: `${jobId}/${kind}/${planId}/${type[0] ?? ''}${number}`,
        jobId,
        kind,
        planId,
        type,
        number,
        content: new Binary(content),
        ...(bytes !== undefined && { bytes }),
        expireAt: new Date(Date.now() + keepMs),
      },
      // The seal is durable, and with it everything written before it.
      { writeConcern: { w: 1 } },
    );
  }
}
