import { randomUUID } from 'node:crypto';
import { useLiveClient } from './live-client';
import { dataOf, of, pythonGraph, type Row } from './client-calls';
import { pythonTests } from './with-python';

jest.setTimeout(60_000);

type Json = Record<string, unknown>;

const { withPython, install } = pythonTests('the Python client');

describe('the Python client 2.4.0 writes', () => {
  let python: string;
  const live = useLiveClient(async () => {
    python = await install();
  });
  const { client, results } = pythonGraph(live, () => python);

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
      ['query_v1', { query: 'FIND thing AS a THAT HAS AS r >> thing AS b RETURN a._key, r.since, r.more, b._key' }],
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

  withPython('what cannot be written is refused in words', async () => {
    const [missing, nested] = await client([
      ['update_entity', { entity_id: randomUUID(), properties: { n: 1 } }],
      ['update_entity_v2', { entity_id: randomUUID(), properties: { n: { nested: true } } }],
    ]);
    expect(missing?.error).toMatch(/NOT_FOUND/);
    expect(nested?.error).toMatch(/nested|object/);
  });
});
