import { setTimeout as sleep } from 'node:timers/promises';
import { ChunkBuilder } from '../../../src/adapters/mongo/chunk-builder';
import type { Database } from '../../../src/adapters/mongo/database';
import { endByIds } from '../../../src/adapters/mongo/end-objects';
import { bytesOf } from '../../../src/adapters/mongo/packed-ids';
import { writeOf } from '../../../src/adapters/mongo/write-of';
import { isDeletedStamp, rowWords, stampWord } from '../../../src/domain/graph/manifest-rows';
import { mergeManifestRows } from '../../../src/domain/graph/plan-changes';
import { GatheredBytes } from '../../../src/lib/gathered-bytes';
import { openLiveDatabase } from '../../support/live-product';
import { outcomeCounts, type SyncBench } from '../../support/bench';
import { createSyncBench } from '../../support/sync-bench';

const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', _class: 'Thing', ...more });

describe('jobs of two scopes at the same time', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  async function sync(bench: SyncBench, start: { scope: string; syncMode?: 'CREATE_OR_UPDATE' }, body: object) {
    const { id } = await bench.service.start({ source: 'api', ...start });
    await bench.upload(id, body);
    bench.clock.now += 1_000;
    await bench.service.finalize(id, { partialTypes: [] });
    return id;
  }
  const finished = async (bench: SyncBench, ...rest: [Parameters<typeof sync>[1], object]) => {
    const id = await sync(bench, ...rest);
    await bench.finish(id);
    return await bench.service.get(id);
  };
  const documentOf = async (bench: SyncBench, key: string) => {
    const found = await database.collections.entities.findOne({ _accountId: bench.account, _key: key });
    if (!found) throw new Error(`there is no entity ${key}`);
    return found;
  };

  it.each([
    ['key, source and scope', () => ({ _toEntityKey: 'far', _toEntitySource: 'api', _toEntityScope: 'owner' })],
    ['_id', (id: string) => ({ _toEntityId: id })],
  ])(
    'leave no live relationship to an entity that the other one deletes, named by %s',
    async (_, far) => {
      const bench = createSyncBench(database, {});
      await finished(bench, { scope: 'owner' }, { entities: [entity('far')] });
      const { _id } = await documentOf(bench, 'far');
      const link = { _key: 'r', _type: 'has', _class: 'HAS', _fromEntityKey: 'near', ...far(_id.toUUID().toString()) };
      const linking = await sync(bench, { scope: 'linker' }, { entities: [entity('near')], relationships: [link] });
      const deleting = await bench.service.start({ source: 'api', scope: 'owner' });
      const job = await bench.stores.jobs.find(deleting.id);
      if (!job) throw new Error('no job');
      await database.client.withSession(async (session) => {
        session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
        const of = writeOf({ job, kind: 'entity', chunk: 'x0' });
        const chunk = new ChunkBuilder(of);
        await endByIds(database, { of, chunk, session, ids: bytesOf(_id), unresolvable: 0 });
        const end = bench.finish(linking);
        // The link is written before the deletion is committed, or waits for it.
        await Promise.race([end, sleep(700)]);
        await session.commitTransaction();
        await end;
      });
      expect(await documentOf(bench, 'far')).toMatchObject({ _deleted: true });
      const live = { _accountId: bench.account, _deleted: false };
      expect(await database.collections.relationships.countDocuments(live)).toBe(0);
      expect(outcomeCounts(await bench.service.get(linking))).toEqual({
        numEntitiesCreated: 1,
        numRelationshipCreateErrors: 1,
      });
    },
    30_000,
  );

  it('linking to an entity of another scope is no change of it', async () => {
    const bench = createSyncBench(database, {});
    await finished(bench, { scope: 'owner' }, { entities: [entity('far')] });
    const before = await documentOf(bench, 'far');
    const far = { _toEntityKey: 'far', _toEntitySource: 'api', _toEntityScope: 'owner' };
    const link = { _key: 'r', _type: 'has', _class: 'HAS', _fromEntityKey: 'near', ...far };
    const linked = await finished(bench, { scope: 'linker' }, { entities: [entity('near')], relationships: [link] });
    expect(outcomeCounts(linked)).toEqual({ numEntitiesCreated: 1, numRelationshipsCreated: 1 });
    const { _touched, ...after } = await documentOf(bench, 'far');
    expect(after).toEqual(before);
    expect(_touched).toBe(1);
    expect(await database.collections.entityVersions.countDocuments({ _accountId: bench.account })).toBe(0);
    expect(outcomeCounts(await finished(bench, { scope: 'owner' }, { entities: [entity('far')] }))).toEqual({});
    await finished(bench, { scope: 'owner' }, { entities: [entity('far', { n: 1 })] });
    const [version] = await database.collections.entityVersions.find({ _accountId: bench.account }).toArray();
    expect(version).toMatchObject({ _key: 'far', _version: 1 });
    expect(version).not.toHaveProperty('_touched');
  });

  it('an entity that another scope has updated after the plan was made is deleted in the manifest too', async () => {
    const healthy = createSyncBench(database, {});
    await finished(healthy, { scope: 'owner' }, { entities: [entity('a'), entity('b')] });
    const crashing = createSyncBench(database, {
      account: healthy.account,
      stores: {
        graph: Object.assign(Object.create(healthy.stores.graph) as typeof healthy.stores.graph, {
          applyDeletes: async () => await Promise.reject(new Error('crash before the deletion')),
        }),
      },
    });
    const deleting = await sync(crashing, { scope: 'owner' }, {});
    await expect(crashing.finish(deleting)).rejects.toThrow('crash before the deletion');
    const _id = (await documentOf(healthy, 'a'))._id.toUUID().toString();
    const updated = await finished(
      healthy,
      { scope: 'other', syncMode: 'CREATE_OR_UPDATE' },
      { entities: [{ _id, n: 1 }] },
    );
    expect(outcomeCounts(updated)).toEqual({ numEntitiesUpdated: 1 });
    await healthy.finish(deleting);
    expect(outcomeCounts(await healthy.service.get(deleting))).toEqual({ numEntitiesDeleted: 2 });
    expect(await documentOf(healthy, 'a')).toMatchObject({ _deleted: true, _version: 2, n: 1 });

    const scope = { account: healthy.account, source: 'api', scope: 'owner' };
    const into = new GatheredBytes();
    await healthy.stores.manifests.partitions({ scope, kind: 'entity', from: 0, to: 64, into });
    const merged = mergeManifestRows(rowWords(into.bytes));
    const stamps = [stampWord, stampWord + 9].map((at) => merged[at] ?? 0);
    expect(merged).toHaveLength(18);
    expect(stamps.map(isDeletedStamp)).toEqual([true, true]);
  });

  it('a lost delta is noticed although another scope has added one since', async () => {
    const bench = createSyncBench(database, {});
    await finished(bench, { scope: 'owner' }, { entities: [entity('a')] });
    await finished(bench, { scope: 'owner' }, { entities: [entity('a'), entity('b')] });
    const scopeId = (await database.collections.scopes.findOne({ account: bench.account, scope: 'owner' }))?._id ?? '';
    const { appliedChunks } = database.collections;
    const [first] = await appliedChunks.find({ scopeId, kind: 'entity' }).sort({ $natural: 1 }).toArray();
    await appliedChunks.deleteOne({ _id: first?._id ?? '' });
    const _id = (await documentOf(bench, 'b'))._id.toUUID().toString();
    await finished(bench, { scope: 'other', syncMode: 'CREATE_OR_UPDATE' }, { entities: [{ _id, n: 1 }] });
    expect(await appliedChunks.countDocuments({ scopeId, kind: 'entity', folded: false })).toBe(2);
    // With the row of "a" lost, an empty DIFF would delete "b" alone.
    expect(outcomeCounts(await finished(bench, { scope: 'owner' }, {}))).toEqual({ numEntitiesDeleted: 2 });
  });
});
