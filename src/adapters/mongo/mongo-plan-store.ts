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

  async begin(job: StoredJob, kind: ObjectKind, now: number): Promise<PlanWriter> {
    const jobId = job.document.id;
    const field = `plans.${kind}`;
    const writer = new MongoPlanWriter(this.database, { jobId, kind, now }, async (seal) => {
      const { matchedCount } = await this.database.collections.syncJobs.updateOne(
        { _id: jobId, endedAt: null, [field]: { $exists: false } },
        { $set: { [field]: seal } },
      );
      return matchedCount === 1;
    });
    return await Promise.resolve(writer);
  }

  async sealed(job: StoredJob, kind: ObjectKind): Promise<SealedPlan | undefined> {
    const seal = await this.seal(job, kind);
    return seal && readPlan(this.database, { jobId: job.document.id, kind, seal, isNew: false });
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

/** Plans of one run that no other run sees: their seals are in memory, and the job does not know of them. */
export class ScratchPlans implements Pick<PlanStore, 'begin' | 'sealed'> {
  private readonly seals = new Map<ObjectKind, SealRecord>();
  private readonly writers: MongoPlanWriter[] = [];

  constructor(private readonly database: Database) {}

  async begin(job: StoredJob, kind: ObjectKind, now: number): Promise<PlanWriter> {
    const writer = new MongoPlanWriter(this.database, { jobId: job.document.id, kind, now }, async (seal) => {
      this.seals.set(kind, seal);
      return await Promise.resolve(true);
    });
    this.writers.push(writer);
    return await Promise.resolve(writer);
  }

  async sealed(job: StoredJob, kind: ObjectKind): Promise<SealedPlan | undefined> {
    const seal = this.seals.get(kind);
    const of = { jobId: job.document.id, kind };
    return await Promise.resolve(seal && readPlan(this.database, { ...of, seal, isNew: false }));
  }

  async discard(): Promise<void> {
    for (const writer of this.writers) await writer.discard();
  }
}

function readPlan(
  { collections }: Database,
  request: { readonly jobId: string; readonly kind: ObjectKind; readonly seal: SealRecord; readonly isNew: boolean },
): SealedPlan {
  const { jobId, kind, seal, isNew } = request;
  const of = { jobId, kind, planId: seal.planId };
  const pages = collections.planPages;
  return {
    kind,
    isNew,
    changes: seal.changes,
    deletes: seal.deletes,
    async *batches() {
      if (seal.changeBatches === 0) return;
      for await (const { number: seq, content, few, bytes = 0 } of pages
        .find({ ...of, type: 'changes' })
        .sort({ number: 1 })) {
        if (few) yield { seq, actions: bytesOf(few.actions), rows: bytesOf(few.rows), bytes };
        else yield { seq, actions: contentOf(content), bytes };
      }
    },
    async *deletePages() {
      if (seal.deletePages === 0) return;
      for await (const { content } of pages.find({ ...of, type: 'deletes' }).sort({ number: 1 }))
        yield contentOf(content);
    },
  };
}

function contentOf(content: Binary | null): Uint8Array {
  if (!content) throw new Error('a page of the plan has no content that this version knows');
  return bytesOf(content);
}

class MongoPlanWriter implements PlanWriter {
  private readonly planId = randomUUID();
  private changeBatches = 0;
  private deletePages = 0;
  private pending = new Uint8Array(0);

  constructor(
    private readonly database: Database,
    private readonly of: { readonly jobId: string; readonly kind: ObjectKind; readonly now: number },
    private readonly keepSeal: (seal: SealRecord) => Promise<boolean>,
  ) {}

  async addBatch({ seq, actions, rows, bytes }: PlannedBatch): Promise<void> {
    this.changeBatches++;
    const few = rows && { rows: new Binary(rows), actions: new Binary(actions) };
    await this.write({ type: 'changes', number: seq, bytes, ...(few ? { few } : { content: actions }) });
  }

  async addDeletes(rows: Uint8Array): Promise<void> {
    this.pending = this.pending.length === 0 ? rows.slice() : Buffer.concat([this.pending, rows]);
    const pageBytes = deletesPerPage * manifestRowBytes;
    let at = 0;
    for (; this.pending.length - at >= pageBytes; at += pageBytes)
      await this.flush(this.pending.subarray(at, at + pageBytes));
    this.pending = this.pending.subarray(at);
  }

  async seal({ changes, deletes }: { changes: number; deletes: number }): Promise<SealedPlan | undefined> {
    if (this.pending.length > 0) await this.flush(this.pending);
    const { planId, changeBatches, deletePages } = this;
    const seal = { planId, changeBatches, deletePages, changes, deletes };
    if (!(await this.keepSeal(seal))) return undefined;
    return readPlan(this.database, { ...this.of, seal, isNew: true });
  }

  async discard(): Promise<void> {
    const { jobId, kind } = this.of;
    await this.database.collections.planPages.deleteMany(
      { jobId, kind, planId: this.planId },
      { writeConcern: { w: 1 } },
    );
  }

  private async flush(rows: Uint8Array): Promise<void> {
    await this.write({ type: 'deletes', number: this.deletePages++, content: rows });
  }

  private async write(page: {
    readonly type: PlanPageDocument['type'];
    readonly number: number;
    readonly content?: Uint8Array;
    readonly few?: PlanPageDocument['few'];
    readonly bytes?: number;
  }): Promise<void> {
    const { planId } = this;
    const { jobId, kind, now } = this.of;
    const { type, number, content, few, bytes } = page;
    await this.database.collections.planPages.insertOne(
      {
        _id: `${jobId}/${kind}/${planId}/${type[0] ?? ''}${number}`,
        jobId,
        kind,
        planId,
        type,
        number,
        content: content ? new Binary(content) : null,
        ...(few && { few }),
        ...(bytes !== undefined && { bytes }),
        expireAt: new Date(now + keepMs),
      },
      // The seal is durable, and with it everything written before it.
      { writeConcern: { w: 1 } },
    );
  }
}
