import { randomUUID } from 'node:crypto';
import { useLiveClient } from './live-client';
import { dataOf, pythonGraph, type Row } from './client-calls';
import { pythonTests } from './with-python';

jest.setTimeout(60_000);

type Json = Record<string, unknown>;

const host = (n: number) => ({
  _key: `host:${n}`,
  _type: 'fleet_host',
  _class: 'Host',
  displayName: `host-${n}`,
  index: n,
  'tag.Team': n % 2 === 0 ? 'red' : 'blue',
});
const user = { _key: 'user:1', _type: 'fleet_user', _class: 'User', displayName: 'ada' };
const has = (n: number) => ({
  _key: `user:1|has|host:${n}`,
  _type: 'fleet_user_has_host',
  _class: 'HAS',
  _fromEntityKey: 'user:1',
  _toEntityKey: `host:${n}`,
});

const { withPython, install } = pythonTests('the Python client');

describe('the Python client 2.4.0 asks', () => {
  let python: string;
  const live = useLiveClient(async () => {
    python = await install();
  });
  const { client, results } = pythonGraph(live, () => python);

  const indexes = (rows: readonly Row[]): unknown[] =>
    rows.map(({ properties }) => properties['index']).sort((a, b) => Number(a) - Number(b));
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

  async function fleet(hosts: number): Promise<void> {
    const numbers = upTo(hosts);
    await live.account.api.sync(
      { source: 'api', scope: 'fleet' },
      { entities: [...numbers.map(host), user], relationships: numbers.slice(0, 3).map(has) },
    );
  }

  withPython('query_v1 pages by cursor, in parallel too, by skip and limit, and from a cursor on', async () => {
    await fleet(620);
    const query = 'FIND fleet_host';
    const { data } = (await live.account.api.ok('POST', '/graphql', {
      query: 'query ($query: String!) { queryV1(query: $query) { data cursor } }',
      variables: { query },
    })) as { data: { queryV1: { data: Row[]; cursor: string } } };
    const [whole, limited, parallel, skipped, rest, table, counted, tree] = await results([
      ['query_v1', { query }],
      ['query_v1', { query: `${query} LIMIT 300` }],
      ['_cursor_query', { query, max_workers: 4 }],
      ['query_v1', { query, skip: 250, limit: 250 }],
      ['query_v1', { query, cursor: data.queryV1.cursor }],
      ['query_v1', { query: `${query} AS h RETURN h.displayName AS name, h.tag.Team ORDER BY h.index LIMIT 2` }],
      ['query_v1', { query: `${query} AS h RETURN count(h) AS n` }],
      ['query_v1', { query: 'FIND fleet_user THAT HAS fleet_host RETURN TREE' }],
    ]);
    const rows = dataOf<Row>(whole);
    expect(indexes(rows)).toEqual(upTo(620));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(620);
    expect(rows[0]).toMatchObject({
      id: rows[0]?.entity['_id'],
      entity: {
        _type: ['fleet_host'],
        _class: ['Host'],
        _source: 'api',
        _deleted: false,
        displayName: `host-${String(rows[0]?.properties['index'])}`,
      },
    });
    expect(dataOf<Row>(limited)).toHaveLength(300);
    expect(indexes(dataOf<Row>(parallel))).toEqual(upTo(620));
    expect(indexes(dataOf<Row>(skipped))).toEqual(upTo(620));
    expect(indexes([...data.queryV1.data, ...dataOf<Row>(rest)])).toEqual(upTo(620));
    expect(dataOf(table)).toEqual([
      { name: 'host-0', 'h.tag.Team': 'red' },
      { name: 'host-1', 'h.tag.Team': 'blue' },
    ]);
    expect(dataOf(counted)).toEqual([{ n: 620 }]);
    const { vertices, edges } = tree as { vertices: unknown[]; edges: unknown[] };
    expect([vertices.length, edges.length]).toEqual([4, 3]);
  });

  withPython('query_v1 shows deleted entities only when asked', async () => {
    await fleet(3);
    await fleet(2);
    const query = 'FIND fleet_host';
    const [live, all] = await results([
      ['query_v1', { query }],
      ['query_v1', { query, include_deleted: true }],
    ]);
    expect(indexes(dataOf<Row>(live))).toEqual([0, 1]);
    expect(indexes(dataOf<Row>(all))).toEqual([0, 1, 2]);
  });

  withPython('query_with_deferred_response gets every row once, of lists and of tables', async () => {
    await fleet(620);
    const [list, table] = await results([
      ['query_with_deferred_response', { query: 'FIND fleet_host' }],
      ['query_with_deferred_response', { query: 'FIND fleet_host AS h RETURN h.index AS n ORDER BY h.index DESC' }],
    ]);
    expect(indexes(list as Row[])).toEqual(upTo(620));
    expect((table as { n: number }[]).map(({ n }) => n)).toEqual(upTo(620).toReversed());
  });

  withPython('names of properties and tags are those of the graph', async () => {
    await fleet(2);
    const [properties, tags] = await results([
      ['fetch_all_entity_properties', {}],
      ['fetch_all_entity_tags', {}],
    ]);
    expect(properties).toEqual(expect.arrayContaining(['displayName', 'index']));
    expect(properties).not.toContain('tag.Team');
    expect(tags).toEqual(['tag.Team']);
  });

  withPython('raw data comes with its state, and without an error where there is none', async () => {
    const raw = {
      config: { body: { n: [1, 'x'] }, contentType: 'application/json' },
      page: { body: '<p>', contentType: 'text/html' },
    };
    const instance = `instance-${randomUUID()}`;
    await live.account.api.sync(
      { source: 'integration-managed', integrationInstanceId: instance },
      { entities: [{ ...host(1), _rawData: raw }, host(2)] },
    );
    await live.account.api.sync({ source: 'api', scope: 's' }, { entities: [user] });
    const { entities } = await live.account.graph();
    const idOf = (key: string) => String(entities.get(key)?.['_id']);
    const address = {
      source: 'integration-managed',
      integration_instance_id: instance,
      entity_key: 'host:1',
      entity_type: 'fleet_host',
    };
    const [found, addressed, old, bare, ofUser, unknown] = await results([
      ['fetch_entity_raw_data_v2', { entity_id: idOf('host:1') }],
      ['fetch_entity_raw_data_v2', { entity_id: idOf('host:1'), ...address }],
      ['fetch_entity_raw_data', { entity_id: idOf('host:1') }],
      ['fetch_entity_raw_data_v2', { entity_id: idOf('host:2') }],
      ['fetch_entity_raw_data_v2', { entity_id: idOf('user:1') }],
      ['fetch_entity_raw_data_v2', { entity_id: randomUUID(), ...address }],
    ]);
    const available = {
      entityId: idOf('host:1'),
      status: 'AVAILABLE',
      message: null,
      collectedAt: expect.stringMatching(/^\d{4}-/) as string,
      payload: [
        { name: 'config', contentType: 'application/json', data: { n: [1, 'x'] } },
        { name: 'page', contentType: 'text/html', data: '<p>' },
      ],
    };
    expect(found).toEqual(available);
    expect(addressed).toEqual(available);
    expect((old as { data: Json }).data['entityRawDataLegacy']).toEqual(available);
    for (const nothing of [bare, ofUser, unknown]) {
      expect(nothing).toMatchObject({ status: 'NOT_AVAILABLE_OR_EXPIRED', payload: [] });
    }
  });

  withPython('errors reach the caller in words', async () => {
    const [unreadable, cursor] = await client([
      ['query_v1', { query: 'FIND fleet_host wth x = 1' }],
      ['query_v1', { query: 'FIND fleet_host', cursor: 'not-a-cursor' }],
    ]);
    expect(unreadable?.error).toMatch(/line 1 column 17.*wth/s);
    expect(cursor?.error).toMatch(/CURSOR_INVALID/);
    const [refused] = await client([['query_v1', { query: 'FIND fleet_host' }]], 'not-a-token-of-this-account');
    expect(refused?.error).toContain('401: Unauthorized');
  });
});
