import { idToKey, keyToUuid, uuidToBytes } from '../../../src/domain/graph/identity';
import type { PlanSubject, Predicate, Scalar } from '../../../src/domain/query/plan/plan';
import { all, always, any, never, not } from '../../../src/domain/query/plan/predicates';
import type { GraphReader, GraphSnapshot, IdKey, Wanted } from '../../../src/domain/query/run/graph-reader';
import { entity, relationship, type Graph } from '../query/graph';
import { idKeyOf, withUuids } from '../query/uuid-graph';
import { collect } from './subject';

export interface GraphReaderSubject {
  /** A reader of a new account with this graph, whose ids are UUIDs. */
  readerOf(graph: Graph): Promise<GraphReader>;
}

const subject = (key: string): PlanSubject => ({ kind: 'property', slot: 0, key });
const is = (key: string, value: Scalar): Predicate => ({
  kind: 'compare',
  subject: subject(key),
  operator: '=',
  value,
});

const graph = withUuids({
  entities: [
    entity('u1', 'user', ['User'], { name: 'Ann', 'tag.Team': 'red', age: 31, $odd: true }),
    entity('u2', 'user', ['User', 'Person'], { name: 'Bob', age: null, roles: ['dev', 'ops'] }),
    entity('d1', 'laptop', ['Device'], { name: 'd-1', __proto__x: 1, ['__proto__']: 'odd' }),
    entity('d2', 'laptop', ['Device', 'Host'], { constructor: 'Acme' }),
    entity('g', 'user', ['User'], { name: 'Gone', _deleted: true }),
  ],
  relationships: [
    relationship('u1', 'HAS', 'd1', { since: 2020 }),
    relationship('u1', 'HAS', 'd2'),
    relationship('u1', 'USES', 'd1'),
    relationship('u2', 'HAS', 'd2', { _deleted: true }),
    relationship('d2', 'TRUSTS', 'd2'),
    relationship('g', 'HAS', 'd1', { _deleted: true }),
  ],
});

const nameOf = new Map(
  [...graph.entities, ...graph.relationships].map(({ id, properties }) => [
    idToKey(uuidToBytes(id)),
    properties._key as string,
  ]),
);
const namesOf = (found: Iterable<{ readonly id: IdKey }>): string[] =>
  [...found].map(({ id }) => nameOf.get(id) ?? 'unknown').sort();

/** What everyone may rely on of a `GraphReader`. */
export function graphReaderContract(openSubject: () => GraphReaderSubject): void {
  describe('GraphReader', () => {
    let reader: GraphReader;
    const opened: GraphSnapshot[] = [];
    beforeAll(async () => {
      reader = await openSubject().readerOf(graph);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (snapshot) => await snapshot.close()));
    });
    async function open(options: { includeDeleted?: boolean; time?: string; signal?: AbortSignal } = {}) {
      const { includeDeleted = false, time, signal = new AbortController().signal } = options;
      const snapshot = await reader.open({ includeDeleted, signal, ...(time !== undefined && { time }) });
      opened.push(snapshot);
      return snapshot;
    }
    const find = async (snapshot: GraphSnapshot, predicate: Predicate, wanted: Wanted = [], pageSize = 10) =>
      (await collect(snapshot.entities({ predicate, wanted, pageSize }))).flat();

    it.each<[string, Predicate, string[]]>([
      ['all', always, ['d1', 'd2', 'u1', 'u2']],
      ['nothing', never, []],
      ['a type', is('_type', 'user'), ['u1', 'u2']],
      ['a class', is('_class', 'Host'), ['d2']],
      ['a key', is('_key', 'd1'), ['d1']],
      ['an id', is('_id', keyToUuid(idKeyOf('u2'))), ['u2']],
      ['two classes', any([is('_class', 'Host'), is('_class', 'Person')]), ['d2', 'u2']],
      ['type and property', all([is('_type', 'user'), is('name', 'Ann')]), ['u1']],
      ['a name with a dot', is('tag.Team', 'red'), ['u1']],
      ['a name with a dollar', is('$odd', true), ['u1']],
      ['a member of a list', is('roles', 'ops'), ['u2']],
      ['not a type', not(is('_type', 'user')), ['d1', 'd2']],
      ['not a member of a list', not(is('roles', 'ops')), ['d1', 'd2', 'u1']],
      ['absent or null', { kind: 'absent', subject: subject('age') }, ['d1', 'd2', 'u2']],
      ['a name that objects inherit', { kind: 'absent', subject: subject('toString') }, ['d1', 'd2', 'u1', 'u2']],
      ['words', { kind: 'words', slot: 0, words: ['nn', 'red'] }, ['u1']],
    ])('finds entities by %s', async (_, predicate, expected) => {
      const snapshot = await open();
      expect(namesOf(await find(snapshot, predicate))).toEqual(expected);
      const ids = graph.entities.map(({ id }) => idToKey(uuidToBytes(id)));
      expect(namesOf(await snapshot.entitiesById({ ids, predicate, wanted: [] }))).toEqual(expected);
    });

    it('gives entities in the order of ids, page by page, and goes on after any of them', async () => {
      const snapshot = await open();
      const pages = await collect(snapshot.entities({ predicate: always, wanted: [], pageSize: 1 }));
      const ids = pages.flat().map(({ id }) => id);
      expect(pages.every(({ length }) => length > 0)).toBe(true);
      expect(ids).toHaveLength(4);
      expect(ids).toEqual([...ids].sort());
      for (const [at, after] of ids.entries()) {
        const rest = await collect(snapshot.entities({ predicate: always, wanted: [], after, pageSize: 2 }));
        expect(rest.flat().map(({ id }) => id)).toEqual(ids.slice(at + 1));
      }
      const users = { predicate: is('_type', 'user'), wanted: [], pageSize: 1, after: ids[0] ?? '' };
      const later = ids.slice(1).filter((id) => nameOf.get(id)?.startsWith('u'));
      expect((await collect(snapshot.entities(users))).flat().map(({ id }) => id)).toEqual(later);
    });

    it('shows what is wanted', async () => {
      const snapshot = await open();
      const wanted = ['name', 'tag.Team', '$odd', '_key', '_class', '_id', 'age', 'nowhere', '__proto__'];
      const found = await find(snapshot, always, wanted);
      const properties = Object.fromEntries(found.map((each) => [nameOf.get(each.id), { ...each.properties }]));
      expect(properties.u1).toMatchObject({
        name: 'Ann',
        'tag.Team': 'red',
        $odd: true,
        _key: 'u1',
        _class: ['User'],
        _id: keyToUuid(idKeyOf('u1')),
        age: 31,
      });
      expect(properties.u1).not.toHaveProperty('nowhere');
      const d1 = found.find(({ id }) => id === idKeyOf('d1'))?.properties ?? {};
      expect(Object.entries(d1)).toContainEqual(['__proto__', 'odd']);
      const [whole] = await snapshot.entitiesById({ ids: [idKeyOf('u2')], predicate: always, wanted: 'all' });
      expect(whole?.properties).toMatchObject({ _type: 'user', name: 'Bob', roles: ['dev', 'ops'] });
    });

    it.each<['any' | 'out' | 'in', readonly string[], readonly string[], readonly string[]]>([
      ['out', ['u1'], [], ['u1|HAS|d1', 'u1|HAS|d2', 'u1|USES|d1']],
      ['in', ['u1'], [], []],
      ['in', ['d1'], ['HAS'], ['u1|HAS|d1']],
      ['any', ['d1', 'u1'], ['HAS', 'USES'], ['u1|HAS|d1', 'u1|HAS|d2', 'u1|USES|d1']],
      ['any', ['d2'], [], ['d2|TRUSTS|d2', 'u1|HAS|d2']],
      ['any', ['d2'], ['TRUSTS'], ['d2|TRUSTS|d2']],
      ['out', ['u2', 'g', 'nobody'], [], []],
      ['any', [], [], []],
    ])('finds relationships going %s of %j with classes %j', async (direction, at, classes, expected) => {
      const snapshot = await open();
      const request = { at: at.map(idKeyOf), classes, direction };
      expect(namesOf(await snapshot.relationships({ ...request, wanted: [] }))).toEqual(expected);
      const found = await snapshot.relationships({ ...request, wanted: ['_class', 'since', '_fromEntityId'] });
      expect(namesOf(found)).toEqual(expected);
      for (const { id, from, to, properties } of found) {
        const [start, verb, end] = (nameOf.get(id) ?? '').split('|');
        expect([nameOf.get(from), properties._class, nameOf.get(to)]).toEqual([start, verb, end]);
        expect(properties.since).toBe(verb === 'HAS' && end === 'd1' ? 2020 : undefined);
      }
    });

    it.each<['out' | 'in', string, readonly string[], boolean]>([
      ['out', 'u1', [], false],
      ['out', 'u1', [], true],
      ['out', 'u1', ['HAS', 'TRUSTS'], false],
      ['in', 'd2', [], false],
      ['in', 'd2', ['HAS'], true],
      ['out', 'u2', ['HAS'], false],
      ['out', 'g', [], true],
      ['out', 'nobody', [], false],
    ])(
      'gives the same when it hears of the hops ahead: %s from %s, classes %j, ended ones %s',
      async (direction, key, classes, includeDeleted) => {
        const [told, untold] = [await open({ includeDeleted }), await open({ includeDeleted })];
        const request = { predicate: is('_key', key), wanted: ['name', 'tag.Team', '$odd'], pageSize: 10 };
        const ahead = { direction, classes, count: 2 };
        const [starts] = await collect(told.entities({ ...request, ahead }));
        expect(starts).toEqual((await collect(untold.entities(request)))[0]);
        let at: readonly string[] = (starts ?? []).map(({ id }) => id);
        // One hop further than it heard of.
        for (let hop = 0; hop < 3; hop++) {
          const hopRequest = { at, classes, direction, wanted: [] };
          const found = await told.relationships(hopRequest);
          expect(namesOf(found)).toEqual(namesOf(await untold.relationships(hopRequest)));
          at = [...new Set(found.map(({ from, to }) => (direction === 'out' ? to : from)))];
        }
        // Others than those that it heard of.
        for (const other of ['out', 'in', 'any'] as const) {
          const all = { at: ['u1', 'd1', 'd2'].map(idKeyOf), classes: [], direction: other, wanted: ['_class'] };
          expect(namesOf(await told.relationships(all))).toEqual(namesOf(await untold.relationships(all)));
        }
      },
    );

    it('shows ended objects to those who ask for them', async () => {
      const snapshot = await open({ includeDeleted: true });
      expect(namesOf(await find(snapshot, is('_type', 'user')))).toEqual(['g', 'u1', 'u2']);
      expect(namesOf(await find(snapshot, is('_deleted', true), ['_deleted']))).toEqual(['g']);
      expect(namesOf(await snapshot.entitiesById({ ids: [idKeyOf('g')], predicate: always, wanted: [] }))).toEqual([
        'g',
      ]);
      const found = await snapshot.relationships({ at: [idKeyOf('g')], classes: [], direction: 'any', wanted: [] });
      expect(namesOf(found)).toEqual(['g|HAS|d1']);
    });

    it('opens the same graph again', async () => {
      const first = await open();
      await find(first, always);
      const again = await open({ time: first.time });
      expect(again.time).toBe(first.time);
      expect(namesOf(await find(again, always))).toEqual(['d1', 'd2', 'u1', 'u2']);
    });

    it('counts rightly or says that it does not know', async () => {
      const snapshot = await open();
      for (const predicate of [always, is('_type', 'user'), is('_class', 'Device'), is('name', 'Ann')]) {
        const count = await snapshot.count(predicate);
        expect([undefined, (await find(snapshot, predicate)).length]).toContain(count);
      }
    });

    it('reads nothing of other accounts', async () => {
      const other = await openSubject().readerOf(
        withUuids({ entities: [entity('x', 'user', ['User'])], relationships: [] }),
      );
      const snapshot = await other.open({ includeDeleted: true, signal: new AbortController().signal });
      opened.push(snapshot);
      expect(await find(snapshot, is('_type', 'user'))).toHaveLength(1);
      const ids = graph.entities.map(({ id }) => idToKey(uuidToBytes(id)));
      expect(await snapshot.entitiesById({ ids, predicate: always, wanted: 'all' })).toEqual([]);
      expect(await snapshot.relationships({ at: ids, classes: [], direction: 'any', wanted: [] })).toEqual([]);
    });

    it('reports its reads, and ends them with the signal', async () => {
      const controller = new AbortController();
      const snapshot = await open({ signal: controller.signal });
      const before = snapshot.reads.length;
      await find(snapshot, is('_type', 'user'));
      await snapshot.relationships({ at: [idKeyOf('u1')], classes: [], direction: 'out', wanted: [] });
      expect(snapshot.reads.slice(before)).toMatchObject([
        { read: 'entities', rows: 2 },
        { read: 'relationships', rows: 3 },
      ]);
      for (const { index, ms } of snapshot.reads) {
        expect(index).not.toBe('');
        expect(ms).toBeGreaterThanOrEqual(0);
      }
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(find(snapshot, always)).rejects.toBe(reason);
      const reading = snapshot.relationships({ at: [idKeyOf('u1')], classes: [], direction: 'out', wanted: [] });
      await expect(reading).rejects.toBe(reason);
    });
  });
}
