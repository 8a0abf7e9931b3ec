import type { GraphReads } from '../../../src/domain/graph/graph-reads';
import { neighborhoodOf, ReadBudget } from '../../../src/domain/graph/neighborhood';
import { selectionOf, type FilterType } from '../../../src/domain/graph/vertex-selection';
import type { FlatObject } from '../../../src/domain/ports';
import type { QueryPolicy } from '../../../src/domain/query/plan/policy';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { changesOf, closedJob, newAccountName, uploadOf } from './subject';

export interface ReadsSubject {
  storesOf(account: string): FinalizeStores;
  readsOf(account: string, policies?: readonly QueryPolicy[]): GraphReads;
  /** Called once the graph is written. */
  written?(account: string): Promise<void>;
}

const entities = [
  { _key: 'ann', _type: 'user', _class: ['User', 'Person'], displayName: 'Ann', age: 30, 'tag.Team': 'red' },
  { _key: 'bob', _type: 'user', _class: ['User'], displayName: 'Bob', age: 20, 'tag.Team': 'blue', roles: ['a', 'b'] },
  { _key: 'cy', _type: 'admin', _class: ['User', 'Admin'], displayName: 'C (y)', active: true, $odd: 1 },
  { _key: 'h1', _type: 'host', _class: 'Host', displayName: 'host one' },
  { _key: 'h2', _type: 'host', _class: 'Host', displayName: 'host two' },
  { _key: 'gone', _type: 'user', _class: 'User', displayName: 'Gone' },
];
const relationships = [
  { _key: 'r1', _type: 'user_has_host', _class: 'HAS', _fromEntityKey: 'ann', _toEntityKey: 'h1', since: 5 },
  { _key: 'r2', _type: 'user_has_host', _class: 'HAS', _fromEntityKey: 'bob', _toEntityKey: 'h1' },
  {
    _key: 'r3',
    _type: 'user_uses_host',
    _class: 'USES',
    _fromEntityKey: 'bob',
    _toEntityKey: 'h2',
    displayName: 'USED BY',
  },
  { _key: 'r4', _type: 'user_knows_user', _class: 'KNOWS', _fromEntityKey: 'cy', _toEntityKey: 'cy' },
];

/** What everyone may rely on of `GraphReads`. */
export function graphReadsContract(openSubject: () => ReadsSubject): void {
  describe('GraphReads', () => {
    let account: string;
    let reads: GraphReads;
    let subject: ReadsSubject;
    const idOf = new Map<string, string>();
    const keyOf = new Map<string, string>();
    const keys = (found: readonly FlatObject[]) => found.map(({ _key }) => _key);
    const sortedKeys = (found: readonly FlatObject[]) => keys(found).toSorted();
    const id = (key: string): string => idOf.get(key) ?? '';

    beforeAll(async () => {
      subject = openSubject();
      account = newAccountName();
      const stores = subject.storesOf(account);
      const job = await closedJob(stores, account, { syncMode: 'CREATE_OR_UPDATE' });
      const upload = await uploadOf(job.scope, { entities, relationships, deleteEntities: [{ _key: 'gone' }] });
      const apply = { job, chunk: 'c' };
      await stores.graph.applyChanges({ ...apply, kind: 'entity' }, changesOf('entity', upload, true));
      await stores.graph.applyChanges({ ...apply, kind: 'relationship' }, changesOf('relationship', upload, true));
      await stores.graph.applyExplicitDeletes({ job, kind: 'entity', chunk: 'x' }, upload.deleteEntities.ids, 0);
      await subject.written?.(account);
      reads = subject.readsOf(account);
      const all = [
        ...(await reads.list({ selection: selectionOf({}), sort: [], size: 100 })).items,
        ...(await reads.relationshipsAt(
          (await listed({})).map(({ _id }) => String(_id)),
          100,
        )),
      ];
      for (const { _key, _id } of all) {
        idOf.set(String(_key), String(_id));
        keyOf.set(String(_id), String(_key));
      }
    });

    const listed = async (request: Parameters<typeof selectionOf>[0]) =>
      (await reads.list({ selection: selectionOf(request), sort: [], size: 100 })).items;

    it('shows flat live objects', async () => {
      expect(sortedKeys(await listed({}))).toEqual(['ann', 'bob', 'cy', 'h1', 'h2']);
      const [bob] = await reads.entitiesById([id('bob')]);
      expect(bob).toMatchObject({
        _id: id('bob'),
        _accountId: account,
        _class: ['User'],
        _createdOn: expect.any(Number) as unknown,
        _deleted: false,
        _latest: true,
        'tag.Team': 'blue',
        roles: ['a', 'b'],
      });
      expect(await reads.relationshipById(id('r1'))).toMatchObject({
        _key: 'r1',
        _fromEntityId: id('ann'),
        _toEntityId: id('h1'),
        since: 5,
      });
    });

    it('finds for each of many that ask at once what it asked for', async () => {
      const asked = ['ann', 'h1', 'nobody', 'ann', 'bob', 'gone', 'cy'];
      const found = await Promise.all(
        asked.map(
          async (key) =>
            await reads.findEntity(
              selectionOf({ filters: { _id: id(key) || '00000000-0000-4000-8000-000000000000' } }),
            ),
        ),
      );
      expect(found.map((entity) => entity?.['_key'])).toEqual(['ann', 'h1', undefined, 'ann', 'bob', undefined, 'cy']);
    });

    it('answers for what is not there, no id, or of another account as if it were absent', async () => {
      expect(await reads.entitiesById(['', 'x', '00000000-0000-4000-8000-000000000000'])).toEqual([]);
      expect(await reads.relationshipById('x')).toBeUndefined();
      const other = subject.readsOf(newAccountName());
      expect(await other.entitiesById([id('ann')])).toEqual([]);
      expect(await other.relationshipById(id('r1'))).toBeUndefined();
      expect(await other.relationshipsAt([id('ann')], 10)).toEqual([]);
      expect(await other.findEntity(selectionOf({ filters: { _id: id('ann') } }))).toBeUndefined();
      expect(await other.count(selectionOf({}))).toBe(0);
      expect(await other.counts()).toEqual({ types: {}, classes: {} });
    });

    it.each<[FilterType, object, string[]]>([
      ['AND', { filters: { _class: ['User', 'Admin'] } }, ['cy']],
      ['AND', { filters: { _class: ['User'], _type: ['user', 'host'] } }, ['ann', 'bob']],
      ['OR', { filters: { _class: ['Admin', 'Host'] } }, ['cy', 'h1', 'h2']],
      ['OR', { filters: { _class: ['Admin'], _type: ['host'] } }, ['cy', 'h1', 'h2']],
      ['AND_WITH_SAME_FIELD_OR', { filters: { _class: ['Admin', 'Person'], _type: ['user'] } }, ['ann']],
      ['AND_WITH_SAME_FIELD_OR', { propertyFilters: { roles: ['a', 'z'], age: 20 } }, ['bob']],
      ['AND_WITH_CLASS_OR', { filters: { _class: ['Admin', 'Person'] }, propertyFilters: { roles: ['a', 'z'] } }, []],
      ['AND_WITH_CLASS_OR', { filters: { _class: ['Host', 'User'] }, propertyFilters: { roles: ['a', 'b'] } }, ['bob']],
      [
        'OR_WITH_CLASS_OR',
        { filters: { _class: ['Host', 'Admin'] }, propertyFilters: { roles: ['a', 'z'] } },
        ['cy', 'h1', 'h2'],
      ],
      ['AND', { propertyFilters: { 'tag.Team': 'red' } }, ['ann']],
      ['AND', { propertyFilters: { $odd: 1, active: true } }, ['cy']],
      ['AND', { propertyFilters: { active: 'true' } }, []],
      ['AND', { filters: { _id: '', _key: '', _type: null, _class: null } }, ['ann', 'bob', 'cy', 'h1', 'h2']],
      ['AND', { filters: { _class: ['Nothing'] } }, []],
      ['AND', { propertyFilters: { _touched: 1 } }, []],
      ['AND', { propertyFilters: { '': 1 } }, []],
      ['AND', { filters: { _id: 'no id' } }, []],
      ['OR', { filters: { _key: 'ann', _type: ['host'] } }, ['ann', 'h1', 'h2']],
      ['AND', { search: 'HOST one' }, ['h1']],
      ['AND', { search: 'c (y' }, ['cy']],
      ['AND', { search: 'person' }, ['ann']],
      ['AND', { search: '.*' }, []],
    ])('selects by %s %j', async (filterType, request, expected) => {
      const selection = selectionOf({ ...request, filterType });
      expect(sortedKeys(await listed({ ...request, filterType }))).toEqual(expected);
      expect(await reads.count(selection)).toBe(expected.length);
      const byType = Object.values(await reads.countByType(selection)).reduce((sum, count) => sum + count, 0);
      expect(byType).toBe(expected.length);
      expect((await reads.findEntity(selection))?.['_key']).toEqual(
        expected.length > 0 ? expect.stringMatching(`^(${expected.join('|')})$`) : undefined,
      );
    });

    it.each([1, 2, 3, 5, 100])('lists everything once in pages of %i, sorted and not', async (size) => {
      for (const sort of [
        [],
        [{ field: 'age', isDescending: true }],
        [
          { field: '_type', isDescending: false },
          { field: 'displayName', isDescending: true },
        ],
      ]) {
        const found: FlatObject[] = [];
        for (let after: string | undefined, pages = 0; pages < 6; pages++) {
          const page = await reads.list({
            selection: selectionOf({}),
            sort,
            size,
            ...(after !== undefined && { after }),
          });
          expect(page.items.length).toBeLessThanOrEqual(size);
          found.push(...page.items);
          if (page.endCursor === null) break;
          after = page.endCursor;
        }
        expect(sortedKeys(found)).toEqual(['ann', 'bob', 'cy', 'h1', 'h2']);
        if (sort.length === 1) expect(keys(found).slice(0, 2)).toEqual(['ann', 'bob']);
        if (sort.length === 2) expect(keys(found)).toEqual(['cy', 'h2', 'h1', 'bob', 'ann']);
      }
    });

    it.each(['xyz', 'ä', ''.padEnd(4_000, 'A'), Buffer.from('{"skip":-1}').toString('base64url')])(
      'refuses cursor %# that is not its own',
      async (after) => {
        for (const sort of [[], [{ field: 'age', isDescending: true }]]) {
          const listing = reads.list({ selection: selectionOf({}), sort, size: 1, after });
          await expect(listing).rejects.toMatchObject({ name: 'DomainError', code: 'BAD_REQUEST' });
        }
      },
    );

    it('counts types and classes', async () => {
      expect(await reads.counts()).toEqual({
        types: { admin: 1, host: 2, user: 2 },
        classes: { Admin: 1, Host: 2, Person: 1, User: 3 },
      });
      expect(await reads.count(selectionOf({ filters: { _class: ['User'] } }))).toBe(3);
      expect(await reads.countByType(selectionOf({ filters: { _class: ['User'] } }))).toEqual({ admin: 1, user: 2 });
    });

    it('names properties and their values', async () => {
      expect(await reads.propertyNames()).toEqual(['$odd', 'active', 'age', 'displayName', 'roles', 'tag.Team']);
      expect(await reads.propertyNames(selectionOf({ filters: { _type: ['host'] } }))).toEqual(['displayName']);
      expect(await reads.propertyValues(selectionOf({}), 'tag.Team')).toEqual([
        { value: 'blue', count: 1 },
        { value: 'red', count: 1 },
      ]);
      expect(await reads.propertyValues(selectionOf({}), 'roles')).toHaveLength(2);
      expect(await reads.propertyValues(selectionOf({}), 'nothing')).toEqual([]);
    });

    it('finds relationships', async () => {
      const { predicate: any } = selectionOf({});
      expect((await reads.findRelationship({ predicate: any, label: 'USED BY' }))?.['_key']).toBe('r3');
      expect((await reads.findRelationship({ predicate: any, label: 'KNOWS' }))?.['_key']).toBe('r4');
      expect(await reads.findRelationship({ predicate: any, label: 'nothing' })).toBeUndefined();
      const both = selectionOf({ filters: { _id: id('r3'), _class: 'USES' } }).predicate;
      expect((await reads.findRelationship({ predicate: both }))?.['_key']).toBe('r3');
      expect(sortedKeys(await reads.relationshipsAt([id('bob'), id('cy')], 10))).toEqual(['r2', 'r3', 'r4']);
      expect(await reads.relationshipsAt([id('bob')], 1)).toHaveLength(1);
    });

    it.each([
      [1, ['h1'], ['r1']],
      [2, ['bob', 'h1'], ['r1', 'r2']],
      [5, ['bob', 'h1', 'h2'], ['r1', 'r2', 'r3']],
    ])('finds neighbors in %i steps', async (depth, vertices, edges) => {
      const found = await neighborhoodOf([id('ann')], { reads, depth, budget: new ReadBudget(6) });
      expect([sortedKeys(found.vertices), sortedKeys(found.edges)]).toEqual([vertices, edges]);
    });

    it('stops where neighbors become too many, and follows a loop once', async () => {
      const budget = new ReadBudget(5);
      const finding = neighborhoodOf([id('ann')], { reads, depth: 5, budget });
      await expect(finding).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
      const loop = await neighborhoodOf([id('cy')], { reads, depth: 5, budget: new ReadBudget(5) });
      expect([keys(loop.vertices), keys(loop.edges)]).toEqual([[], ['r4']]);
    });

    it('shows only what all policies allow', async () => {
      const few = subject.readsOf(account, [[{ _class: ['User', 'Host'] }], [{ _type: 'user' }, { _key: 'h2' }]]);
      expect(sortedKeys((await few.list({ selection: selectionOf({}), sort: [], size: 9 })).items)).toEqual([
        'ann',
        'bob',
        'h2',
      ]);
      expect(await few.count(selectionOf({}))).toBe(3);
      expect(await few.counts()).toEqual({ types: { host: 1, user: 2 }, classes: { Host: 1, Person: 1, User: 2 } });
      expect(await few.entitiesById([id('h1')])).toEqual([]);
      expect(await few.relationshipById(id('r1'))).toBeUndefined();
      expect(keys(await few.relationshipsAt([id('bob')], 10))).toEqual(['r3']);
      expect(await few.findRelationship({ predicate: selectionOf({}).predicate, label: 'HAS' })).toBeUndefined();
      const near = await neighborhoodOf([id('bob')], { reads: few, depth: 5, budget: new ReadBudget(100) });
      expect([keys(near.vertices), keys(near.edges)]).toEqual([['h2'], ['r3']]);
      expect(await few.propertyNames()).not.toContain('active');
      const none = subject.readsOf(account, [[]]);
      expect(await none.count(selectionOf({}))).toBe(0);
    });
  });
}
