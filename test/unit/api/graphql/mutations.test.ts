import { buildTestApp, otherCredentials } from '../build-test-app';

interface Answer {
  data: Record<string, Record<string, unknown> | null> | null;
  errors?: { message: string; path: string[]; extensions: { code: string } }[];
}

const missing = '00000000-0000-4000-8000-000000000000';

function open() {
  const test = buildTestApp();
  const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
    (await test.call({ method: 'POST', url: '/graphql', headers, payload: { query, variables } })).json<Answer>();
  const create = async (key: string, properties: unknown = {}, entityClass: unknown = ['Thing']) =>
    await ask(
      `mutation CreateEntity($entityKey: String!, $entityType: String!, $entityClass: [String!]!, $timestamp: Long, $properties: JSON) {
        createEntity(entityKey: $entityKey, entityType: $entityType, entityClass: $entityClass, timestamp: $timestamp, properties: $properties) {
          entity { _id _key _type _class _source _version _deleted _createdOn displayName __typename }
          vertex { id entity { _id } properties } } }`,
      { entityKey: key, entityType: 'thing', entityClass, properties },
    );
  const idOf = async (key: string): Promise<string> =>
    String(((await create(key)).data?.['createEntity']?.['entity'] as { _id: string })._id);
  return { ...test, ask, create, idOf };
}

describe('entities', () => {
  it('are created with entity and vertex as the clients read them', async () => {
    const { data, errors } = await open().create('a', { displayName: 'A', 'tag.x': 1 }, 'Thing');
    expect(errors).toBeUndefined();
    const { entity, vertex } = data?.['createEntity'] as { entity: { _id: string }; vertex: object };
    expect(entity).toEqual({
      _id: expect.stringMatching(/^[\w-]{36}$/) as unknown,
      _key: 'a',
      _type: ['thing'],
      _class: ['Thing'],
      _source: 'api',
      _version: 1,
      _deleted: false,
      _createdOn: expect.any(Number) as unknown,
      displayName: 'A',
      __typename: 'EntityCoreProperties',
    });
    expect(vertex).toEqual({ id: entity._id, entity: { _id: entity._id }, properties: { 'tag.x': 1 } });
  });

  it('are updated and deleted in both forms', async () => {
    const { ask, idOf } = open();
    const entityId = await idOf('a');
    const update =
      'mutation U($entityId: String!, $properties: JSON) { updateEntity(entityId: $entityId, properties: $properties) { entity { _id _version } vertex { id properties } } }';
    expect((await ask(update, { entityId, properties: { n: 1 } })).data?.['updateEntity']).toEqual({
      entity: { _id: entityId, _version: 2 },
      vertex: { id: entityId, properties: { n: 1 } },
    });
    const update2 =
      'mutation U($entity: JSON!) { updateEntityV2(timestamp: null, entity: $entity) { entity __typename } }';
    expect((await ask(update2, { entity: { _id: entityId, n: 2, m: null } })).data?.['updateEntityV2']).toEqual({
      entity: expect.objectContaining({ _id: entityId, _key: 'a', n: 2, _version: 3 }) as unknown,
      __typename: 'EntityResponse',
    });
    const remove =
      'mutation D($entityId: String!, $timestamp: Long, $hardDelete: Boolean) { deleteEntityV2(entityId: $entityId, timestamp: $timestamp, hardDelete: $hardDelete) { entity } }';
    expect((await ask(remove, { entityId })).data?.['deleteEntityV2']).toEqual({
      entity: expect.objectContaining({ _id: entityId, _deleted: true }) as unknown,
    });
    const again = await ask(
      'mutation D($entityId: String!) { deleteEntity(entityId: $entityId) { entity { _id } vertex { id } } }',
      { entityId },
    );
    expect(again.data).toEqual({ deleteEntity: null });
    expect(again.errors).toMatchObject([{ path: ['deleteEntity'], extensions: { code: 'NOT_FOUND' } }]);
  });

  it('are made from flat objects by createEntityV2', async () => {
    const { ask } = open();
    const document = 'mutation C($input: CreateEntityV2) { createEntityV2(input: $input) { entity } }';
    const entity = { _key: 'k', _type: 'thing', _class: ['Thing'], name: 'x' };
    expect((await ask(document, { input: { entity } })).data?.['createEntityV2']?.['entity']).toMatchObject(entity);
    expect((await ask(document)).errors).toMatchObject([
      { message: '"input" is missing.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('of another account are not there', async () => {
    const { ask, idOf } = open();
    const entityId = await idOf('a');
    for (const id of [entityId, missing, '', 'x']) {
      const answer = await ask(
        'mutation D($id: String!) { deleteEntityV2(entityId: $id, hardDelete: true) { entity } }',
        { id },
        otherCredentials,
      );
      expect(answer.data).toBeNull();
      expect(answer.errors).toMatchObject([
        { extensions: { code: expect.stringMatching(/^(NOT_FOUND|BAD_USER_INPUT)$/) as unknown } },
      ]);
    }
  });

  it('refuse what no entity can have, each in its place', async () => {
    const { create } = open();
    for (const [key, properties] of [
      ['', {}],
      ['a', { nested: { x: 1 } }],
      ['a', 'text'],
    ] as const) {
      const { data, errors } = await create(key, properties);
      expect(data).toEqual({ createEntity: null });
      expect(errors).toMatchObject([{ path: ['createEntity'], extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    const { errors } = await create('a', {}, [null]);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('relationships', () => {
  const create = `mutation CreateRelationship($relationshipKey: String!, $relationshipType: String!, $relationshipClass: String!,
    $fromEntityId: String!, $toEntityId: String!, $timestamp: Long, $properties: JSON) {
    createRelationship(relationshipKey: $relationshipKey, relationshipType: $relationshipType, relationshipClass: $relationshipClass,
      fromEntityId: $fromEntityId, toEntityId: $toEntityId, timestamp: $timestamp, properties: $properties) {
      relationship { _id _class } edge { id toVertexId fromVertexId relationship { _id } properties } } }`;

  it('go through create, update and delete', async () => {
    const { ask, idOf } = open();
    const [fromEntityId, toEntityId] = [await idOf('a'), await idOf('b')];
    const made = await ask(create, {
      relationshipKey: 'r',
      relationshipType: 'a_has_b',
      relationshipClass: 'HAS',
      fromEntityId,
      toEntityId,
      properties: { n: 1 },
    });
    const { relationship, edge } = made.data?.['createRelationship'] as { relationship: { _id: string }; edge: object };
    expect(relationship).toMatchObject({ _class: 'HAS' });
    const { _id: relationshipId } = relationship;
    const expected = {
      id: relationshipId,
      toVertexId: toEntityId,
      fromVertexId: fromEntityId,
      relationship: { _id: relationshipId },
      properties: { n: 1 },
    };
    expect(edge).toEqual(expected);
    const update = `mutation U($relationshipId: String!, $fromEntityId: String!, $toEntityId: String!, $timestamp: Long, $properties: JSON) {
      updateRelationship(relationshipId: $relationshipId, fromEntityId: $fromEntityId, toEntityId: $toEntityId, timestamp: $timestamp, properties: $properties) {
        relationship { _id _key _type _class _fromEntityId _toEntityId displayName } edge { id fromVertexId toVertexId properties } } }`;
    const updated = await ask(update, { relationshipId, fromEntityId, toEntityId, properties: { n: 2 } });
    expect(updated.data?.['updateRelationship']).toMatchObject({
      relationship: {
        _id: relationshipId,
        _key: 'r',
        _type: 'a_has_b',
        _class: 'HAS',
        _fromEntityId: fromEntityId,
        _toEntityId: toEntityId,
      },
      edge: { id: relationshipId, properties: { n: 2 } },
    });
    const wrongEnds = await ask(update, { relationshipId, fromEntityId: toEntityId, toEntityId, properties: {} });
    expect(wrongEnds.errors?.[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|NOT_FOUND)$/);
    const remove =
      'mutation D($r: String!, $hardDelete: Boolean) { deleteRelationship(relationshipId: $r, hardDelete: $hardDelete) { relationship { _id _deleted } edge { id } } }';
    expect((await ask(remove, { r: relationshipId })).data?.['deleteRelationship']).toEqual({
      relationship: { _id: relationshipId, _deleted: true },
      edge: { id: relationshipId },
    });
    expect((await ask(remove, { r: relationshipId })).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('need both their ends', async () => {
    const { ask, idOf } = open();
    const variables = {
      relationshipKey: 'r',
      relationshipType: 'a_has_b',
      relationshipClass: 'HAS',
      fromEntityId: await idOf('a'),
      toEntityId: missing,
    };
    const { data, errors } = await ask(create, variables);
    expect(data).toEqual({ createRelationship: null });
    expect(errors).toMatchObject([{ path: ['createRelationship'], extensions: { code: 'NOT_FOUND' } }]);
  });

  it('have flat forms', async () => {
    const { ask, idOf } = open();
    const [_fromEntityId, _toEntityId] = [await idOf('a'), await idOf('b')];
    const relationship = { _key: 'r', _type: 'a_has_b', _class: 'HAS', _fromEntityId, _toEntityId };
    const made = await ask(
      'mutation C($input: CreateRelationshipV2) { createRelationshipV2(input: $input) { relationship } }',
      { input: { relationship } },
    );
    expect(made.data?.['createRelationshipV2']?.['relationship']).toMatchObject(relationship);
    const { _id } = made.data?.['createRelationshipV2']?.['relationship'] as { _id: string };
    const updated = await ask('mutation U($r: JSON!) { updateRelationshipV2(relationship: $r) { relationship } }', {
      r: { _id, n: 5 },
    });
    expect(updated.data?.['updateRelationshipV2']?.['relationship']).toMatchObject({ _id, n: 5, _version: 2 });
    const deleted = await ask('mutation D($r: String!) { deleteRelationshipV2(relationshipId: $r) { relationship } }', {
      r: _id,
    });
    expect(deleted.data?.['deleteRelationshipV2']?.['relationship']).toMatchObject({ _id, _deleted: true });
  });
});

it('an array of operations keeps the order of its mutations', async () => {
  const { call } = open();
  const payload = Array.from({ length: 8 }, (_, n) => ({
    query: `mutation { updateOrCreate: createEntity(entityKey: "k", entityType: "t", entityClass: "C", properties: { n: ${n} }) { entity { _version } } }`,
  }));
  const answers = (await call({ method: 'POST', url: '/', payload })).json<
    { data: { updateOrCreate: { entity: { _version: number } } } }[]
  >();
  expect(answers.map(({ data }) => data.updateOrCreate.entity._version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
