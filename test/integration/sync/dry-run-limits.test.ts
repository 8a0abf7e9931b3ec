import { MongoServerError } from 'mongodb';
import type { Database } from '../../../src/adapters/mongo/database';
import { MongoDryRuns } from '../../../src/adapters/mongo/mongo-dry-runs';
import { openLiveDatabase } from '../../support/live-product';
import { outcomeCounts } from '../../support/bench';
import { createSyncBench } from '../../support/sync-bench';

const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
const entities = keys.map((_key) => ({ _key, _type: 'thing', _class: 'Thing' }));
const relationships = keys.slice(1).map((_key) => ({
  _key: `r-${_key}`,
  _type: 'has',
  _class: 'HAS',
  _fromEntityKey: 'k0',
  _toEntityKey: _key,
}));

describe('a dry run that cannot be exact', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  it.each([
    ['more than it may remember', 5, true],
    ['just as much as it may remember', 12, false],
  ])('has seen %s, and says whether its counts are estimates', async (_, maxRemembered, estimated) => {
    const dryRuns = new MongoDryRuns(database, { maxRemembered });
    const bench = createSyncBench(database, { stores: { dryRuns } });
    const { id } = await bench.service.start({ source: 'api', scope: 's' });
    await bench.upload(id, { entities, relationships });
    const result = await dryRunOf(dryRuns, id, async () => {
      const ref = { account: bench.account, jobId: id };
      await bench.run(async () => await bench.activities.dryRunSyncJob({ ...ref, request: {} }));
    });
    expect(result?.estimated).toBe(estimated);
    await bench.service.finalize(id, { partialTypes: [] });
    await bench.finish(id);
    // Nothing is missing here, so the estimate is right too.
    expect(result?.counts).toEqual(outcomeCounts(await bench.service.get(id)));
  });

  it('says of a moment that the database has forgotten what it is', async () => {
    const dryRuns = new MongoDryRuns(database);
    const tooOld = new MongoServerError({ message: 'Read timestamp is older than the oldest available', code: 239 });
    expect(dryRuns.explain(tooOld)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('minSnapshotHistoryWindowInSeconds'),
    });
    const other = new Error('no');
    expect(dryRuns.explain(other)).toBe(other);
  });
});

async function dryRunOf(dryRuns: MongoDryRuns, jobId: string, run: () => Promise<void>) {
  expect(await dryRuns.find(jobId)).toBeUndefined();
  await run();
  return await dryRuns.find(jobId);
}
