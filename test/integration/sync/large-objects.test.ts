import { randomBytes } from 'node:crypto';
import type { Database } from '../../../src/adapters/mongo/database';
import { outcomeCounts, type SyncBench } from '../../support/bench';
import { openLiveDatabase } from '../../support/live-product';
import { createSyncBench } from '../../support/sync-bench';

const start = { source: 'api', scope: 's' };

describe('objects that no one reply of the database holds', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  async function sync(bench: SyncBench, entities: readonly object[]) {
    bench.clock.now += 1_000;
    const { id } = await bench.service.start(start);
    // In one upload, so that one transaction looks for all of them.
    await bench.upload(id, { entities });
    await bench.service.finalize(id, { partialTypes: [] });
    await bench.finish(id);
    return outcomeCounts(await bench.service.get(id));
  }

  it('are changed, created and deleted as small ones are', async () => {
    const bench = createSyncBench(database, {});
    // 24 MB, where a reply holds 16.
    const blob = randomBytes(200_000).toString('hex');
    const entity = (i: number, n: number) => ({
      _key: `k${i}`,
      _type: 'thing',
      _class: 'Thing',
      blob: `${i}${blob}`,
      n,
    });
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    expect(
      await sync(
        bench,
        range(0, 60).map((i) => entity(i, 0)),
      ),
    ).toEqual({ numEntitiesCreated: 60 });
    const next = [
      ...range(2, 60).map((i) => entity(i, 1)),
      ...range(60, 63).map((i) => ({ _key: `k${i}`, _type: 'thing', _class: 'Thing', n: 0 })),
    ];
    expect(await sync(bench, next)).toEqual({ numEntitiesUpdated: 58, numEntitiesCreated: 3, numEntitiesDeleted: 2 });
    const { entities } = await bench.graph();
    expect(entities.get('s/k59')).toMatchObject({ version: 2, properties: { blob: `59${blob}`, n: 1 } });
    expect(entities.get('s/k62')).toMatchObject({ version: 1, properties: { n: 0 } });
    expect(await sync(bench, next)).toEqual({});
  }, 60_000);
});
