import type { Binary } from 'mongodb';
import type { Database } from '../../src/adapters/mongo/database';
import { ApiClient } from '../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../support/live-product';

const entity = (key: string, more: object = {}) => ({
  _key: key,
  _type: 'thing',
  _class: 'Thing',
  displayName: key,
  ...more,
});
const relationship = (key: string, from: string, to: string, more: object = {}) => ({
  _key: key,
  _type: 'thing_has_thing',
  _class: 'HAS',
  _fromEntityKey: from,
  _toEntityKey: to,
  ...more,
});

describe('a synchronization job', () => {
  let database: Database;
  let api: ApiClient;
  let account: string;

  beforeAll(async () => {
    database = openLiveDatabase();
    const credentials = await newAccount(database);
    account = credentials.account;
    api = new ApiClient({ ...liveProduct(), ...credentials });
  });
  afterAll(async () => {
    await database.client.close();
  });

  const diff = (scope: string) => ({ source: 'api', scope, syncMode: 'DIFF' });
  const live = async (scope: string) =>
    await database.collections.entities
      .find({ _accountId: account, _scope: scope, _deleted: false })
      .sort({ _key: 1 })
      .toArray();
  const versionsOf = async (id: Binary) =>
    await database.collections.entityVersions
      .find({ _id: { $gte: { id, version: 0 }, $lte: { id, version: 1e9 } } })
      .toArray();

  it('creates, leaves alone, updates and deletes exactly what differs', async () => {
    const scope = 'diff';
    const first = await api.sync(diff(scope), {
      entities: [entity('a'), entity('b', { n: 1, 'tag.Name': 'x' }), entity('c')],
      relationships: [relationship('r1', 'a', 'b'), relationship('r2', 'b', 'c')],
    });
    expect(first).toMatchObject({
      status: 'FINISHED',
      numEntitiesUploaded: 3,
      numEntitiesCreated: 3,
      numRelationshipsCreated: 2,
      numEntitiesUpdated: 0,
      numEntitiesDeleted: 0,
    });
    const second = await api.sync(diff(scope), {
      entities: [entity('a'), { 'tag.Name': 'x', n: 1, ...entity('b') }, entity('c')],
      relationships: [relationship('r1', 'a', 'b'), relationship('r2', 'b', 'c')],
    });
    expect(second).toMatchObject({
      numEntitiesCreated: 0,
      numEntitiesUpdated: 0,
      numEntitiesDeleted: 0,
      numRelationshipsUpdated: 0,
    });
    expect((await live(scope)).map(({ _version }) => _version)).toEqual([1, 1, 1]);

    const third = await api.sync(diff(scope), {
      entities: [entity('a'), entity('b', { n: 2 })],
      relationships: [relationship('r1', 'a', 'b'), relationship('r2', 'b', 'c')],
    });
    expect(third).toMatchObject({
      numEntitiesUpdated: 1,
      numEntitiesDeleted: 1,
      numRelationshipsDeleted: 1,
      numRelationshipCreateErrors: 1,
    });
    expect(third.report[0]?.what).toContain('_toEntityKey "c" names no entity');
    const [, b] = await live(scope);
    expect(b).toMatchObject({ _key: 'b', n: 2, _version: 2 });
    expect(b).not.toHaveProperty('tag．Name');
    const [ended] = await versionsOf((b as NonNullable<typeof b>)._id);
    expect(ended).toMatchObject({ n: 1, _version: 1, _endOn: b?._beginOn });

    const fourth = await api.sync(diff(scope), { entities: [entity('a'), entity('b', { n: 2 }), entity('c')] });
    expect(fourth).toMatchObject({ numEntitiesCreated: 1, numEntitiesUpdated: 0, numRelationshipsDeleted: 1 });
    const [, , c] = await live(scope);
    expect(c).toMatchObject({
      _key: 'c',
      _version: 2,
      _createdOn: first.startTimestamp < (c?._createdOn ?? 0) ? c?._createdOn : 0,
    });

    const empty = await api.sync(diff(scope), {});
    expect(empty).toMatchObject({ numEntitiesDeleted: 3, numRelationshipsDeleted: 0 });
    expect(await live(scope)).toEqual([]);
  });

  it('handles more objects at once than any first guess of a buffer holds', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => entity(`many-${i}`));
    const ends = many.slice(1).map(({ _key }) => relationship(`first|${_key}`, 'many-0', _key));
    const created = await api.sync(diff('many'), { entities: many, relationships: ends });
    expect(created).toMatchObject({ status: 'FINISHED', numEntitiesCreated: 5_000, numRelationshipsCreated: 4_999 });
    const same = await api.sync(diff('many'), { entities: many, relationships: ends });
    expect(same).toMatchObject({ numEntitiesCreated: 0, numEntitiesDeleted: 0, numRelationshipsCreated: 0 });
    const emptied = await api.sync(diff('many'), {});
    expect(emptied).toMatchObject({ status: 'FINISHED', numEntitiesDeleted: 5_000, numRelationshipsDeleted: 4_999 });
    expect(await live('many')).toEqual([]);
  });

  it('keeps absent objects of partial types', async () => {
    const scope = 'partial';
    await api.sync(diff(scope), { entities: [entity('a'), entity('b', { _type: 'other' })] });
    const job = await api.sync(diff(scope), {}, { partialDatasets: { types: ['other'] } });
    expect(job).toMatchObject({ numEntitiesDeleted: 1, partialTypes: ['other'] });
    expect((await live(scope)).map(({ _key }) => _key)).toEqual(['b']);
  });

  it('merges in CREATE_OR_UPDATE, removes by null, deletes by key and id', async () => {
    const start = { source: 'api', scope: 'merge', syncMode: 'CREATE_OR_UPDATE' };
    await api.sync(start, { entities: [entity('a', { p: 1, q: 2 }), entity('b')] });
    const merged = await api.sync(start, { entities: [entity('a', { q: null, r: 3 })] });
    expect(merged).toMatchObject({ numEntitiesUpdated: 1, numEntitiesDeleted: 0 });
    const [a, b] = await live('merge');
    expect(a).toMatchObject({ p: 1, r: 3 });
    expect(a).not.toHaveProperty('q');
    const deleted = await api.sync(start, {
      deleteEntities: [
        { _key: 'a' },
        { _id: b?._id.toUUID().toString() },
        { _key: 'unknown' },
        { _id: 'example-uuid-01' },
      ],
    });
    expect(deleted).toMatchObject({ numEntitiesDeleted: 2, numEntityDeleteErrors: 2, status: 'FINISHED' });
  });

  it('ends in ERROR_BAD_DATA and changes nothing when two uploads disagree on a key', async () => {
    const { id } = await api.start(diff('duplicates'));
    await api.upload(id, { entities: [entity('a', { n: 1 }), entity('b')] });
    await api.upload(id, { entities: [entity('a', { n: 2 })] });
    await api.finalize(id);
    const job = await api.untilEnded(id);
    expect(job).toMatchObject({ status: 'ERROR_BAD_DATA', numEntitiesCreated: 0 });
    expect(job.report).toEqual([expect.objectContaining({ where: 'entity _key "a"' })]);
    expect(await live('duplicates')).toEqual([]);
  });

  it('takes the bulk file in at finalize', async () => {
    const { id } = await api.start(diff('bulk'));
    const { uploadUrl } = await api.ok('POST', `/persister/synchronization/jobs/${id}/uploadUrl`);
    const again = await api.ok('POST', `/persister/synchronization/jobs/${id}/uploadUrl`);
    expect(again.uploadUrl).toBe(uploadUrl);
    const put = await fetch(uploadUrl as string, {
      method: 'PUT',
      body: JSON.stringify({ entities: [entity('a'), entity('b')], relationships: [relationship('r', 'a', 'b')] }),
    });
    expect(put.status).toBe(200);
    await api.finalize(id);
    expect(await api.untilEnded(id)).toMatchObject({
      status: 'FINISHED',
      numEntitiesCreated: 2,
      numRelationshipsCreated: 1,
    });
  });

  it('refuses uploads after finalize, repeats finalize harmlessly, and hides jobs of other accounts', async () => {
    const { id } = await api.start(diff('closed'));
    await api.finalize(id);
    const late = await api.request('POST', `/persister/synchronization/jobs/${id}/entities`, {
      entities: [entity('a')],
    });
    expect(late.status).toBe(400);
    expect(late.body.error).toMatchObject({ code: 'JOB_NOT_AWAITING_UPLOADS' });
    await api.untilEnded(id);
    expect(await api.finalize(id)).toMatchObject({ status: 'FINISHED' });
    const stranger = new ApiClient({ ...liveProduct(), ...(await newAccount(database)) });
    expect((await stranger.request('GET', `/persister/synchronization/jobs/${id}`)).status).toBe(404);
  });
});
