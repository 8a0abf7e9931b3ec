import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { clientsFolder } from './install-clients';
import { useLiveClient } from './live-client';
import { run } from './run-client';
import { pythonTests } from './with-python';

jest.setTimeout(60_000);

type Call = readonly [method: string, args: Readonly<Record<string, unknown>>];
interface Row {
  readonly id: string;
  readonly entity: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
}
type Json = Record<string, unknown>;

const of = (result: number, ...at: string[]) => ({ result, at });
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

describe('the Python client 2.4.0 on the graph', () => {
  let python: string;
  const live = useLiveClient(async () => {
    python = await install();
  });

  async function client(
    calls: readonly Call[],
    token = live.account.token,
  ): Promise<{ ok?: unknown; error?: string }[]> {
    const { code, stdout, output } = await run({
      command: python,
      args: [join(clientsFolder, 'python', 'graph.py')],
      stdin: JSON.stringify({ account: live.account.account, token, url: live.account.apiBaseUrl, calls }),
    });
    if (code !== 0) throw new Error(output);
    return JSON.parse(stdout) as { ok?: unknown; error?: string }[];
  }
  /** @throws unless every call succeeds. */
  async function results(calls: readonly Call[]): Promise<unknown[]> {
    const all = await client(calls);
    expect(all.map(({ error }) => error)).toEqual(calls.map(() => undefined));
    return all.map(({ ok }) => ok);
  }
  const dataOf = <T>(result: unknown): T[] => (result as { data: T[] }).data;
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
    const [whole, limited, parallel, skipped, table, counted, tree] = await results([
      ['query_v1', { query }],
      ['query_v1', { query: `${query} LIMIT 300` }],
      ['_cursor_query', { query, max_workers: 4 }],
      ['query_v1', { query, skip: 250, limit: 250 }],
      ['query_v1', { query: `${query} AS h RETURN h.displayName AS name, h.tag.Team ORDER BY h.index LIMIT 2` }],
      ['query_v1', { query: `${query} AS h RETURN count(h) AS n` }],
      ['query_v1', { query: 'FIND fleet_user THAT HAS fleet_host RETURN TREE' }],
    ]);
    const rows = dataOf<Row>(whole);
    expect(indexes(rows)).toEqual(upTo(620));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(620);
    expect(rows[0]).toMatchObject({
      id: rows[0]?.entity['_id'],
      entity: { _type: ['fleet_host'], _class: ['Host'], _source: 'api', _deleted: false },
      properties: { displayName: `host-${String(rows[0]?.properties['index'])}` },
    });
    expect(dataOf<Row>(limited)).toHaveLength(300);
    expect(indexes(dataOf<Row>(parallel))).toEqual(upTo(620));
    expect(indexes(dataOf<Row>(skipped))).toEqual(upTo(620));
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

  withPython('entities are created, updated in both ways, and deleted softly and for good', async () => {
    const entity = { entity_key: 'e:1', entity_type: 'thing', entity_class: 'Thing' };
    const id = of(0, 'entity', '_id');
    const [created, again, updated, merged, , soft] = await results([
      ['create_entity', { ...entity, properties: { n: 1, kept: 'x' } }],
      ['create_entity', { ...entity, properties: { n: 2, kept: 'x' } }],
      ['update_entity', { entity_id: id, properties: { n: 3, 'tag.Team': 'red' } }],
      ['update_entity_v2', { entity_id: id, properties: { list: ['a', 'b'] } }],
      ['create_entity', { ...entity, entity_key: 'e:2' }],
      ['delete_entity', { entity_id: id, hard_delete: false }],
    ]);
    const { _id } = (created as { entity: { _id: string } }).entity;
    expect(created).toMatchObject({ vertex: { id: _id, entity: { _id } } });
    expect(again).toMatchObject({ entity: { _id } });
    expect(updated).toMatchObject({ entity: { _id }, vertex: { id: _id } });
    expect((merged as { entity: Json }).entity).toMatchObject({ _id });
    expect((soft as { entity: Json }).entity).toMatchObject({ _id });
    const { versions } = (await live.account.api.ok('GET', `/entities/${_id}/versions`)) as { versions: Json[] };
    expect(versions[0]).toMatchObject({ _version: 4, _deleted: true });
    expect(await live.account.api.ok('GET', `/entities/${_id}/versions/latest`)).toMatchObject({
      entity: { _key: 'e:1', n: 3, kept: 'x', 'tag.Team': 'red', list: ['a', 'b'] },
    });

    const [rows] = await results([['query_v1', { query: 'FIND thing' }]]);
    expect(dataOf<Row>(rows).map(({ entity }) => entity['_key'])).toEqual(['e:2']);
    const hard = dataOf<Row>(rows)[0]?.id ?? '';
    await results([['delete_entity', { entity_id: hard }]]);
    expect((await live.account.api.request('GET', `/entities/${hard}/versions`)).status).toBe(404);
    const [twice] = await client([['delete_entity', { entity_id: hard }]]);
    expect(twice?.error).toMatch(/NOT_FOUND/);
  });

  withPython('relationships are created, updated and deleted', async () => {
    const entity = { entity_type: 'thing', entity_class: 'Thing' };
    const ends = { from_entity_id: of(0, 'entity', '_id'), to_entity_id: of(1, 'entity', '_id') };
    const id = of(2, 'relationship', '_id');
    const [from, to, created, updated, rows, deleted] = await results([
      ['create_entity', { ...entity, entity_key: 'a' }],
      ['create_entity', { ...entity, entity_key: 'b' }],
      [
        'create_relationship',
        {
          ...ends,
          relationship_key: 'a|has|b',
          relationship_type: 'thing_has_thing',
          relationship_class: 'HAS',
          properties: { since: 1 },
        },
      ],
      ['update_relationship', { ...ends, relationship_id: id, properties: { since: 2, more: true } }],
      ['query_v1', { query: 'FIND thing AS a THAT HAS AS r thing AS b RETURN a._key, r.since, r.more, b._key' }],
      ['delete_relationship', { ...ends, relationship_id: id }],
    ]);
    const idOf = (result: unknown): unknown => (result as { entity: Json }).entity['_id'];
    const { _id } = (created as { relationship: Json }).relationship;
    expect(created).toMatchObject({
      edge: { id: _id, fromVertexId: idOf(from), toVertexId: idOf(to), properties: { since: 1 } },
    });
    expect(updated).toMatchObject({
      relationship: { _id, _key: 'a|has|b', _fromEntityId: idOf(from), _toEntityId: idOf(to) },
      edge: { properties: { since: 2, more: true } },
    });
    expect(dataOf(rows)).toEqual([{ 'a._key': 'a', 'r.since': 2, 'r.more': true, 'b._key': 'b' }]);
    expect(deleted).toMatchObject({ relationship: { _id } });
    expect((await live.account.graph()).relationships.size).toBe(0);
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
    const [unreadable, missing, nested] = await client([
      ['query_v1', { query: 'FIND fleet_host wth x = 1' }],
      ['update_entity', { entity_id: randomUUID(), properties: { n: 1 } }],
      ['update_entity_v2', { entity_id: randomUUID(), properties: { n: { nested: true } } }],
    ]);
    expect(unreadable?.error).toMatch(/wth/);
    expect(missing?.error).toMatch(/NOT_FOUND/);
    expect(nested?.error).toBeDefined();
    const [refused] = await client([['query_v1', { query: 'FIND fleet_host' }]], 'not-a-token-of-this-account');
    expect(refused?.error).toContain('401: Unauthorized');
  });
});
