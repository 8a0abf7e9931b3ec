import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { isPerson, mappedAccount, outcome, person, user, type Json } from '../../support/mapped-objects';

describe('mapped relationships', () => {
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

  it('matches an entity of any scope and leaves it as it is', async () => {
    await of.sync('hr', [{ _key: 'p1', ...person('a@b.c', { name: 'Ada' }) }], []);
    const job = await of.sync(
      'it',
      [user('u1')],
      [isPerson('u1', 'a@b.c', { targetEntity: person('a@b.c', { name: 'X' }) })],
    );
    expect(outcome(job)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 1 });
    const [relationship] = await of.relationships();
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

  it('is not evaluated again when a target appears later, but when the contributor changes', async () => {
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c', { skipTargetCreation: true })]);
    expect(await of.relationships()).toEqual([]);
    await of.sync('hr', [{ _key: 'p1', ...person('a@b.c') }], []);
    const again = await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c', { skipTargetCreation: true })]);
    expect(outcome(again)).toEqual({ status: 'FINISHED' });
    const changed = isPerson('u1', 'a@b.c', { skipTargetCreation: true }, { since: 2026 });
    expect(outcome(await of.sync('it', [user('u1')], [changed]))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsCreated: 1,
    });
    const later = isPerson('u1', 'a@b.c', { skipTargetCreation: true }, { since: 2027 });
    expect(outcome(await of.sync('it', [user('u1')], [later]))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsUpdated: 1,
    });
    expect(await of.relationships()).toMatchObject([{ since: 2027, _version: 2 }]);
  });

  it('relates to each of many, tries alternatives in turn, and takes lists as sets', async () => {
    const group = (key: string, more: Json) => ({ _key: key, _type: 'group', _class: ['Group', 'Team'], ...more });
    await of.sync(
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
    const job = await of.sync(
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
    expect(outcome(job)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 4 });
    const ends = (await of.relationships()).map(({ _fromEntityKey, _toEntityKey }) => [_fromEntityKey, _toEntityKey]);
    expect(ends.sort()).toEqual([
      ['g1', 'u1'],
      ['g2', 'u1'],
      ['g3', 'u1'],
      ['g3', 'u1'],
    ]);
  });

  it('follows its contributor: another target, another direction, the end', async () => {
    await of.sync('it', [user('u1'), user('u2')], [isPerson('u1', 'a@b.c'), isPerson('u2', 'd@e.f')]);
    const turned = isPerson('u1', 'a@b.c', { relationshipDirection: 'REVERSE' });
    const moved = await of.sync('it', [user('u1'), user('u2')], [turned, isPerson('u2', 'new@e.f')]);
    expect(outcome(moved)).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsCreated: 2,
      numMappedRelationshipsDeleted: 2,
    });
    expect((await of.people()).map(({ email }) => email).sort()).toEqual(['a@b.c', 'new@e.f']);
    const gone = await of.sync('it', [user('u1'), user('u2')], [turned]);
    expect(outcome(gone)).toEqual({ status: 'FINISHED', numMappedRelationshipsDeleted: 1 });
    expect((await of.people()).map(({ email }) => email)).toEqual(['a@b.c']);
    const without = await of.sync('it', [user('u2')], []);
    expect(outcome(without)).toEqual({ status: 'FINISHED', numEntitiesDeleted: 1, numMappedRelationshipsDeleted: 1 });
    expect(await of.people()).toEqual([]);
    const back = await of.sync('it', [user('u1'), user('u2')], [turned]);
    expect(outcome(back)).toEqual({ status: 'FINISHED', numEntitiesCreated: 1, numMappedRelationshipsCreated: 1 });
    // Version 2 began when it came back; what it was before is kept.
    expect(await of.people()).toMatchObject([{ _version: 2 }]);
  });

  it('is made again by the next job of its scope when someone else ended what it had', async () => {
    const skipping = isPerson('u1', 'a@b.c', { skipTargetCreation: true });
    const owner = [{ _key: 'p1', ...person('a@b.c') }];
    await of.sync('hr', owner, []);
    await of.sync('it', [user('u1')], [skipping]);
    expect(outcome(await of.sync('hr', [], []))).toMatchObject({ numMappedRelationshipsDeleted: 1 });
    await of.sync('hr', owner, []);
    expect(await of.relationships()).toEqual([]);
    expect(outcome(await of.sync('it', [user('u1')], [skipping]))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsCreated: 1,
    });
    const [relationship] = await of.relationships();
    const byId = await of.api.sync(
      { source: 'api', scope: 'other', syncMode: 'CREATE_OR_UPDATE' },
      { deleteRelationships: [{ _id: relationship?._id }] },
    );
    expect(outcome(byId)).toEqual({ status: 'FINISHED', numMappedRelationshipsDeleted: 1 });
    expect(outcome(await of.sync('it', [user('u1')], [skipping]))).toMatchObject({ numMappedRelationshipsCreated: 1 });
    expect(outcome(await of.sync('it', [user('u1')], [skipping]))).toEqual({ status: 'FINISHED' });
  });

  it('merges in CREATE_OR_UPDATE, and is deleted by the key that was uploaded', async () => {
    const merging = { syncMode: 'CREATE_OR_UPDATE' };
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c', {}, { a: 1 })], merging);
    const updated = await of.sync('it', [], [{ _key: 'u1|is|person', a: null, b: 2 }], merging);
    expect(outcome(updated)).toEqual({ status: 'FINISHED', numMappedRelationshipsUpdated: 1 });
    const [relationship] = await of.relationships();
    expect(relationship).toMatchObject({ b: 2, displayName: 'IS' });
    expect(relationship).not.toHaveProperty('a');
    expect(outcome(await of.sync('it', [], [isPerson('u1', 'a@b.c')], merging))).toEqual({ status: 'FINISHED' });
    const deleted = await of.api.sync(
      { source: 'api', scope: 'it', ...merging },
      { deleteRelationships: [{ _key: 'u1|is|person' }, { _key: 'unknown' }] },
    );
    expect(outcome(deleted)).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsDeleted: 1,
      numRelationshipDeleteErrors: 1,
    });
    expect(await of.people()).toEqual([]);
  });

  it('a key may turn from a mapped into a plain relationship and back', async () => {
    const entities = [user('u1'), user('u2')];
    const plain = { _key: 'u1|is|person', _type: 't', _class: 'IS', _fromEntityKey: 'u1', _toEntityKey: 'u2' };
    await of.sync('it', entities, [plain]);
    for (let turn = 0; turn < 2; turn++) {
      expect(outcome(await of.sync('it', entities, [isPerson('u1', 'a@b.c')]))).toEqual({
        status: 'FINISHED',
        numRelationshipsDeleted: 1,
        numMappedRelationshipsCreated: 1,
      });
      expect(outcome(await of.sync('it', entities, [isPerson('u1', 'a@b.c')]))).toEqual({ status: 'FINISHED' });
      expect(outcome(await of.sync('it', entities, [plain]))).toEqual({
        status: 'FINISHED',
        numRelationshipsCreated: 1,
        numMappedRelationshipsDeleted: 1,
      });
      expect(outcome(await of.sync('it', entities, [plain]))).toEqual({ status: 'FINISHED' });
      expect(await of.relationships()).toHaveLength(1);
    }
    expect(outcome(await of.sync('it', entities, []))).toEqual({ status: 'FINISHED', numRelationshipsDeleted: 1 });
  });

  it('keeps the contributors of partial datasets', async () => {
    await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]);
    const kept = await of.api.sync(
      { source: 'api', scope: 'it' },
      { entities: [user('u1')] },
      { partialDatasets: { types: ['acme_user_is_person'] } },
    );
    expect(outcome(kept)).toEqual({ status: 'FINISHED' });
    expect(outcome(await of.sync('it', [user('u1')], [isPerson('u1', 'a@b.c')]))).toEqual({ status: 'FINISHED' });
    expect(outcome(await of.sync('it', [user('u1')], []))).toEqual({
      status: 'FINISHED',
      numMappedRelationshipsDeleted: 1,
    });
  });

  it('refuses what cannot be looked for, and leaves the rest of the upload alone', async () => {
    const job = await of.sync(
      'it',
      [user('u1'), user('u2')],
      [isPerson('u1', 'a@b.c', { targetFilterKeys: [['_class', 'phone'], ['_id']] }), isPerson('u2', 'a@b.c')],
    );
    expect(outcome(job)).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 2,
      numMappedRelationshipsCreated: 1,
      numMappedRelationshipCreateErrors: 1,
    });
    expect(job.report).toEqual([
      { where: 'relationship u1|is|person', what: 'targetEntity has no values for any of targetFilterKeys' },
    ]);
  });

  it('refuses a filter that more than 1,000 entities match', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ _key: `h${n}`, _type: 'host', _class: 'Host' }));
    const all = { targetFilterKeys: [['_class']], targetEntity: { _class: 'Host' } };
    await of.sync('hosts', many(1_001), []);
    const refused = await of.sync('it', [user('u1')], [isPerson('u1', '', all)]);
    expect(outcome(refused)).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numMappedRelationshipCreateErrors: 1,
    });
    expect(refused.report).toEqual([
      { where: 'relationship u1|is|person', what: 'its filter matches more than 1000 entities' },
    ]);
    await of.sync('hosts', many(1_000), []);
    // Nothing of it was kept, so it is looked at again.
    const taken = await of.sync('it', [user('u1')], [isPerson('u1', '', all)]);
    expect(outcome(taken)).toEqual({ status: 'FINISHED', numMappedRelationshipsCreated: 1_000 });
    const gone = await of.sync('it', [], []);
    expect(outcome(gone)).toEqual({
      status: 'FINISHED',
      numEntitiesDeleted: 1,
      numMappedRelationshipsDeleted: 1_000,
    });
  });

  it('knows a mapping by any spelling of its name, and names with dots and dollars', async () => {
    const targetEntity = { _class: 'Person', _type: 'person', 'tag.Mail': 'a@b.c', $x: 1 };
    await of.sync('hr', [{ ...targetEntity, _key: 'p1' }], []);
    const { _mapping, ...rest } = isPerson('u1', '', { targetEntity, targetFilterKeys: [['tag.Mail', '$x']] });
    const text = JSON.stringify({ entities: [user('u1')], relationships: [{ ...rest, mapping: _mapping }] });
    const { id } = await of.api.start({ source: 'api', scope: 'it' });
    const path = `/persister/synchronization/jobs/${id}/upload`;
    await of.api.ok('POST', path, text.replace('"mapping"', '"\\u005fmapping"'));
    await of.api.finalize(id);
    expect(outcome(await of.api.untilEnded(id))).toEqual({
      status: 'FINISHED',
      numEntitiesCreated: 1,
      numMappedRelationshipsCreated: 1,
    });
    expect(await of.relationships()).toMatchObject([{ _toEntityKey: 'p1' }]);
  });
});
