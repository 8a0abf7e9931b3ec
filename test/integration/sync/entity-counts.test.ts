import { randomUUID } from 'node:crypto';
import type { Database } from '../../../src/adapters/mongo/database';
import { MongoEntityCounts } from '../../../src/adapters/mongo/mongo-entity-counts';
import { inLanes } from '../../../src/lib/in-lanes';
import { openLiveDatabase } from '../../support/live-product';
import type { SyncBench } from '../../support/bench';
import { createSyncBench, recountGraph } from '../../support/sync-bench';

const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', _class: 'Thing', ...more });

describe('counters of an account', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  async function sync(bench: SyncBench, scope: string, ...bodies: object[]): Promise<void> {
    const { id } = await bench.service.start({ source: 'api', scope });
    for (const body of bodies) await bench.upload(id, body);
    bench.clock.now += 1_000;
    await bench.service.finalize(id, { partialTypes: [] });
    await bench.finish(id);
  }
  const documents = async ({ account }: SyncBench) =>
    (await database.collections.objectCounts.find({ account }).toArray()).map(({ _id }) => _id);
  const forget = async ({ account }: SyncBench) =>
    void (await database.collections.objectCounts.deleteMany({ account }));
  const expectExact = async (bench: SyncBench) => {
    const exact = await recountGraph(database, bench.account);
    expect(await bench.stores.counters.all()).toEqual(exact.entity);
    expect(await bench.stores.counters.relationships()).toEqual(exact.relationship);
  };

  it('have every name that a type or a class may have, and count a class once however often it is named', async () => {
    const bench = createSyncBench(database, {});
    const names = ['$type', 'a.b', '__proto__', 'constructor', 'é€😀', '0', ' ', 'with\0zero'];
    await sync(bench, 's', {
      entities: names.map((name, i) => entity(`k${i}`, { _type: name, _class: [name, 'Shared', name] })),
    });
    const { total, types, classes } = await bench.stores.counters.all();
    expect(total).toBe(names.length);
    expect([...types].sort()).toEqual(names.map((name) => [name, 1]).sort());
    expect([...classes].sort()).toEqual([...names.map((name) => [name, 1]), ['Shared', names.length]].sort());
  });

  it('are of one account', async () => {
    const [one, other] = [createSyncBench(database, {}), createSyncBench(database, {})];
    await sync(one, 's', { entities: [entity('a')] });
    await sync(other, 's', { entities: [entity('a'), entity('b')] });
    expect((await one.stores.counters.all()).total).toBe(1);
    expect((await other.stores.counters.all()).total).toBe(2);
    expect((await createSyncBench(database, {}).stores.counters.all()).total).toBe(0);
  });

  it('are folded at the end of a job when there are many deltas, and by many at once the same', async () => {
    const account = `t-${randomUUID()}`;
    const counters = new MongoEntityCounts(database, account, { maxDeltas: 3 });
    const bench = createSyncBench(database, { account, stores: { counters } });
    for (let i = 0; i < 4; i++) await sync(bench, `s${i}`, { entities: [entity('a', { _type: `t${i % 3}` })] });
    expect(await documents(bench)).toEqual([{ account: bench.account, base: 0 }]);
    for (let i = 0; i < 3; i++) await sync(bench, `s${i}`, {});
    expect(await documents(bench)).toHaveLength(4);
    await expectExact(bench);
    const eager = new MongoEntityCounts(database, bench.account, { maxDeltas: 0 });
    for (let i = 0; i < 3; i++) await sync(bench, 'more', { entities: [entity('a', { n: i }), entity(`b${i}`)] });
    await Promise.all(Array.from({ length: 6 }, async () => await eager.fold()));
    expect(await documents(bench)).toEqual([{ account: bench.account, base: 0 }]);
    await expectExact(bench);
  });

  it('take as many names as there are', async () => {
    const bench = createSyncBench(database, {});
    const upload = (from: number) => ({
      entities: Array.from({ length: 6_000 }, (_, i) => entity(`k${from + i}`, { _type: `type ${from + i}` })),
    });
    await sync(bench, 's', upload(0), upload(6_000), upload(12_000), upload(18_000));
    await new MongoEntityCounts(database, bench.account, { maxDeltas: 0 }).fold();
    expect(await documents(bench)).toHaveLength(3);
    const { total, types, classes } = await bench.stores.counters.all();
    expect([total, types.size, types.get('type 23999'), [...classes]]).toEqual([
      24_000,
      24_000,
      1,
      [['Thing', 24_000]],
    ]);
  });

  it('of a database that has none are counted once, while jobs go on', async () => {
    const bench = createSyncBench(database, {});
    const bodyOf = (scope: number, round: number) => ({
      entities: Array.from({ length: 500 }, (_, i) => entity(`k${i}`, { _type: `t${(i + round) % 7}`, round })).slice(
        (scope + round) % 5,
      ),
      relationships: [{ _key: 'r', _type: `r${round}`, _class: 'HAS', _fromEntityKey: 'k9', _toEntityKey: 'k10' }],
    });
    const scopes = [0, 1, 2, 3];
    await Promise.all(scopes.map(async (scope) => await sync(bench, `s${scope}`, bodyOf(scope, 0))));
    for (let round = 1; round <= 3; round++) {
      await forget(bench);
      const writing = Promise.all(scopes.map(async (scope) => await sync(bench, `s${scope}`, bodyOf(scope, round))));
      const counting = inLanes(
        2,
        (async function* () {
          for (let i = 0; i < 40; i++) yield await Promise.resolve(i);
        })(),
        async () => {
          const { total, types } = await bench.stores.counters.all();
          expect([...types.values()].reduce((sum, count) => sum + count, 0)).toBe(total);
          expect(total).toBeGreaterThanOrEqual(4 * 490);
        },
      );
      await Promise.all([writing, counting]);
      await expectExact(bench);
    }
  }, 60_000);

  it('are read in the session of a snapshot as they were then, also before there is a base', async () => {
    const bench = createSyncBench(database, {});
    await sync(bench, 's', { entities: [entity('a'), entity('b')] });
    for (const prepared of [true, false]) {
      if (!prepared) await forget(bench);
      await database.client.withSession({ snapshot: true }, async (session) => {
        const then = new MongoEntityCounts(database, bench.account, { session });
        const before = await then.all();
        await sync(bench, `s ${prepared}`, { entities: [entity('c')] });
        expect(await then.all()).toEqual(before);
        expect((await bench.stores.counters.all()).total).toBe(before.total + 1);
      });
    }
  });

  it('are read by one command, of few documents however many jobs there were', async () => {
    const bench = createSyncBench(database, {});
    const types = Array.from({ length: 60 }, (_, i) => `type_${i}`);
    await sync(bench, 's', { entities: types.map((type) => entity(type, { _type: type, _class: `Class ${type}` })) });
    for (let i = 0; i < 24; i++) await sync(bench, 'other', { entities: [entity(`k${i}`)] });
    // A base and 16 deltas.
    expect((await documents(bench)).length).toBeLessThanOrEqual(17);
    const watched = openLiveDatabase({ traced: true });
    const commands: string[] = [];
    watched.client.on('commandStarted', ({ commandName }) => commands.push(commandName));
    const { total } = await new MongoEntityCounts(watched, bench.account).all();
    await watched.client.close();
    expect(total).toBe(61);
    expect(commands.filter((name) => name !== 'endSessions')).toEqual(['find']);
  });
});
