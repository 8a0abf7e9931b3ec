import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { createSyncBench } from '../../support/sync-bench';

const entity = (key: string) => ({ _key: key, _type: 'thing', _class: 'Thing' });
const day = 24 * 3600 * 1000;

describe('what is kept for a job', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  const put = async (url: string, body: string) => (await fetch(url, { method: 'PUT', body })).status;

  it('a bulk file may be of any size for the store, and is refused when the job is finalized', async () => {
    const bench = createSyncBench(database, { stores: { maxBulkFileBytes: 1_000 } });
    const { id } = await bench.service.start({ source: 'api', scope: 's' });
    await bench.upload(id, { entities: [entity('a')] });
    const { uploadUrl } = await bench.service.createUploadUrl(id);
    const many = Array.from({ length: 100 }, (_, i) => entity(`k${i}`));
    expect(await put(uploadUrl, JSON.stringify({ entities: many }))).toBe(200);
    await bench.service.finalize(id, { partialTypes: [] });
    const ended = await bench.finish(id);
    expect(ended.status).toBe('ERROR_BAD_DATA');
    expect(ended.reason).toMatch(/^The bulk file has \d+ bytes; 1000 are allowed \(PERIJOVE_MAX_BULK_FILE_BYTES\)\.$/);
    expect((await bench.graph()).entities.size).toBe(0);
    expect(await bench.stores.blobs.open(`bulk/${bench.account}/${id}`)).toBeUndefined();
  });

  it('a presigned URL is good for its time and its key alone', async () => {
    const { blobs } = createSyncBench(database, {}).stores;
    const key = `bulk/presigned/${Date.now()}`;
    const url = await blobs.presignPut({ key, expiresInSeconds: 2 });
    expect(await put(url, 'in time')).toBe(200);
    expect(await put(url.replace(key, `${key}-other`), 'elsewhere')).toBe(403);
    expect((await fetch(url)).status).toBe(403);
    await sleep(3_500);
    expect(await put(url, 'too late')).toBe(403);
    expect(Buffer.from(await blobs.get(key)).toString()).toBe('in time');
    await blobs.delete(key);
  }, 20_000);

  it('a plan expires by the clock of whoever plans', async () => {
    const stores = createSyncBench(database, {}).stores;
    const graph = Object.assign(Object.create(stores.graph) as typeof stores.graph, {
      applyChanges: async () => await Promise.reject(new Error('crash before the first change')),
    });
    const bench = createSyncBench(database, { stores: { graph } });
    const { id } = await bench.service.start({ source: 'api', scope: 's' });
    await bench.upload(id, { entities: [entity('a')] });
    bench.clock.now += 400 * day;
    await bench.service.finalize(id, { partialTypes: [] });
    await expect(bench.finish(id)).rejects.toThrow('crash before the first change');
    const pages = await database.collections.planPages.find({ jobId: id }).toArray();
    expect(pages.map(({ expireAt }) => expireAt.getTime())).toEqual([bench.clock.now + 30 * day]);
  });
});
