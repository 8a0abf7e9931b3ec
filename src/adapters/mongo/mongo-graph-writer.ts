import type { ClientSession } from 'mongodb';
import { randomUUID } from 'node:crypto';
import type { ObjectKind } from '../../domain/graph/identity';
import type { AppliedChunk, Change, ChunkOf, GraphWriter } from '../../domain/sync-job/graph-writer';
import type { StoredJob } from '../../domain/sync-job/ports';
import { ChunkBuilder } from './chunk-builder';
import { ChunkTotals } from './chunk-totals';
import { commitWait } from './commit-wait';
import { inTransaction, isDuplicateKey, type Database } from './database';
import { applyMapped, endUnmapped } from './apply-mapped';
import { endByIds, endByRows } from './end-objects';
import { settleSome } from './settle-targets';
import { writeChanges } from './write-changes';
import { writeOf, writerOf, type WriteOf } from './write-of';

export class MongoGraphWriter implements GraphWriter {
  constructor(private readonly database: Database) {}

  async applyChanges(chunkOf: ChunkOf, all: readonly Change[]): Promise<void> {
    const of = writeOf(chunkOf);
    const changes = of.kind === 'entity' ? all : await applyMapped(this.database, of, all, this.once.bind(this));
    const assumeNew = changes.every(({ isNew }) => isNew);
    const write = async (assumeNew: boolean): Promise<void> => {
      await this.once(of, async (session, chunk) => {
        const request = { of, changes, chunk, session };
        const earlierVersions = of.kind === 'entity' ? undefined : await endUnmapped(this.database, request);
        await writeChanges(this.database, { ...request, assumeNew, ...(earlierVersions && { earlierVersions }) });
      });
    };
    try {
      await write(assumeNew);
    } catch (err) {
      if (!assumeNew || !isDuplicateKey(err)) throw err;
      // A key that came back after a deletion, or a manifest that had lost it: look before writing.
      await write(false);
    }
  }

  async applyDeletes(chunkOf: ChunkOf, rows: Uint8Array, keepTypes: readonly string[]): Promise<void> {
    const of = writeOf(chunkOf);
    await this.once(of, async (session, chunk) => {
      await endByRows(this.database, { of, rows, keepTypes, chunk, session });
    });
  }

  async applyExplicitDeletes(chunkOf: ChunkOf, ids: Uint8Array, unresolvable: number): Promise<void> {
    const of = writeOf(chunkOf);
    await this.once(of, async (session, chunk) => {
      await endByIds(this.database, { of, ids, unresolvable, chunk, session });
    });
  }

  async settleTargets(job: StoredJob): Promise<number> {
    // The list is what makes this happen once, so the name need not follow from anything.
    const of: WriteOf = { by: writerOf(job), kind: 'relationship', chunk: `t-${randomUUID()}` };
    if (!(await this.database.collections.unsettledTargets.findOne({ scopeId: job.scopeId }))) return 0;
    return await inTransaction(this.database, { durable: true }, async (session) => {
      const chunk = new ChunkBuilder(of);
      const settled = await settleSome(this.database, { of, chunk, session });
      if (settled > 0) await chunk.write(this.database, session);
      return settled;
    });
  }

  async seenByAll(): Promise<void> {
    await commitWait();
  }

  async appliedChunks(job: StoredJob, kind: ObjectKind): Promise<ReadonlySet<string>> {
    const found = this.chunks.find(
      { jobId: job.document.id, kind, chunk: { $ne: null } },
      // What a failover could take back does not count as applied.
      { projection: { chunk: 1 }, readConcern: { level: 'majority' } },
    );
    return new Set(await found.map(({ chunk }) => chunk ?? '').toArray());
  }

  async totals(job: StoredJob): Promise<AppliedChunk> {
    const totals = new ChunkTotals();
    const found = this.chunks.find(
      { jobId: job.document.id, chunk: { $ne: null } },
      { projection: { counts: 1, problems: 1 } },
    );
    for await (const chunk of found) totals.add(chunk);
    return totals;
  }

  /** Runs `work` and writes the chunk's marker in one transaction, unless the marker is there already. */
  private async once(of: WriteOf, work: (session: ClientSession, chunk: ChunkBuilder) => Promise<void>): Promise<void> {
    const marker = `${of.by.id}/${of.kind}/${of.chunk}`;
    try {
      await inTransaction(this.database, { durable: false }, async (session) => {
        const chunk = new ChunkBuilder(of);
        await work(session, chunk);
        await chunk.write(this.database, session);
      });
    } catch (err) {
      if (isDuplicateKey(err) && (await this.isMarked(marker))) return;
      throw err;
    }
  }

  /** Reads what is committed, durable or not: the marker that was in the way may be a moment old. */
  private async isMarked(marker: string): Promise<boolean> {
    const options = { projection: { _id: 1 }, readConcern: { level: 'local' } } as const;
    return (await this.chunks.findOne({ _id: marker }, options)) !== null;
  }

  private get chunks() {
    return this.database.collections.appliedChunks;
  }
}
