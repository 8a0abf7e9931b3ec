import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { isPerson, mappedAccount, outcome, person, user, type Json } from '../../support/mapped-objects';

describe('targets of mapped relationships', () => {
  let database: Database;
  let of: Awaited<ReturnType<typeof mappedAccount>>;

  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });
  beforeEach(async () => {
    of = await mappedAccount(database);
  });

  const entityOf = async (property: string, value: unknown) =>
    (await of.entities()).find((entity) => entity[property] === value);

  it('makes one target where none matches, and an unchanged job writes nothing', async () => {
    const objects = [[user('u1')], [isPerson('u1', 'a@b.c')]] as const;
    expect(outcome(await of.sync('it', ...objects))).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numMappedRelationshipsCreated: 1,
    });
    const before = [await of.entities(), await of.relationships()];
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
      expect(outcome(await of.sync('it', objects[0], spelling))).toEqual({ status: 'FINISHED' });
      expect([await of.entities(), await of.relationships()]).toEqual(before);
    }
    expect(await contributors()).toEqual(contributor);
  });

  it('goes with its source, whoever deletes that, and is an error without one', async () => {
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c'), isPerson('nobody', 'x@b.c')]).then((job) => {
      expect(outcome(job)).toEqual({
        status: 'FINISHED',
        numEntitiesCreated: 1,
        numMappedRelationshipsCreated: 1,
        numMappedRelationshipCreateErrors: 1,
      });
      expect(job.report).toEqual([
        { where: 'relationship nobody|is|person', what: expect.stringContaining('sourceEntityKey "nobody"') as string },
      ]);
    });
    const deleting = await of.api.sync(
      { source: 'api', scope: 'other', syncMode: 'CREATE_OR_UPDATE' },
      { deleteEntities: [{ _id: (await entityOf('_key', 'u1'))?._id }] },
    );
    expect(outcome(deleting)).toEqual({ status: 'FINISHED', numEntitiesDeleted: 1, numMappedRelationshipsDeleted: 1 });
    expect(await of.entities()).toEqual([]);
    expect(outcome(await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]))).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numMappedRelationshipsCreated: 1,
    });
  });

  it('a target gathers what several contributors say, and goes with the last of them', async () => {
    const says = (source: string, more: Json) => isPerson(source, 'a@b.c', { targetEntity: person('a@b.c', more) });
    await of.sync('one', [user('u1')], [says('u1', { name: 'Ada', title: 'Countess' })]);
    const second = await of.sync('two', [user('u2')], [says('u2', { name: 'Ada L.', phone: ['1', '2'] })]);
    expect(outcome(second)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 1 });
    const merged = { title: 'Countess', name: 'Ada L.', phone: ['1', '2'], _version: 2 };
    expect(await of.people()).toMatchObject([merged]);
    const [both] = await of.people();
    await of.sync('one', [user('u1')], [says('u1', { name: 'Ada King' })]);
    expect(await of.people()).toMatchObject([{ _id: both?._id, name: 'Ada King', phone: ['1', '2'], _version: 3 }]);
    expect((await of.people())[0]).not.toHaveProperty('title');
    await of.sync('two', [user('u2')], []);
    const [left] = await of.people();
    expect(left).toMatchObject({ _id: both?._id, name: 'Ada King', _version: 4 });
    expect(left).not.toHaveProperty('phone');
    await of.sync('one', [], []);
    expect(await of.people()).toEqual([]);
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
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    const before = await of.people();
    await of.sync(
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
    const renamed = await of.sync('it', [user('renamed')], [isPerson('renamed', 'a@b.c')]);
    expect(outcome(renamed)).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numEntitiesDeleted: 1,
      numMappedRelationshipsCreated: 1,
      numMappedRelationshipsDeleted: 1,
    });
    expect(await of.people()).toEqual(before);
    expect((await of.relationships()).map(({ _key }) => _key)).toContain('l');
  });

  it('another account neither matches nor changes', async () => {
    const other = await mappedAccount(database);
    await other.sync('it', [user('u1'), { _key: 'p1', ...person('a@b.c') }], [isPerson('u1', 'x@y.z')]);
    const before = [await other.entities(), await other.relationships()];
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    expect(await of.people()).toHaveLength(1);
    await of.sync('it', [], []);
    expect([await other.entities(), await other.relationships()]).toEqual(before);
  });

  it('jobs of many scopes at once make one target and lose no contributor', async () => {
    const scopes = Array.from({ length: 8 }, (_, n) => `s${n}`);
    const emails = Array.from({ length: 5 }, (_, n) => `p${n}@b.c`);
    const says = (scope: string) =>
      emails.map((email, n) => ({
        ...isPerson('u1', email, { targetEntity: person(email, { [scope]: n }) }),
        _key: `u1|is|${email}`,
      }));
    const jobs = await Promise.all(scopes.map(async (scope) => await of.sync(scope, [user('u1')], says(scope))));
    for (const job of jobs) {
      expect(outcome(job)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 5 });
    }
    const merged = await of.people();
    expect(merged).toHaveLength(emails.length);
    for (const { email, ...target } of merged) {
      const n = emails.indexOf(String(email));
      expect(target).toMatchObject(Object.fromEntries(scopes.map((scope) => [scope, n])));
    }
    await Promise.all(scopes.map(async (scope) => await of.sync(scope, [user('u1')], [])));
    expect(await of.people()).toEqual([]);
    expect(await of.relationships()).toEqual([]);
    expect(await database.collections.unsettledTargets.countDocuments({ account: of.account })).toBe(0);
  });

  it('jobs at once whose filters differ make one target where each would match that of the other', async () => {
    for (let round = 0; round < 5; round++) {
      const email = `p${round}@b.c`;
      const login = `login${round}`;
      const targetEntity = person(email, { login });
      const jobs = ['email', 'login', 'email', 'login'].map(
        async (name, n) =>
          await of.sync(
            `s${n}`,
            [user('u1')],
            [isPerson('u1', email, { targetEntity, targetFilterKeys: [['_class', name]] })],
          ),
      );
      await Promise.all(jobs);
      expect(await of.people()).toMatchObject([{ email, login }]);
    }
  });

  it('a target that no longer looks like what its first contributor wants is still the same one', async () => {
    const targetEntity = person('a@b.c', { login: 'ada' });
    await of.sync('one', [user('u1')], [isPerson('u1', 'a@b.c', { targetEntity })]);
    const renamed = { targetFilterKeys: [['login']], targetEntity: person('new@b.c', { login: 'ada' }) };
    await of.sync('two', [user('u2')], [isPerson('u2', '', renamed)]);
    const [target] = await of.people();
    expect(target).toMatchObject({ email: 'new@b.c', login: 'ada', _version: 2 });
    const again = await of.sync('one', [user('u1')], [isPerson('u1', 'a@b.c', { targetEntity }, { since: 1 })]);
    expect(outcome(again)).toEqual({ status: 'FINISHED', numMappedRelationshipsUpdated: 1 });
    expect(await of.people()).toMatchObject([{ _id: target?._id, email: 'a@b.c', _version: 3 }]);
  });

  it('a target deleted by its id comes back with the contributors that bring it back', async () => {
    const says = (key: string, n: number) => isPerson(key, 'a@b.c', { targetEntity: person('a@b.c', { [key]: n }) });
    await of.sync('one', [user('u1')], [says('u1', 1)]);
    await of.sync('two', [user('u2')], [says('u2', 2)]);
    const [target] = await of.people();
    const deleting = { source: 'api', scope: 'other', syncMode: 'CREATE_OR_UPDATE' };
    const deleted = await of.api.sync(deleting, { deleteEntities: [{ _id: target?._id }] });
    expect(outcome(deleted)).toEqual({ status: 'FINISHED', numEntitiesDeleted: 1, numMappedRelationshipsDeleted: 2 });
    expect(outcome(await of.sync('one', [user('u1')], [says('u1', 1)]))).toMatchObject({
      numMappedRelationshipsCreated: 1,
    });
    const [back] = await of.people();
    expect(back).toMatchObject({ _id: target?._id, _createdOn: target?._createdOn, u1: 1 });
    expect(back).not.toHaveProperty('u2');
    await of.sync('two', [user('u2')], [says('u2', 2)]);
    expect(await of.people()).toMatchObject([{ _id: target?._id, u1: 1, u2: 2 }]);
  });

  it('keeps values that are pinned on a target', async () => {
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    const [target] = await of.people();
    const pinning = { source: 'api', scope: 'pins', syncMode: 'OVERRIDE' };
    await of.api.sync(pinning, { entities: [{ _id: target?._id, phone: '1' }] });
    const more = { targetEntity: person('a@b.c', { name: 'Ada', phone: '2' }) };
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c', more)]);
    expect(await of.people()).toMatchObject([{ _id: target?._id, name: 'Ada', phone: '1' }]);
  });
});
