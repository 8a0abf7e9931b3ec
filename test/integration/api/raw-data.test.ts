import { randomBytes } from 'node:crypto';
import type { Database } from '../../../src/adapters/mongo/database';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';

type Json = Readonly<Record<string, unknown>>;

const scope = { source: 'api', scope: 'fleet' };
const host = (more: Json = {}) => ({
  entities: [{ _key: 'host:1', _type: 'host', _class: 'Host', cores: 4, ...more }],
});
const config = { _rawData: { config: { body: { n: 1 }, contentType: 'application/json' } } };

describe('raw data and versions of the running product', () => {
  const { apiBaseUrl } = liveProduct();
  let database: Database;
  let credentials: { account: string; token: string };
  let api: ApiClient;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });
  beforeEach(async () => {
    credentials = await newAccount(database);
    api = new ApiClient({ apiBaseUrl, ...credentials });
  });

  /** @returns the path of the entity */
  async function upload(body: Json): Promise<string> {
    const job = await api.sync(scope, body);
    expect(job).toMatchObject({ status: 'FINISHED', report: [] });
    const { items } = (await api.ok('GET', '/entities')) as { items: { _id: string }[] };
    return `/entities/${items[0]?._id}`;
  }

  async function download(path: string): Promise<{ status: number; type: string | null; bytes: Buffer }> {
    const { account, token } = credentials;
    const headers = { Authorization: `Bearer ${token}`, 'JupiterOne-Account': account };
    const response = await fetch(`${apiBaseUrl}${path}`, { headers });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get('content-type'), bytes };
  }

  it('keeps a megabyte of bytes as they are, once however many entries hold them', async () => {
    const entity = await upload(host());
    const content = randomBytes(1_000_000);
    for (const name of ['a', 'b/c ä']) {
      const path = `${entity}/raw-data/${encodeURIComponent(name)}`;
      const put = await api.ok('PUT', path, content, { 'Content-Type': 'application/x-tar' });
      expect(put).toMatchObject({ contentLength: 1_000_000, contentType: 'application/x-tar' });
      const { type, bytes } = await download(`${path}/versions/latest`);
      expect(type).toBe('application/x-tar');
      expect(bytes.equals(content)).toBe(true);
    }
    const stored = database.collections.rawContents.find({
      _id: { $gte: credentials.account, $lt: `${credentials.account}0` },
    });
    expect(await stored.toArray()).toHaveLength(1);
  });

  it('is put beside what a job brought; the next job restores its own, even with the same bytes', async () => {
    const entity = await upload(host(config));
    await api.ok('PUT', `${entity}/raw-data/config`, { n: 'edited' });
    await api.ok('PUT', `${entity}/raw-data/note`, 'mine', { 'Content-Type': 'text/plain' });
    const latest = async () => (await api.ok('GET', `${entity}/raw-data/config/versions/latest`)) as unknown;
    expect(await latest()).toEqual({ n: 'edited' });
    await upload(host(config));
    expect(await latest()).toEqual({ n: 1 });
    expect((await download(`${entity}/raw-data/note/versions/latest`)).bytes.toString()).toBe('mine');
    const { entries } = (await api.ok('GET', `${entity}/raw-data-versions`)) as { entries: Record<string, unknown[]> };
    expect([entries['config']?.length, entries['note']?.length]).toEqual([3, 1]);
    const { versions } = (await api.ok('GET', `${entity}/versions`)) as { versions: unknown[] };
    expect(versions).toHaveLength(1);

    // Nothing is left to look at: what is the same stays untouched.
    expect(await api.sync(scope, host(config))).toMatchObject({ numEntityRawDataEntriesUpdated: 0 });
    expect(((await api.ok('GET', `${entity}/raw-data-versions`)) as { entries: Json }).entries['config']).toHaveLength(
      3,
    );
  });

  it('takes puts and deletions of one entity at the same moment, and while jobs run', async () => {
    const entity = await upload(host(config));
    const puts = Array.from({ length: 12 }, async (_, n) => await api.ok('PUT', `${entity}/raw-data/e${n % 4}`, { n }));
    await Promise.all([
      ...puts,
      upload(host({ ...config, cores: 8 })),
      api.ok('PUT', `${entity}/raw-data/config`, { n: 2 }),
    ]);
    const { entries } = (await api.ok('GET', `${entity}/raw-data-versions`)) as {
      entries: Record<string, { versionId: string }[]>;
    };
    expect(['e0', 'e1', 'e2', 'e3'].map((name) => entries[name]?.length)).toEqual([3, 3, 3, 3]);
    for (const all of Object.values(entries))
      expect(new Set(all.map(({ versionId }) => versionId)).size).toBe(all.length);
    await Promise.all(['e0', 'e1'].map(async (name) => await api.ok('DELETE', `${entity}/raw-data/${name}`)));
    const present = (await api.ok('GET', `${entity}/raw-data`)) as { entries: Record<string, { deleted: boolean }> };
    expect(['e0', 'e1', 'e2'].map((name) => present.entries[name]?.deleted)).toEqual([true, true, false]);
  });

  it('tells what changed between two versions, and nothing to another account', async () => {
    const entity = await upload(host());
    await upload(host({ cores: 8, 'tag.Team': 'red' }));
    await upload({ entities: [] });
    expect(await api.ok('GET', `${entity}/versions/diff`)).toMatchObject({
      from: 1,
      to: 2,
      added: { 'tag.Team': 'red' },
      removed: {},
      changed: { cores: { from: 4, to: 8 } },
    });
    const { versions } = (await api.ok('GET', `${entity}/versions`)) as { versions: Json[] };
    expect(versions.map(({ _version, _deleted }) => [_version, _deleted])).toEqual([
      [2, true],
      [1, false],
    ]);
    const stranger = new ApiClient({ apiBaseUrl, ...(await newAccount(database)) });
    for (const path of ['versions', 'versions/1', 'versions/diff', 'raw-data', 'raw-data-versions']) {
      expect((await stranger.request('GET', `${entity}/${path}`)).status).toBe(404);
    }
    expect((await stranger.request('PUT', `${entity}/raw-data/x`, {})).status).toBe(404);
  });
});
