import { readFile } from 'node:fs/promises';
import { installNodeClients } from './install-clients';
import { useLiveClient } from './live-client';
import { useNodeClient } from './node-client';
import { of } from './client-calls';

jest.setTimeout(60_000);

describe('the Node client 0.21.2 writes', () => {
  const live = useLiveClient(installNodeClients);
  const { library, j1, file, pathOf } = useNodeClient(live);

  it('library: entities, relationships and raw data are written, and batches answered in order', async () => {
    const results = await library([
      ['createEntity', 'a', 'thing', ['Thing'], { n: 1 }],
      ['createEntity', 'b', 'thing', ['Thing', 'Record'], {}],
      [
        'createRelationship',
        'a|has|b',
        'thing_has_thing',
        'HAS',
        of(0, 'entity', '_id'),
        of(1, 'entity', '_id'),
        { w: 1 },
      ],
      ['updateEntity', of(0, 'entity', '_id'), { n: 2, 'tag.Team': 'red' }],
      ['upsertEntityRawData', of(0, 'entity', '_id'), 'config', 'application/json', { deep: { n: [1] } }],
      ['upsertEntityRawData', of(0, 'entity', '_id'), 'template', 'text/plain', 'text'],
      ['deleteEntity', of(1, 'entity', '_id')],
      ['updateEntity', '00000000-0000-4000-8000-000000000000', { n: 2 }],
    ]);
    expect(results.slice(0, -1).map(({ error }) => error)).toEqual(results.slice(0, -1).map(() => undefined));
    expect(results.at(-1)?.error).toMatch(/no entity/);
    expect(results[4]?.ok).toBe(true);
    const { entities, relationships } = await live.account.graph();
    expect([...entities.keys()]).toEqual(['a']);
    expect(entities.get('a')).toMatchObject({ n: 2, 'tag.Team': 'red', _source: 'api', _version: 2 });
    expect(relationships.size).toBe(0);
    const id = String(entities.get('a')?.['_id']);
    expect(results[0]?.ok).toMatchObject({ entity: { _id: id }, vertex: { id, entity: { _id: id } } });
    expect(results[2]?.ok).toMatchObject({ edge: { fromVertexId: id, properties: { w: 1 } } });
    expect(results[6]?.ok).toMatchObject({ entity: { _deleted: true, _endOn: expect.any(Number) as number } });
    expect(await live.account.api.ok('GET', `/entities/${id}/raw-data`)).toMatchObject({
      entries: {
        config: { contentType: 'application/json' },
        template: { contentType: 'text/plain', contentLength: 4 },
      },
    });
    const config = `/entities/${id}/raw-data/config/versions/latest`;
    expect(await live.account.api.ok('GET', config)).toEqual({ deep: { n: [1] } });
    const posted = live.proxy.exchanges.filter(({ method }) => method === 'POST');
    expect(posted[0]?.headers).toMatchObject({ 'lifeomic-account': live.account.account });
    expect(JSON.parse(posted[0]?.body.toString() ?? '')).toMatchObject([{ operationName: 'CreateEntity' }]);
  });

  it('j1: creates, upserts, updates, queries and deletes entities; creates relationships', async () => {
    const entity = (n: number, more: object = {}) => ({
      entityKey: `e:${n}`,
      entityType: 'thing',
      entityClass: 'Thing',
      properties: { n, ...more },
    });
    const entities = (operation: string, ...more: string[]) => ['-o', operation, '--entity', '-f', ...more];
    const created = await j1(
      ...entities('create', await file([entity(1, { createdOn: '2026-01-01T00:00:00Z' }), entity(2)])),
    );
    expect(created.output).toMatch(/created 2 entities/);
    const first = await live.account.graph();
    expect(first.entities.get('e:1')).toMatchObject({ n: 1, createdOn: Date.parse('2026-01-01T00:00:00Z') });

    expect((await j1(...entities('upsert', await file([entity(2, { more: true }), entity(3)])))).output).toMatch(
      /upsertd 2/,
    );
    expect((await j1(...entities('update', await file([entity(3, { more: 'x' })])))).output).toMatch(/updated 1/);
    const ids = (await live.account.graph()).entities;
    const relationship = {
      relationshipKey: 'e:1|has|e:2',
      relationshipType: 'thing_has_thing',
      relationshipClass: 'HAS',
      fromEntityId: ids.get('e:1')?.['_id'],
      toEntityId: ids.get('e:2')?.['_id'],
    };
    const related = await j1('-o', 'create', '--relationship', '-f', await file(relationship));
    expect(related.output).toMatch(/Created 1 relationships/);

    const output = pathOf('out.json');
    const queried = await j1(
      '-q',
      'FIND thing AS a THAT HAS >> thing AS b RETURN a.n, b.more',
      '--output-file',
      output,
    );
    expect(queried.code).toBe(0);
    expect(JSON.parse(await readFile(output, 'utf8'))).toEqual([{ 'a.n': 1, 'b.more': true }]);

    expect((await j1(...entities('delete', await file([entity(1), entity(4)])))).output).toMatch(/deleted 1 entities/);
    expect((await j1(...entities('delete', await file([entity(2)]), '--hard-delete'))).output).toMatch(
      /deleted 1 entities/,
    );
    const left = await live.account.graph();
    expect([...left.entities.values()].map(({ _key, more }) => [_key, more])).toEqual([['e:3', 'x']]);
    expect(left.relationships.size).toBe(0);
    const hard = String(ids.get('e:2')?.['_id']);
    expect((await live.account.api.request('GET', `/entities/${hard}/versions`)).status).toBe(404);
  });
});
