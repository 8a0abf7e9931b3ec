import type { Collection, Db, Document } from 'mongodb';
import { indexes } from '../../src/adapters/mongo/indexes';
import { inLanes } from '../harness/lanes';

const batchSize = 2_000;
const inFlight = 3;
/** Documents in memory at a time; reading them is not measured. */
const documentsAtOnce = 100_000;

/** The floor of a first sync: the very documents that the product has written, inserted into an empty collection with the same indexes. */
export class RawInsert {
  readonly copy: Collection;

  constructor(db: Db) {
    this.copy = db.collection('rawInsert');
  }

  /** @returns milliseconds of inserting alone. */
  async run(source: Collection): Promise<number> {
    await this.copy.drop();
    await this.copy.createIndexes([...(indexes.entities ?? [])]);
    let ms = 0;
    let documents: Document[] = [];
    const flush = async () => {
      const batches: Document[][] = [];
      for (let at = 0; at < documents.length; at += batchSize) batches.push(documents.slice(at, at + batchSize));
      documents = [];
      const began = performance.now();
      await inLanes(inFlight, batches, async (batch) => {
        await this.copy.insertMany(batch, { ordered: false, writeConcern: { w: 1 } });
      });
      ms += performance.now() - began;
    };
    for await (const document of source.find({}, { batchSize: 10_000 })) {
      documents.push(document);
      if (documents.length === documentsAtOnce) await flush();
    }
    if (documents.length > 0) await flush();
    return ms;
  }

  async deleteAll(): Promise<number> {
    const began = performance.now();
    await this.copy.deleteMany({ _accountId: 'demo', _source: 'api', _scope: 'bench' }, { writeConcern: { w: 1 } });
    return performance.now() - began;
  }
}
