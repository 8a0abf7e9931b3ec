import { readFile } from 'node:fs/promises';
import { installNodeClients } from './install-clients';
import { useLiveClient } from './live-client';
import { useNodeClient } from './node-client';
import type { Row } from './client-calls';

jest.setTimeout(60_000);

const host = (n: number) => ({
  _key: `host:${n}`,
  _type: 'fleet_host',
  _class: 'Host',
  displayName: `host-${n}`,
  index: n,
});

describe('the Node client 0.21.2 asks', () => {
  const live = useLiveClient(installNodeClients);
  const { library, j1, pathOf } = useNodeClient(live);

  it('library: queryV1 pages through deferred responses, and shows lists, tables and trees', async () => {
    const numbers = Array.from({ length: 260 }, (_, n) => n);
    await live.account.api.sync(
      { source: 'api', scope: 'fleet' },
      {
        entities: [...numbers.map(host), { _key: 'user:1', _type: 'fleet_user', _class: 'User' }],
        relationships: [7, 8].map((n) => ({
          _key: `user:1|has|host:${n}`,
          _type: 'fleet_user_has_host',
          _class: 'HAS',
          _fromEntityKey: 'user:1',
          _toEntityKey: `host:${n}`,
        })),
      },
    );
    const [list, table, tree, none, bad] = await library([
      ['queryV1', 'FIND fleet_host'],
      ['queryV1', 'FIND fleet_host AS h WHERE h.index < 2 RETURN h.displayName AS name, h.index ORDER BY h.index'],
      ['queryV1', 'FIND fleet_user THAT HAS fleet_host RETURN TREE'],
      ['queryV1', 'FIND nothing'],
      ['queryV1', 'FIND fleet_host wth x = 1'],
    ]);
    const rows = list?.ok as Row[];
    expect(rows.map(({ properties }) => Number(properties['index'])).sort((a, b) => a - b)).toEqual(numbers);
    expect(rows[0]).toMatchObject({ id: rows[0]?.entity['_id'], entity: { _type: ['fleet_host'], _class: ['Host'] } });
    expect(table?.ok).toEqual([
      { name: 'host-0', 'h.index': 0 },
      { name: 'host-1', 'h.index': 1 },
    ]);
    const { vertices, edges } = tree?.ok as { vertices: unknown[]; edges: unknown[] };
    expect([vertices.length, edges.length]).toEqual([3, 2]);
    expect(none?.ok).toEqual([]);
    expect(bad?.error).toMatch(/line 1 column 17.*wth/s);
  });

  it('j1: writes the answer of a query into a file', async () => {
    await live.account.api.sync({ source: 'api', scope: 'fleet' }, { entities: [1, 2].map(host) });
    const { code } = await j1(
      '-q',
      'FIND fleet_host AS h RETURN h.index ORDER BY h.index',
      '--output-file',
      'out.json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(pathOf('out.json'), 'utf8'))).toEqual([{ 'h.index': 1 }, { 'h.index': 2 }]);
  });

  it('j1: says in words what is wrong, and ends with a code', async () => {
    const { code, output } = await j1('-q', 'FIND thing wth x = 1');
    expect(code).toBe(1);
    expect(output).toMatch(/wth/);
  });
});
