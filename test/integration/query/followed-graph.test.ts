import fc from 'fast-check';
import type { Binary } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { commitWait } from '../../../src/adapters/mongo/commit-wait';
import { CopiedGraphSnapshot } from '../../../src/adapters/mongo/copy/copied-graph-snapshot';
import type { CopyEvent } from '../../../src/adapters/mongo/copy/followed-graph';
import { GraphCopies } from '../../../src/adapters/mongo/copy/graph-copies';
import { inTransaction } from '../../../src/adapters/mongo/database';
import { GraphChanges } from '../../../src/adapters/mongo/graph-changes';
import { bytesOf } from '../../../src/adapters/mongo/packed-ids';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { always } from '../../../src/domain/query/plan/predicates';
import type { GraphReader, GraphSnapshot } from '../../../src/domain/query/run/graph-reader';
import { runPlan } from '../../../src/domain/query/run/run-plan';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { collect, newAccountName } from '../../support/contracts/subject';
import { openLiveDatabase } from '../../support/live-product';
import { changeGraph } from '../../support/query/change-graph';
import { Choices, tapes } from '../../support/query/choices';
import { entity, relationship, type Graph } from '../../support/query/graph';
import { untilCopied } from '../../support/query/until-copied';
import { loadGraph } from '../../support/query/load-graph';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { randomGraph } from '../../support/query/random-graph';
import { randomQuery } from '../../support/query/random-query';
import { textsOf } from '../../support/query/row-text';
import { withUuids } from '../../support/query/account-graph';

const histories = Number(process.env['J1QL_LIVE_GRAPHS'] ?? 40) / 2;
const now = Date.parse('2024-05-31T12:00:00Z');
const variables = { one: 'x', many: ['x', 2, true] };
const { signal } = new AbortController();
const opened = { includeDeleted: false, signal };

describe('a copy of the graph', () => {
  const database = openLiveDatabase();
  const events: CopyEvent[] = [];
  const copies = new GraphCopies(database, { maxBytes: 2 ** 28, report: (event) => void events.push(event) });
  afterAll(async () => {
    copies.close();
    await database.client.close();
  });

  it('follows what the door writes, through random changes', async () => {
    let copied = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(tapes(250), { minLength: 2, maxLength: 5 }), tapes(250), async (history, tape) => {
        const account = newAccountName();
        const reader = copies.readerOf(account);
        const text = printQuery(randomQuery(new Choices(tape)));
        for (const each of history) {
          const graph = withUuids(randomGraph(new Choices(each)), account);
          await changeGraph(database, account, graph);
          const expected = await rowsOf(text, new MemoryGraphReader(graph));
          // At once, whoever answers; and then from the copy.
          expect([text, await rowsOf(text, reader)]).toEqual([text, expected]);
          await (await untilCopied(reader)).close();
          expect([text, await rowsOf(text, reader)]).toEqual([text, expected]);
          copied += 1;
        }
      }),
      { numRuns: histories, endOnFailure: true },
    );
    expect(copied).toBeGreaterThanOrEqual(2 * histories);
  }, 600_000);

  it('leaves a snapshot as it was opened, and serves the time of a cursor', async () => {
    const account = newAccountName();
    const reader = copies.readerOf(account);
    await changeGraph(database, account, chain(account, 40, 'before'));
    const snapshot = await untilCopied(reader);
    const pages = snapshot.entities({ predicate: always, wanted: ['state'], pageSize: 5 })[Symbol.asyncIterator]();
    const first = await pages.next();
    await changeGraph(database, account, chain(account, 30, 'after'));
    const later = await untilCopied(reader);
    const states = [...((first.value as { properties: object }[] | undefined) ?? [])];
    for (let page = await pages.next(); !page.done; page = await pages.next()) states.push(...page.value);
    expect(states.map(({ properties }) => properties)).toEqual(Array(40).fill({ state: 'before' }));
    expect(snapshot.reads.map(({ index }) => index)).toContain('_accountId_1__id_1');
    expect(await statesOf(later)).toEqual(Array(30).fill('after'));
    expect(later.reads.map(({ index }) => index)).toEqual(['copy']);

    const plan = planQuery('FIND Thing THAT FOLLOWS >> Thing AS t RETURN t.state LIMIT 5', { now });
    for await (const batch of runPlan(plan, later, { limits: { maxBytes: 2 ** 26 } }).batches()) {
      expect(batch.rows).toHaveLength(5);
    }
    expect(later.reads.at(-1)).toMatchObject({ read: 'walk', index: 'copy' });

    const again = await reader.open({ ...opened, time: later.time });
    expect(again).toBeInstanceOf(CopiedGraphSnapshot);
    const old = await reader.open({ ...opened, time: snapshot.time });
    expect(old).not.toBeInstanceOf(CopiedGraphSnapshot);
    expect(await statesOf(old)).toEqual(Array(40).fill('before'));
    for (const each of [snapshot, later, again, old]) await each.close();
  }, 120_000);

  it('sees what is committed later than a record that was written after it', async () => {
    const account = newAccountName();
    const reader = copies.readerOf(account);
    await changeGraph(database, account, chain(account, 3, 'first'));
    await (await untilCopied(reader)).close();
    const { entities } = database.collections;
    const states = async (): Promise<readonly unknown[]> => {
      const snapshot = await reader.open(opened);
      const found = await statesOf(snapshot);
      await snapshot.close();
      return [...new Set(found)].toSorted();
    };
    for (let round = 0; round < 10; round++) {
      const [slow, quick] = await entities.find({ _accountId: account }).sort({ _key: 1 }).toArray();
      const change = async (id: Binary | undefined, between: () => Promise<void>): Promise<void> => {
        await inTransaction(database, { durable: true }, async (session) => {
          const changes = new GraphChanges();
          changes.add('entity', bytesOf(id as Binary));
          await changes.write(database, account, session);
          await entities.updateOne({ _id: id as Binary }, { $set: { state: `round ${round}` } }, { session });
          await between();
        });
        await commitWait();
      };
      const before = await states();
      await change(slow?._id, async () => {
        await change(quick?._id, async () => await Promise.resolve());
        expect(await states()).toEqual([...new Set([...before, `round ${round}`])].toSorted());
        await (await untilCopied(reader)).close();
      });
      const snapshot = await reader.open(opened);
      const found = await statesOf(snapshot);
      await snapshot.close();
      expect(found.filter((state) => state === `round ${round}`)).toHaveLength(2);
    }
  }, 120_000);

  it('sees a change after hundreds of others that it knows', async () => {
    const account = newAccountName();
    const reader = copies.readerOf(account);
    await changeGraph(database, account, chain(account, 1, 'first'));
    const known = Array.from({ length: 250 }, () => {
      const changes = new GraphChanges();
      changes.add('entity', new Uint8Array(16));
      return changes.documents(account);
    });
    await database.collections.graphChanges.insertMany(known.flat(), { writeConcern: { w: 'majority' } });
    await (await untilCopied(reader)).close();
    for (const state of ['second', 'third']) {
      await changeGraph(database, account, chain(account, 1, state));
      const snapshot = await reader.open(opened);
      expect(await statesOf(snapshot)).toEqual([state]);
      await snapshot.close();
      const copied = await untilCopied(reader);
      expect(await statesOf(copied)).toEqual([state]);
      await copied.close();
    }
  }, 60_000);

  it('tells an entity and the counts as they are now, and is not made for that', async () => {
    const account = newAccountName();
    const answers = copies.answersOf(account);
    const id = chain(account, 1, 'first').entities[0]?.id ?? '';
    await changeGraph(database, account, chain(account, 3, 'first'));
    for (let asked = 0; asked < 10; asked++) expect(await answers?.counts()).toBeUndefined();
    for (const state of ['first', 'second']) {
      await changeGraph(database, account, chain(account, 3, state));
      // As it is now, or not at all.
      expect((await answers?.entity(id))?.found?.['state'] ?? state).toBe(state);
      await (await untilCopied(copies.readerOf(account))).close();
      expect((await answers?.entity(id.toUpperCase()))?.found).toMatchObject({ _id: id, state, _latest: true });
      expect(await answers?.counts()).toMatchObject({ total: 3 });
    }
    expect(await answers?.entity('no id')).toEqual({ found: undefined });
  }, 60_000);

  it('is not kept when it does not fit, and queries are answered all the same', async () => {
    const failed: CopyEvent[] = [];
    const small = new GraphCopies(database, { maxBytes: 1_000, report: (event) => void failed.push(event) });
    const account = newAccountName();
    await loadGraph(database, account, chain(account, 50, 'big'));
    const reader = small.readerOf(account);
    for (let asked = 0; asked < 10; asked++) {
      const snapshot = await reader.open(opened);
      expect(snapshot).not.toBeInstanceOf(CopiedGraphSnapshot);
      expect(await statesOf(snapshot)).toEqual(Array(50).fill('big'));
      await snapshot.close();
      await sleep(20);
    }
    small.close();
    expect(failed).toEqual([{ kind: 'failed', account, err: expect.any(Error) as Error }]);
    expect(small.byteLength).toBe(0);
  });

  it('has been told of every copy that was made, and of no failure', () => {
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['loaded']));
  });
});

function chain(account: string, count: number, state: string): Graph {
  const entities = Array.from({ length: count }, (_, at) => entity(`${at}`, 'thing', ['Thing'], { state }));
  const relationships = entities.slice(1).map(({ id }, at) => relationship(id, 'FOLLOWS', `${at}`));
  return withUuids({ entities, relationships }, account);
}

async function statesOf(snapshot: GraphSnapshot): Promise<readonly unknown[]> {
  const pages = await collect(snapshot.entities({ predicate: always, wanted: ['state'], pageSize: 7 }));
  return pages.flat().map(({ properties }) => properties['state']);
}

async function rowsOf(text: string, reader: GraphReader): Promise<readonly string[]> {
  const plan = planQuery(text, { now, variables, parameters: variables, includeDeleted: false });
  const snapshot = await reader.open(opened);
  try {
    return await textsOf(runPlan(plan, snapshot, { limits: { maxBytes: 2 ** 26 } }));
  } finally {
    await snapshot.close();
  }
}
