import { bytesToUuid } from '../../../src/domain/graph/identity';
import { entity, errorFor, idOf, read, relationship } from './json-reading';
import { entityNamespace, relationshipNamespace, rowsOf } from './reading';

describe('sync modes', () => {
  const id = '0b5a3c54-5f2c-5d3e-9e7e-1a2b3c4d5e6f';

  test.each(['CREATE_OR_UPDATE', 'PATCH', 'OVERRIDE'] as const)(
    '%s takes an _id in place of a _key',
    async (syncMode) => {
      expect(rowsOf(await read({ entities: [{ _id: id.toUpperCase(), v: 1 }] }, { syncMode }), 'entities')[0]?.id).toBe(
        id,
      );
      expect((await errorFor({ entities: [{ _id: 'mine' }] }, { syncMode })).problems[0]?.what).toBe('must be a UUID');
      expect((await errorFor({ entities: [{ v: 1 }] }, { syncMode })).problems[0]?.what).toBe(
        'is required (or an "_id")',
      );
    },
  );

  test('only modes that create nothing prefer the _id when both are there', async () => {
    const both = { entities: [{ ...entity, _id: id }] };
    expect(rowsOf(await read(both, { syncMode: 'PATCH' }), 'entities')[0]?.id).toBe(id);
    for (const syncMode of ['DIFF', 'CREATE_OR_UPDATE'] as const) {
      expect(rowsOf(await read(both, { syncMode }), 'entities')[0]?.id).toBe(idOf(entityNamespace, '1'));
    }
  });

  test('a merge of a relationship that exists needs nothing but its address', async () => {
    const changes = {
      relationships: [
        { _key: 'a', port: 1 },
        { _id: id, port: 2 },
      ],
    };
    expect((await read(changes, { syncMode: 'CREATE_OR_UPDATE' })).relationships.count).toBe(2);
    expect(
      (await errorFor({ relationships: [{ _key: 'a', _fromEntityKey: 'x' }] }, { syncMode: 'CREATE_OR_UPDATE' }))
        .problems,
    ).toEqual([
      { where: 'relationships[0]._type', what: 'is required' },
      { where: 'relationships[0]', what: 'names no end: "_toEntityKey" or "_toEntityId" is required' },
    ]);
    expect((await errorFor(changes)).code).toBe('RELATIONSHIP_UPLOAD_FAILED_VALIDATION');
  });

  test.each([
    ['PATCH', { relationships: [relationship] }, 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION'],
    ['CROSS_SCOPE', { entities: [entity] }, 'ENTITY_UPLOAD_FAILED_VALIDATION'],
    ['CROSS_SCOPE', { deleteEntities: [{ _key: 'x' }] }, 'DELETE_UPLOAD_FAILED_VALIDATION'],
    ['OVERRIDE', { relationships: [relationship] }, 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION'],
    ['OVERRIDE', { deleteRelationships: [{ _key: 'x' }] }, 'DELETE_UPLOAD_FAILED_VALIDATION'],
  ] as const)('%s refuses %j', async (syncMode, body, code) => {
    const error = await errorFor(body, { syncMode });
    expect(error.code).toBe(code);
    expect(error.message).toContain(`sync mode ${syncMode}`);
    expect((await read({ entities: [], relationships: [], deleteEntities: [] }, { syncMode })).entities.count).toBe(0);
  });
});

test('deletes become ids, and references that no object can have are counted', async () => {
  const id = '0b5a3c54-5f2c-5d3e-9e7e-1a2b3c4d5e6f';
  const upload = await read({
    deleteEntities: [
      { _id: id, ...{ _key: 'ignored' } },
      { _key: 'x', _type: 't', nested: {} },
      { _id: 'example-uuid-01' },
    ],
    deleteRelationships: [{ _id: '', _key: 'x' }],
  });
  expect([0, 16].map((at) => bytesToUuid(upload.deleteEntities.ids, at))).toEqual([id, idOf(entityNamespace, 'x')]);
  expect(upload.deleteEntities.unresolvable).toBe(1);
  expect(bytesToUuid(upload.deleteRelationships.ids)).toBe(idOf(relationshipNamespace, 'x'));
});
