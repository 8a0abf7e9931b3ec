import type { Document } from 'mongodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/adapters/mongo/database';
import { entityOrders, indexName, relationshipOrders } from '../../../src/adapters/mongo/indexes';
import { MongoGraphReader } from '../../../src/adapters/mongo/query/mongo-graph-reader';
import { ReadSession } from '../../../src/adapters/mongo/query/read-session';
import type { PlanSubject, Predicate } from '../../../src/domain/query/plan/plan';
import { all, always, any } from '../../../src/domain/query/plan/predicates';
import type { GraphSnapshot } from '../../../src/domain/query/run/graph-reader';
import { collect } from '../../support/contracts/subject';
import { openLiveDatabase } from '../../support/live-product';
import { entity, relationship } from '../../support/query/graph';
import { loadGraph } from '../../support/query/load-graph';
import { idKeyOf, withUuids } from '../../support/query/uuid-graph';

const subject = (key: string): PlanSubject => ({ kind: 'property', slot: 0, key });
const is = (key: string, value: string): Predicate => ({
  kind: 'compare',
  subject: subject(key),
  operator: '=',
  value,
});
const isIn = (key: string, values: readonly string[]): Predicate => ({ kind: 'in', subject: subject(key), values });

const count = 60;

describe('reads of the graph on MongoDB', () => {
  const database = openLiveDatabase();
  const account = `r-${randomUUID()}`;
  const salt = randomUUID();
  const reader = new MongoGraphReader(database, account);
  const idOf = (at: number) => idKeyOf(`${salt}e${at}`);
  const open = async (signal = new AbortController().signal): Promise<GraphSnapshot> =>
    await reader.open({ includeDeleted: false, signal });

  beforeAll(async () => {
    const entities = Array.from({ length: count }, (_, at) =>
      entity(`e${at}`, at % 2 === 0 ? 'even' : 'odd', at % 3 === 0 ? ['Three', 'Number'] : ['Number'], { at }),
    );
    const relationships = entities.slice(1).map(({ id }) => relationship(id, 'FOLLOWS', 'e0'));
    await loadGraph(database, account, withUuids({ entities, relationships }, salt));
  });
  afterAll(async () => {
    await database.collections.entities.deleteMany({ _accountId: account });
    await database.collections.relationships.deleteMany({ _accountId: account });
    await database.client.close();
  });

  const { id, key, type, class: byClass } = entityOrders;
  const evens = is('_type', 'even');
  it.each<[string, (snapshot: GraphSnapshot) => Promise<unknown>, Expected]>([
    ['all', listing(always), { indexes: [id], isFree: false }],
    ['a type', listing(evens), { indexes: [type], isFree: false }],
    ['a type, behind an id', listing(evens, idOf(3)), { indexes: [type], isFree: false }],
    ['types', listing(isIn('_type', ['even', 'odd'])), { indexes: [type], isFree: false }],
    ['a class', listing(is('_class', 'Three')), { indexes: [byClass], isFree: false }],
    ['classes', listing(any([is('_class', 'Three'), is('_class', 'Number')])), { indexes: [byClass], isFree: false }],
    ['a class or a type', listing(any([is('_class', 'Three'), evens])), { indexes: [type, byClass], isFree: false }],
    ['a key', listing(is('_key', 'e5')), { indexes: [key], isFree: false }],
    ['a key of a type', listing(all([evens, is('_key', 'e6')])), { indexes: [key], isFree: false }],
    ['an unindexed property', listing(is('name', 'x')), { indexes: [id], isFree: false }],
    [
      'ids',
      async (snapshot) => await snapshot.entitiesById({ ids: [idOf(1), idOf(2)], predicate: evens, wanted: ['at'] }),
      { indexes: [type], isFree: false },
    ],
    [
      'ids of any',
      async (snapshot) => await snapshot.entitiesById({ ids: [idOf(1)], predicate: always, wanted: [] }),
      { indexes: [{ _id: 1 }], isFree: false },
    ],
    ['a hop out', hop('out', []), { indexes: [relationshipOrders.out], isFree: true }],
    ['a hop in', hop('in', ['_class']), { indexes: [relationshipOrders.in], isFree: true }],
    ['a hop with properties', hop('in', ['name']), { indexes: [relationshipOrders.in], isFree: false }],
  ])('%s: by the index that is reported', async (_, read, expected) => {
    const commands = await commandsOf(database, async (watched) => {
      const snapshot = await new MongoGraphReader(watched, account).open({
        includeDeleted: false,
        signal: new AbortController().signal,
      });
      await read(snapshot);
      const names = expected.indexes.map(nameOf);
      expect(snapshot.reads.map(({ index }) => index).sort()).toEqual(names.sort());
      await snapshot.close();
    });
    expect(commands).toHaveLength(expected.indexes.length);
    for (const [at, command] of commands.entries()) {
      const plan = await database.db.command({ explain: command, verbosity: 'executionStats' });
      const stages = stagesOf(plan.queryPlanner.winningPlan.queryPlan ?? plan.queryPlanner.winningPlan);
      const used = new Set(stages.flatMap(({ indexName: name }) => (name === undefined ? [] : [name as string])));
      expect([...used]).toEqual([nameOf(expected.indexes[at] ?? {})]);
      expect(stages.map(({ stage }) => stage as string)).not.toContain('SORT');
      const { totalDocsExamined, nReturned } = plan.executionStats as { totalDocsExamined: number; nReturned: number };
      if (expected.isFree) expect(nReturned).toBeGreaterThan(0);
      if (expected.isFree) expect(totalDocsExamined).toBe(0);
      else expect(totalDocsExamined).toBeGreaterThanOrEqual(nReturned);
    }
  });

  function listing(predicate: Predicate, after?: string) {
    return async (snapshot: GraphSnapshot) =>
      await collect(
        snapshot.entities({ predicate, wanted: [], pageSize: 1_000, ...(after !== undefined && { after }) }),
      );
  }
  function hop(direction: 'out' | 'in', wanted: readonly string[]) {
    const at = direction === 'out' ? [idOf(1), idOf(2)] : [idOf(0)];
    return async (snapshot: GraphSnapshot) =>
      await snapshot.relationships({ at, classes: ['FOLLOWS'], direction, wanted });
  }

  it('bring the hops from a key with the entity of the key', async () => {
    const hops = async (predicate: Predicate) => {
      const commands = await commandsOf(database, async (watched) => {
        const { signal } = new AbortController();
        const snapshot = await new MongoGraphReader(watched, account).open({ includeDeleted: false, signal });
        const ahead = { direction: 'in', classes: ['FOLLOWS'], count: 2 } as const;
        const [found = []] = await collect(snapshot.entities({ predicate, wanted: ['at'], pageSize: 10, ahead }));
        const at = found.map(({ id: found }) => found);
        const first = await snapshot.relationships({ at, classes: ['FOLLOWS'], direction: 'in', wanted: [] });
        expect(first).toHaveLength(count - 1);
        const next = { at: first.map(({ from }) => from), classes: ['FOLLOWS'], direction: 'in', wanted: [] } as const;
        expect(await snapshot.relationships(next)).toEqual([]);
        await snapshot.close();
      });
      return commands.map((command) => Object.keys(command)[0]);
    };
    expect(await hops(is('_key', 'e0'))).toEqual(['aggregate']);
    // Of many starts the hops are read as they come.
    expect(await hops(isIn('_key', ['e0', 'none']))).toEqual(['find', 'find', 'find']);
  });

  it('see what was acknowledged before, and nothing that comes later', async () => {
    const writer = openLiveDatabase();
    try {
      for (let round = 0; round < 20; round++) {
        const { entities } = writer.collections;
        const named = { _accountId: account, _key: 'e1' };
        await entities.updateOne(named, { $set: { round } }, { writeConcern: { w: 'majority' } });
        const snapshot = await open();
        const read = async () =>
          (await collect(snapshot.entities({ predicate: is('_key', 'e1'), wanted: ['round'], pageSize: 9 }))).flat();
        expect(await read()).toMatchObject([{ properties: { round } }]);
        await entities.updateOne(named, { $set: { round: -1 } }, { writeConcern: { w: 'majority' } });
        expect(await read()).toMatchObject([{ properties: { round } }]);
        const again = await reader.open({
          includeDeleted: false,
          signal: new AbortController().signal,
          time: snapshot.time,
        });
        const found = await again.entitiesById({ ids: [idOf(1)], predicate: always, wanted: ['round'] });
        expect(found).toMatchObject([{ properties: { round } }]);
        await snapshot.close();
        await again.close();
      }
    } finally {
      await writer.client.close();
    }
  });

  it('are at one time, also those that start together', async () => {
    const snapshot = await open();
    const listed = Array.from({ length: 5 }, () =>
      collect(snapshot.entities({ predicate: evens, wanted: [], pageSize: 7 })),
    );
    const lengths = (await Promise.all(listed)).map((pages) => pages.flat().length);
    expect(new Set(lengths)).toEqual(new Set([count / 2]));
    expect(snapshot.time).toMatch(/^\d+\.\d+$/);
    await snapshot.close();
  });

  it.each([
    ['1.1', 'CURSOR_EXPIRED'],
    ['', 'CURSOR_INVALID'],
    ['x', 'CURSOR_INVALID'],
    ['99999999999.1', 'CURSOR_INVALID'],
    ['4294967296.1', 'CURSOR_INVALID'],
    ['4294967295.1', 'CURSOR_INVALID'],
  ])('refuse the time %j with %s', async (time, code) => {
    const reading = async () => {
      const snapshot = await reader.open({ includeDeleted: false, signal: new AbortController().signal, time });
      try {
        await collect(snapshot.entities({ predicate: evens, wanted: [], pageSize: 7 }));
      } finally {
        await snapshot.close();
      }
    };
    await expect(reading()).rejects.toMatchObject({ name: 'DomainError', code });
  });

  it('end in mongod with the signal', async () => {
    const watched = openLiveDatabase();
    const mark = `ends-${randomUUID()}`;
    const running = async (): Promise<readonly Document[]> => {
      const ops = watched.client.db('admin').aggregate([{ $currentOp: { idleCursors: true, localOps: true } }]);
      return (await ops.toArray()).filter((op) => JSON.stringify(op).includes(mark));
    };
    try {
      const controller = new AbortController();
      const session = new ReadSession(database, controller.signal, undefined);
      // Half a minute of it.
      const filter = { _accountId: account, $where: `sleep(500) || '${mark}'` };
      const ended = expect(session.all({ find: 'entities', filter })).rejects.toThrow('enough');
      for (let waited = 0; (await running()).length === 0; waited++) {
        expect(waited).toBeLessThan(100);
        await sleep(20);
      }
      controller.abort(new Error('enough'));
      await ended;
      for (let waited = 0; (await running()).length > 0; waited++) {
        expect(waited).toBeLessThan(100);
        await sleep(50);
      }
      await session.close();
    } finally {
      await watched.client.close();
    }
  });

  it('leave no cursor behind when they are not read to the end, or the snapshot is closed', async () => {
    const cursors = async () => {
      const ops = database.client.db('admin').aggregate([{ $currentOp: { idleCursors: true, localOps: true } }]);
      return (await ops.toArray()).filter((op) => op.type === 'idleCursor' && JSON.stringify(op).includes(account));
    };
    const snapshot = await open();
    const request = { predicate: evens, wanted: [], pageSize: 1 } as const;
    for await (const page of snapshot.entities(request)) {
      expect(page).toHaveLength(1);
      expect(await cursors()).toHaveLength(1);
      break;
    }
    expect(await cursors()).toHaveLength(0);
    const pages = snapshot.entities(request)[Symbol.asyncIterator]();
    await pages.next();
    expect(await cursors()).toHaveLength(1);
    await snapshot.close();
    expect(await cursors()).toHaveLength(0);
  });
});

interface Expected {
  readonly indexes: readonly Readonly<Record<string, 1>>[];
  /** Whether the answer comes from the index alone. */
  readonly isFree: boolean;
}

const nameOf = (order: Readonly<Record<string, 1>>): string =>
  Object.keys(order).length === 1 ? '_id_' : indexName(order);

/** The reads that `work` sends, without what ties them to a session and a time. */
async function commandsOf(database: Database, work: (watched: Database) => Promise<void>): Promise<Document[]> {
  const sent: Document[] = [];
  const db = new Proxy(database.db, {
    get: (target, name) =>
      name === 'command'
        ? async (command: Document, options: object) => {
            if (command.find !== undefined || command.aggregate !== undefined)
              sent.push(Object.fromEntries(Object.entries(command).filter(([key]) => key !== 'readConcern')));
            return await target.command(command, options);
          }
        : (Reflect.get(target, name) as unknown),
  });
  await work({ ...database, db });
  return sent;
}

function stagesOf(plan: Document): Document[] {
  const inner = [plan.inputStage, ...((plan.inputStages ?? []) as Document[])].filter(Boolean) as Document[];
  return [plan, ...inner.flatMap(stagesOf)];
}
