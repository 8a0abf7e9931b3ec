import type { Database } from '../../../src/adapters/mongo/database';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';

const count = 700;
const hosts = (round: number) =>
  Array.from({ length: count }, (_, i) => i + round * 100).map((i) => ({
    _key: `host:${i}`,
    _type: 'host',
    _class: 'Host',
    n: i,
    round,
  }));
const relationships = (round: number) =>
  hosts(round)
    .slice(1)
    .map(({ _key }, i) => ({
      _key: `link:${_key}`,
      _type: 'links',
      _class: 'CONNECTS',
      _fromEntityKey: _key,
      _toEntityKey: `host:${i + round * 100}`,
    }));

interface Page {
  readonly data: readonly Record<string, unknown>[];
  readonly cursor: string | null;
}

describe('pages of a query while a job rewrites its scope', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  it.each([
    ['a list', 'FIND Host'],
    ['paths', 'FIND Host AS a THAT CONNECTS >> Host AS b RETURN a.n, a.round, b.n, b.round'],
    ['rows in order', 'FIND Host AS h RETURN h.n, h.round ORDER BY h.n DESC'],
    ['groups', 'FIND Host AS h RETURN h.n, h.round, COUNT(h) AS count'],
  ])('show one point in time: %s', async (_what, query) => {
    const api = new ApiClient({ ...liveProduct(), ...(await newAccount(database)) });
    const sync = async (round: number): Promise<void> => {
      const objects = { entities: hosts(round), relationships: relationships(round) };
      await api.sync({ source: 'api', scope: 'hosts', syncMode: 'DIFF' }, objects);
    };
    const page = async (cursor: string | null): Promise<Page> => {
      const document = 'query ($q: String!, $c: String) { queryV1(query: $q, cursor: $c) { data cursor } }';
      const answer = await api.ok('POST', '/graphql', { query: document, variables: { q: query, c: cursor } });
      expect(answer).not.toHaveProperty('errors');
      return (answer.data as { queryV1: Page }).queryV1;
    };
    const all = async (between: (cursor: string) => Promise<void>): Promise<readonly string[]> => {
      const rows: string[] = [];
      for (let cursor: string | null = null; ; await between(cursor)) {
        const { data, cursor: next }: Page = await page(cursor);
        rows.push(...data.map((row) => JSON.stringify(row)));
        if (next === null) return rows;
        cursor = next;
      }
    };
    await sync(0);
    const quiet = await all(async () => await Promise.resolve());
    expect(new Set(quiet).size).toBe(quiet.length);
    expect(quiet.length).toBeGreaterThanOrEqual(count - 1);
    let round = 0;
    // Each job changes every object, ends some and makes others.
    const disturbed = await all(async () => await sync(++round));
    expect(round).toBeGreaterThanOrEqual(2);
    expect(disturbed).toEqual(quiet);
    const afterwards = await all(async () => await Promise.resolve());
    expect(afterwards.length).toBe(quiet.length);
    expect(afterwards.some((row) => quiet.includes(row))).toBe(false);
  });
});
