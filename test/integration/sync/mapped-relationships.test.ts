import type { Database } from '../../../src/adapters/mongo/database';
import type { SyncJobDocument } from '../../../src/contracts/sync-job';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';
import { outcomeCounts } from '../../support/sync-bench';

type Json = Readonly<Record<string, unknown>>;

const user = (key: string, more: Json = {}) => ({ _key: key, _type: 'acme_user', _class: 'User', ...more });
const person = (email: string, more: Json = {}) => ({ _class: 'Person', _type: 'person', email, ...more });
/** A user is the person with this email address. */
const isPerson = (source: string, email: string, mapping: Json = {}, more: Json = {}) => ({
  _key: `${source}|is|person`,
  _type: 'acme_user_is_person',
  _class: 'IS',
  displayName: 'IS',
  _mapping: {
    relationshipDirection: 'FORWARD',
    sourceEntityKey: source,
    targetFilterKeys: [['_class', 'email']],
    targetEntity: person(email),
    skipTargetCreation: false,
    ...mapping,
  },
  ...more,
});

describe('mapped relationships', () => {
  let database: Database;
  let api: ApiClient;

  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });
  beforeEach(async () => {
    api = new ApiClient({ ...liveProduct(), ...(await newAccount(database)) });
  });

  const sync = async (scope: string, entities: readonly Json[], relationships: readonly Json[], more: Json = {}) =>
    await api.sync({ source: 'api', scope, ...more }, { entities, relationships });
  const counts = (job: SyncJobDocument) => ({ status: job.status, ...outcomeCounts(job) });
  const list = async (path: string, client = api) =>
    (await client.ok('GET', `${path}?limit=1000&includeDeleted=false`)).items as readonly Json[];
  const entityOf = async (property: string, value: unknown) =>
    (await list('/entities')).find((entity) => entity[property] === value);
  const people = async () => (await list('/entities')).filter(({ _type }) => _type === 'person');

  it('matches an entity of any scope and leaves it as it is', async () => {
    await sync('hr', [{ _key: 'p1', ...person('a@b.c', { name: 'Ada' }) }], []);
    const job = await sync(
      'it',
      [user('u1')],
      [isPerson('u1', 'a@b.c', { targetEntity: person('a@b.c', { name: 'X' }) })],
    );
    expect(counts(job)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 1 });
    const [relationship] = await list('/relationships');
    const target = await entityOf('_key', 'p1');
    expect(relationship).toMatchObject({
      _type: 'acme_user_is_person',
      _class: 'IS',
      displayName: 'IS',
      _source: 'system-mapper',
      _scope: 'system-mapper',
      _version: 1,
      _fromEntityId: (await entityOf('_key', 'u1'))?._id,
      _fromEntityKey: 'u1',
      _toEntityId: target?._id,
      _toEntityKey: 'p1',
    });
    expect(relationship?._key).not.toBe('u1|is|person');
    expect(target).toMatchObject({ name: 'Ada', _version: 1, _source: 'api', _scope: 'hr' });
  });

  it('makes one target where none matches, and an unchanged job writes nothing', async () => {
    const objects = [[user('u1')], [isPerson('u1', 'a@b.c')]] as const;
    expect(counts(await sync('it', ...objects))).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numMappedRelationshipsCreated: 1,
    });
    const before = [await list('/entities'), await list('/relationships')];
    const target = await entityOf('email', 'a@b.c');
    expect(target).toMatchObject({
      _type: 'person',
      _class: ['Person'],
      _source: 'system-mapper',
      _scope: 'system-mapper',
      _version: 1,
    });
    expect(before[1]).toMatchObject([{ _toEntityId: target?._id }]);
    const contributors = async () =>
      await database.collections.mappings.find({ _accountId: String(target?._accountId) }).toArray();
    const contributor = await contributors();
    expect(contributor).toHaveLength(1);
    for (const spelling of [objects[1], [Object.fromEntries(Object.entries(objects[1][0]).reverse())]]) {
      expect(counts(await sync('it', objects[0], spelling))).toEqual({ status: 'FINISHED' });
      expect([await list('/entities'), await list('/relationships')]).toEqual(before);
    }
    expect(await contributors()).toEqual(contributor);
  });

  it('is not evaluated again when a target appears later, but when the contributor changes', async () => {
    await sync('it', [user('u1')], [isPerson('u1', 'a@b.c', { skipTargetCreation: true })]);
    expect(await list('/relationships')).toEqual([]);
    await sync('hr', [{ _key: 'p1', ...person('a@b.c') }], []);
    const again = await sync('it', [user('u1')], [isPerson('u1', 'a@b.c', { skipTargetCreation: true })]);
    expect(counts(again)).toEqual({ status: 'FINISHED' });
    const changed = isPerson('u1', 'a@b.c', { skipTargetCreation: true }, { since: 2026 });
    expect(counts(await sync('it', [user('u1')], [changed]))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsCreated: 1,
    });
    const later = isPerson('u1', 'a@b.c', { skipTargetCreation: true }, { since: 2027 });
    expect(counts(await sync('it', [user('u1')], [later]))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsUpdated: 1,
    });
    expect(await list('/relationships')).toMatchObject([{ since: 2027, _version: 2 }]);
  });

  it('relates to each of many, tries alternatives in turn, and takes lists as sets', async () => {
    const group = (key: string, more: Json) => ({ _key: key, _type: 'group', _class: ['Group', 'Team'], ...more });
    await sync(
      'groups',
      [group('g1', { tags: ['x', 'y'] }), group('g2', { tags: ['y', 'x', 'z'] }), group('g3', { n: 1 })],
      [],
    );
    const assigned = (key: string, _mapping: Json) => ({
      _key: key,
      _type: 'group_assigned_user',
      _class: 'ASSIGNED',
      _mapping: { sourceEntityKey: 'u1', relationshipDirection: 'REVERSE', ...(_mapping as object) },
    });
    const job = await sync(
      'it',
      [user('u1')],
      [
        assigned('set', {
          targetFilterKeys: [['missing'], ['_class', 'tags']],
          targetEntity: { _class: 'Team', tags: ['y', 'x'] },
        }),
        assigned('flat', { targetFilterKeys: ['name', 'n'], targetEntity: { name: 'nobody', n: 1, _class: 'Group' } }),
        assigned('key', { targetEntity: { _type: 'group', _key: 'g3' } }),
      ],
    );
    expect(counts(job)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 4 });
    const ends = (await list('/relationships')).map(({ _fromEntityKey, _toEntityKey }) => [
      _fromEntityKey,
      _toEntityKey,
    ]);
    expect(ends.sort()).toEqual([
      ['g1', 'u1'],
      ['g2', 'u1'],
      ['g3', 'u1'],
      ['g3', 'u1'],
    ]);
  });

  it('follows its contributor: another target, another direction, the end', async () => {
    await sync('it', [user('u1'), user('u2')], [isPerson('u1', 'a@b.c'), isPerson('u2', 'd@e.f')]);
    const turned = isPerson('u1', 'a@b.c', { relationshipDirection: 'REVERSE' });
    const moved = await sync('it', [user('u1'), user('u2')], [turned, isPerson('u2', 'new@e.f')]);
    expect(counts(moved)).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsCreated: 2,
      numMappedRelationshipsDeleted: 2,
    });
    expect((await people()).map(({ email }) => email).sort()).toEqual(['a@b.c', 'new@e.f']);
    const gone = await sync('it', [user('u1'), user('u2')], [turned]);
    expect(counts(gone)).toEqual({ status: 'FINISHED', numMappedRelationshipsDeleted: 1 });
    expect((await people()).map(({ email }) => email)).toEqual(['a@b.c']);
    const without = await sync('it', [user('u2')], []);
    expect(counts(without)).toEqual({ status: 'FINISHED', numEntitiesDeleted: 1, numMappedRelationshipsDeleted: 1 });
    expect(await people()).toEqual([]);
    const back = await sync('it', [user('u1'), user('u2')], [turned]);
    expect(counts(back)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 1 });
    // Version 2 began when it came back; what it was before is kept.
    expect(await people()).toMatchObject([{ _version: 2 }]);
  });

  it('goes with its source, whoever deletes that, and is an error without one', async () => {
    await sync('it', [user('u1')], [isPerson('u1', 'a@b.c'), isPerson('nobody', 'x@b.c')]).then((job) => {
      expect(counts(job)).toEqual({
        status: 'FINISHED',
        numEntitiesCreated: 1,
        numMappedRelationshipsCreated: 1,
        numMappedRelationshipCreateErrors: 1,
      });
      expect(job.report).toEqual([
        { where: 'relationship nobody|is|person', what: expect.stringContaining('sourceEntityKey "nobody"') as string },
      ]);
    });
    const deleting = await api.sync(
      { source: 'api', scope: 'other', syncMode: 'CREATE_OR_UPDATE' },
      { deleteEntities: [{ _id: (await entityOf('_key', 'u1'))?._id }] },
    );
    expect(counts(deleting)).toEqual({ status: 'FINISHED', numEntitiesDeleted: 1, numMappedRelationshipsDeleted: 1 });
    expect(await list('/entities')).toEqual([]);
    expect(counts(await sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]))).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numMappedRelationshipsCreated: 1,
    });
  });

  it('a target gathers what several contributors say, and goes with the last of them', async () => {
    const says = (source: string, more: Json) => isPerson(source, 'a@b.c', { targetEntity: person('a@b.c', more) });
    await sync('one', [user('u1')], [says('u1', { name: 'Ada', title: 'Countess' })]);
    const second = await sync('two', [user('u2')], [says('u2', { name: 'Ada L.', phone: ['1', '2'] })]);
    expect(counts(second)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 1 });
    const merged = { title: 'Countess', name: 'Ada L.', phone: ['1', '2'], _version: 2 };
    expect(await people()).toMatchObject([merged]);
    const [both] = await people();
    await sync('one', [user('u1')], [says('u1', { name: 'Ada King' })]);
    expect(await people()).toMatchObject([{ _id: both?._id, name: 'Ada King', phone: ['1', '2'], _version: 3 }]);
    expect((await people())[0]).not.toHaveProperty('title');
    await sync('two', [user('u2')], []);
    const [left] = await people();
    expect(left).toMatchObject({ _id: both?._id, name: 'Ada King', _version: 4 });
    expect(left).not.toHaveProperty('phone');
    await sync('one', [], []);
    expect(await people()).toEqual([]);
    const versions = database.collections.entityVersions.find({ email: 'a@b.c' });
    expect(await versions.map(({ _id, name }) => [_id.version, name]).toArray()).toEqual(
      expect.arrayContaining([
        [1, 'Ada'],
        [2, 'Ada L.'],
        [3, 'Ada King'],
      ]),
    );
  });

  it('a target that only changes hands never ends in between', async () => {
    await sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    const before = await people();
    await sync(
      'links',
      [],
      [
        {
          _key: 'l',
          _type: 'linked',
          _class: 'HAS',
          _fromEntityId: before[0]?._id,
          _toEntityId: before[0]?._id,
        },
      ],
    );
    const renamed = await sync('it', [user('renamed')], [isPerson('renamed', 'a@b.c')]);
    expect(counts(renamed)).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numEntitiesDeleted: 1,
      numMappedRelationshipsCreated: 1,
      numMappedRelationshipsDeleted: 1,
    });
    expect(await people()).toEqual(before);
    expect((await list('/relationships')).map(({ _key }) => _key)).toContain('l');
  });

  it('is made again by the next job of its scope when someone else ended what it had', async () => {
    const skipping = isPerson('u1', 'a@b.c', { skipTargetCreation: true });
    const owner = [{ _key: 'p1', ...person('a@b.c') }];
    await sync('hr', owner, []);
    await sync('it', [user('u1')], [skipping]);
    expect(counts(await sync('hr', [], []))).toMatchObject({ numMappedRelationshipsDeleted: 1 });
    await sync('hr', owner, []);
    expect(await list('/relationships')).toEqual([]);
    expect(counts(await sync('it', [user('u1')], [skipping]))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsCreated: 1,
    });
    const [relationship] = await list('/relationships');
    const byId = await api.sync(
      { source: 'api', scope: 'other', syncMode: 'CREATE_OR_UPDATE' },
      { deleteRelationships: [{ _id: relationship?._id }] },
    );
    expect(counts(byId)).toEqual({ status: 'FINISHED', numMappedRelationshipsDeleted: 1 });
    expect(counts(await sync('it', [user('u1')], [skipping]))).toMatchObject({ numMappedRelationshipsCreated: 1 });
    expect(counts(await sync('it', [user('u1')], [skipping]))).toEqual({ status: 'FINISHED' });
  });

  it('merges in CREATE_OR_UPDATE, and is deleted by the key that was uploaded', async () => {
    const merging = { syncMode: 'CREATE_OR_UPDATE' };
    await sync('it', [user('u1')], [isPerson('u1', 'a@b.c', {}, { a: 1 })], merging);
    const updated = await sync('it', [], [{ _key: 'u1|is|person', a: null, b: 2 }], merging);
    expect(counts(updated)).toEqual({ status: 'FINISHED', numMappedRelationshipsUpdated: 1 });
    const [relationship] = await list('/relationships');
    expect(relationship).toMatchObject({ b: 2, displayName: 'IS' });
    expect(relationship).not.toHaveProperty('a');
    expect(counts(await sync('it', [], [isPerson('u1', 'a@b.c')], merging))).toEqual({ status: 'FINISHED' });
    const deleted = await api.sync(
      { source: 'api', scope: 'it', ...merging },
      { deleteRelationships: [{ _key: 'u1|is|person' }, { _key: 'unknown' }] },
    );
    expect(counts(deleted)).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsDeleted: 1,
      numRelationshipDeleteErrors: 1,
    });
    expect(await people()).toEqual([]);
  });

  it('a key may turn from a mapped into a plain relationship and back', async () => {
    const entities = [user('u1'), user('u2')];
    const plain = { _key: 'u1|is|person', _type: 't', _class: 'IS', _fromEntityKey: 'u1', _toEntityKey: 'u2' };
    await sync('it', entities, [plain]);
    for (let turn = 0; turn < 2; turn++) {
      expect(counts(await sync('it', entities, [isPerson('u1', 'a@b.c')]))).toEqual({
        status: 'FINISHED',
        numRelationshipsDeleted: 1,
        numMappedRelationshipsCreated: 1,
      });
      expect(counts(await sync('it', entities, [isPerson('u1', 'a@b.c')]))).toEqual({ status: 'FINISHED' });
      expect(counts(await sync('it', entities, [plain]))).toEqual({
        status: 'FINISHED',
        numRelationshipsCreated: 1,
        numMappedRelationshipsDeleted: 1,
      });
      expect(counts(await sync('it', entities, [plain]))).toEqual({ status: 'FINISHED' });
      expect(await list('/relationships')).toHaveLength(1);
    }
    expect(counts(await sync('it', entities, []))).toEqual({ status: 'FINISHED', numRelationshipsDeleted: 1 });
  });

  it('keeps the contributors of partial datasets', async () => {
    await sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    const kept = await api.sync(
      { source: 'api', scope: 'it' },
      { entities: [user('u1')] },
      { partialDatasets: { types: ['acme_user_is_person'] } },
    );
    expect(counts(kept)).toEqual({ status: 'FINISHED' });
    expect(counts(await sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]))).toEqual({ status: 'FINISHED' });
    expect(counts(await sync('it', [user('u1')], []))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsDeleted: 1,
    });
  });

  it('refuses what cannot be looked for, and leaves the rest of the upload alone', async () => {
    const job = await sync(
      'it',
      [user('u1'), user('u2')],
      [isPerson('u1', 'a@b.c', { targetFilterKeys: [['_class', 'phone'], ['_id']] }), isPerson('u2', 'a@b.c')],
    );
    expect(counts(job)).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 2,
      numMappedRelationshipsCreated: 1,
      numMappedRelationshipCreateErrors: 1,
    });
    expect(job.report).toEqual([
      { where: 'relationship u1|is|person', what: 'targetEntity has no values for any of targetFilterKeys' },
    ]);
  });

  it('another account neither matches nor changes', async () => {
    const other = new ApiClient({ ...liveProduct(), ...(await newAccount(database)) });
    const objects = {
      entities: [user('u1'), { _key: 'p1', ...person('a@b.c') }],
      relationships: [isPerson('u1', 'x@y.z')],
    };
    await other.sync({ source: 'api', scope: 'it' }, objects);
    const before = [await list('/entities', other), await list('/relationships', other)];
    await sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    expect(await people()).toHaveLength(1);
    await sync('it', [], []);
    expect([await list('/entities', other), await list('/relationships', other)]).toEqual(before);
  });

  it('jobs of many scopes at once make one target and lose no contributor', async () => {
    const scopes = Array.from({ length: 8 }, (_, n) => `s${n}`);
    const emails = Array.from({ length: 5 }, (_, n) => `p${n}@b.c`);
    const says = (scope: string) =>
      emails.map((email, n) => ({
        ...isPerson('u1', email, { targetEntity: person(email, { [scope]: n }) }),
        _key: `u1|is|${email}`,
      }));
    const jobs = await Promise.all(scopes.map(async (scope) => await sync(scope, [user('u1')], says(scope))));
    for (const job of jobs) {
      expect(counts(job)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 5 });
    }
    const merged = await people();
    expect(merged).toHaveLength(emails.length);
    for (const { email, ...target } of merged) {
      const n = emails.indexOf(String(email));
      expect(target).toMatchObject(Object.fromEntries(scopes.map((scope) => [scope, n])));
    }
    await Promise.all(scopes.map(async (scope) => await sync(scope, [user('u1')], [])));
    expect(await people()).toEqual([]);
    expect(await list('/relationships')).toEqual([]);
    const { _accountId: account } = (await list('/entities'))[0] ?? {};
    expect(await database.collections.unsettledTargets.countDocuments({ account: String(account) })).toBe(0);
  });

  it('jobs at once whose filters differ make one target where each would match that of the other', async () => {
    for (let round = 0; round < 5; round++) {
      const email = `p${round}@b.c`;
      const login = `login${round}`;
      const targetEntity = person(email, { login });
      const jobs = ['email', 'login', 'email', 'login'].map(
        async (name, n) =>
          await sync(
            `s${n}`,
            [user('u1')],
            [isPerson('u1', email, { targetEntity, targetFilterKeys: [['_class', name]] })],
          ),
      );
      await Promise.all(jobs);
      expect(await people()).toMatchObject([{ email, login }]);
    }
  });
});
