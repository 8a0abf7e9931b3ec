import { randomUUID } from 'node:crypto';
import type { Database } from '../../../src/adapters/mongo/database';
import { MongoManifestStore } from '../../../src/adapters/mongo/mongo-manifest-store';
import { MongoStagingStore } from '../../../src/adapters/mongo/mongo-staging-store';
import { KnownContents } from '../../../src/domain/sync-job/known-contents';
import { generateEntity, generateRelationship } from '../../../bench/generate';
import { outcomeCounts, type SyncBench } from '../../support/bench';
import { openLiveDatabase } from '../../support/live-product';
import { createSyncBench, liveBlobStore } from '../../support/sync-bench';

const start = { source: 'api', scope: 's' };
const half = 1_200;

/** Two uploads of a size that lies in the object store; every hundredth object is of another variant. */
function uploads(variant: number): [object, object] {
  const of = (i: number) => ({ variant: i % 100 === 0 ? variant : 0 });
  const part = (from: number) => ({
    entities: Array.from({ length: half }, (_, i) => generateEntity(from + i, of(i))),
    relationships: Array.from({ length: half }, (_, i) => generateRelationship(from + i, 2 * half, of(i))),
  });
  return [part(0), part(half)];
}

describe('texts of likely changes', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  /** A bench whose bodies are counted as they are read, with a scope that holds variant 0. */
  async function scene() {
    const account = `t-${randomUUID()}`;
    const blobs = liveBlobStore();
    let bodiesRead = 0;
    const counting = Object.assign(Object.create(blobs) as typeof blobs, {
      get: async (key: string) => {
        bodiesRead++;
        return await blobs.get(key);
      },
    });
    const known = new KnownContents(new MongoManifestStore(database), { minObjects: 1, maxBytes: 1e6 });
    const staging = new MongoStagingStore(database, counting, account);
    const bench = createSyncBench(database, { account, known, stores: { staging } });
    await sync(bench, uploads(0));
    bodiesRead = 0;
    return { bench, known, bodiesRead: () => bodiesRead };
  }

  async function open(bench: SyncBench): Promise<string> {
    bench.clock.now += 1_000;
    return (await bench.service.start(start)).id;
  }

  /** A job whose second upload comes when it is known what the scope holds. */
  async function openWith(bench: SyncBench, known: KnownContents, [one, two]: [object, object]): Promise<string> {
    const id = await open(bench);
    await bench.upload(id, one);
    await known.settled();
    await bench.upload(id, two);
    return id;
  }

  async function close(bench: SyncBench, id: string) {
    await bench.service.finalize(id, { partialTypes: [] });
    await bench.finish(id);
    return outcomeCounts(await bench.service.get(id));
  }

  async function sync(bench: SyncBench, bodies: readonly object[]) {
    const id = await open(bench);
    for (const body of bodies) await bench.upload(id, body);
    return await close(bench, id);
  }

  const changed = { numEntitiesUpdated: 24, numRelationshipsUpdated: 24 };

  it('are read in place of bodies, once it is known what the scope holds', async () => {
    const { bench, known, bodiesRead } = await scene();
    const id = await openWith(bench, known, uploads(1));
    expect(await close(bench, id)).toEqual(changed);
    // The first upload, for each kind.
    expect(bodiesRead()).toBe(2);
    expect(await sync(bench, uploads(1))).toEqual({});
    const { entities } = await bench.graph();
    const expected = [...Array(2 * half).keys()].map((i) => generateEntity(i, { variant: i % 100 === 0 ? 1 : 0 }));
    for (const { _key: key, _type, _class, ...properties } of expected) {
      expect(entities.get(`s/${key as string}`)?.properties).toEqual(properties);
    }
  }, 60_000);

  it('may lack what another job has changed meanwhile: then the body is read', async () => {
    const { bench, known, bodiesRead } = await scene();
    const id = await openWith(bench, known, uploads(0));
    // The scope held just what was uploaded; now it does not.
    expect(await sync(bench, uploads(1))).toEqual(changed);
    const before = bodiesRead();
    expect(await close(bench, id)).toEqual(changed);
    expect(bodiesRead() - before).toBe(4);
    expect(await sync(bench, uploads(0))).toEqual({});
  }, 60_000);
});
