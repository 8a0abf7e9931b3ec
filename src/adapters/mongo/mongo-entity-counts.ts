import type { ClientSession } from 'mongodb';
import type { CountTally, GraphCounts, KindCounts } from '../../domain/graph/entity-counts';
import type { GraphCounters } from '../../domain/sync-job/ports';
import type { CountsDocument } from './collections';
import { baseDocuments, sumOf } from './count-documents';
import { countAll } from './count-objects';
import { inTransaction, isDuplicateKey, orUnavailable, type Database } from './database';

/** Deltas that a read adds up gladly; more are folded into the base. */
const readableDeltas = 16;

/**
 * Counts as a base and deltas. A delta is committed with the objects that it counts. A base takes in the deltas that its transaction
 * sees and removes them, so at every moment base and deltas together are the counts. One that is not there yet is counted once, on a
 * snapshot of the graph and of the deltas that the snapshot includes; transactions that commit later add deltas to it.
 */
export class MongoEntityCounts implements GraphCounters {
  private isPrepared = false;

  constructor(
    private readonly database: Database,
    private readonly account: string,
    private readonly options: {
      /** Of a snapshot, for reading only: then neither `prepare` nor `fold` may be called. */
      readonly session?: ClientSession;
      readonly maxDeltas?: number;
    } = {},
  ) {}

  async all(): Promise<KindCounts> {
    // Types of relationships are many more, and nobody looks at them here.
    return (await orUnavailable(this.read({ relationship: 0 }))).entity;
  }

  async relationships(): Promise<KindCounts> {
    return (await this.counts()).relationship;
  }

  async counts(): Promise<GraphCounts> {
    return await orUnavailable(this.read());
  }

  async prepare(): Promise<void> {
    // Once is enough: should the base be lost, the next read counts anew.
    if (this.isPrepared) return;
    await this.count();
    this.isPrepared = true;
  }

  private async count(): Promise<void> {
    if (await this.documents.findOne({ _id: this.baseId }, { projection: { _id: 1 } })) return;
    const { counts, deltas } = await this.database.client.withSession({ snapshot: true }, async (session) => {
      const found = this.documents.find({ account: this.account }, { session, projection: { _id: 1 } });
      const ids = await found.map(({ _id }) => _id).toArray();
      return { counts: await countAll(this.database, this.account, session), deltas: ids };
    });
    try {
      await this.replace(counts, deltas);
    } catch (err) {
      // Someone else has counted meanwhile; that base has taken in these deltas.
      if (!isDuplicateKey(err)) throw err;
    }
  }

  async fold(): Promise<void> {
    const { maxDeltas = readableDeltas } = this.options;
    const deltas = await this.documents.countDocuments(
      { account: this.account, '_id.delta': { $exists: true } },
      { limit: maxDeltas + 1 },
    );
    if (deltas <= maxDeltas) return;
    await inTransaction(this.database, { durable: false }, async (session) => {
      const all = await this.documents.find({ account: this.account }, { session }).toArray();
      // Who reads first counts; deltas stay until then.
      if (!all.some(isBase)) return;
      await this.documents.deleteMany({ _id: { $in: all.map(({ _id }) => _id) } }, { session });
      await this.documents.insertMany(baseDocuments(this.account, sumOf(all)), { session });
    });
  }

  private async read(projection: { readonly relationship?: 0 } = {}): Promise<CountTally> {
    const of = { account: this.account };
    const { session } = this.options;
    const found = await this.documents
      .find(of, { projection, ...(session ? { session } : { readConcern: { level: 'snapshot' } }) })
      .toArray();
    if (found.some(isBase)) return sumOf(found);
    if (session) return await countAll(this.database, this.account, session);
    await this.count();
    return await this.read(projection);
  }

  private async replace(counts: GraphCounts, deltas: readonly CountsDocument['_id'][]): Promise<void> {
    await inTransaction(this.database, { durable: true }, async (session) => {
      await this.documents.insertMany(baseDocuments(this.account, counts), { session });
      await this.documents.deleteMany({ _id: { $in: [...deltas] } }, { session });
    });
  }

  private get baseId(): CountsDocument['_id'] {
    return { account: this.account, base: 0 };
  }

  private get documents() {
    return this.database.collections.objectCounts;
  }
}

const isBase = ({ _id }: CountsDocument): boolean => 'base' in _id;
