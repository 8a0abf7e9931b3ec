import type { AnyBulkWriteOperation, Collection, Db, Document } from 'mongodb';
import { encodePropertyName } from '../../src/adapters/mongo/property-names';
import { inLanes } from '../harness/lanes';

/**
 * The way of Cartography and CloudQuery: write every object with the tag of this run, then remove what still has another tag. As its
 * authors would write it for MongoDB: the key is `_id`, so that an upsert touches one index to find its document; unordered batches;
 * three in flight; no index on the tag, which every update would have to move.
 */
const batchSize = 2_000;
const inFlight = 3;
/** Bodies whose objects are in memory at a time where reading them is not measured. */
const bodiesAtOnce = 20;

type UploadedEntity = Document & { _key: string };

export interface TaggedDocument extends Document {
  _id: string;
  _tag: number;
}

export class UpdateTag {
  private readonly collection: Collection<TaggedDocument>;
  private tag = 0;

  constructor(db: Db) {
    this.collection = db.collection<TaggedDocument>('updateTag');
  }

  get documents(): Collection {
    return this.collection as unknown as Collection;
  }

  async reset(): Promise<void> {
    await this.collection.drop();
    await this.collection.createIndexes([
      { key: { _accountId: 1, _type: 1 } },
      { key: { _accountId: 1, _class: 1 } },
      { key: { _accountId: 1, _source: 1, _scope: 1 } },
    ]);
  }

  /** Objects are in memory already; the milliseconds of writing alone. */
  async syncObjects(bodies: readonly Buffer[]): Promise<number> {
    this.tag++;
    let ms = 0;
    for (let at = 0; at < bodies.length; at += bodiesAtOnce) {
      const objects = bodies.slice(at, at + bodiesAtOnce).flatMap(readBody);
      const began = performance.now();
      await inLanes(inFlight, batches(objects), async (batch) => {
        await this.write(batch);
      });
      ms += performance.now() - began;
    }
    const began = performance.now();
    await this.removeOlder();
    return ms + performance.now() - began;
  }

  /** From the bytes of the upload bodies on. */
  async syncBytes(bodies: readonly Buffer[]): Promise<number> {
    this.tag++;
    const began = performance.now();
    await inLanes(inFlight, bodies, async (body) => {
      for (const batch of batches(readBody(body))) await this.write(batch);
    });
    await this.removeOlder();
    return performance.now() - began;
  }

  private async write(objects: readonly UploadedEntity[]): Promise<void> {
    const operations = objects.map((object): AnyBulkWriteOperation<TaggedDocument> => {
      const $set: Document = { _accountId: 'demo', _source: 'api', _scope: 'bench', _tag: this.tag };
      for (const name in object) $set[encodePropertyName(name)] = object[name] as unknown;
      return { updateOne: { filter: { _id: object._key }, update: { $set }, upsert: true } };
    });
    await this.collection.bulkWrite(operations, { ordered: false, writeConcern: { w: 1 } });
  }

  private async removeOlder(): Promise<void> {
    const owner = { _accountId: 'demo', _source: 'api', _scope: 'bench' };
    await this.collection.deleteMany({ ...owner, _tag: { $lt: this.tag } });
  }
}

const readBody = (body: Buffer): UploadedEntity[] =>
  (JSON.parse(body.toString()) as { entities: UploadedEntity[] }).entities;

function* batches<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < items.length; at += batchSize) yield items.slice(at, at + batchSize);
}
