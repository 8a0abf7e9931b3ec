import { buildTestApp, graphqlOptions, otherCredentials } from '../build-test-app';

const uuid = (n: number): string => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const base = {
  _accountId: 'acme',
  _source: 'api',
  _scope: 's',
  _version: 1,
  _createdOn: 1_600_000_000_000,
  _beginOn: 1_700_000_000_000,
  _deleted: false,
  _latest: true,
};
const entity = (n: number, _type: string, _class: readonly string[], properties: object = {}) => ({
  ...base,
  _id: uuid(n),
  _key: `k${n}`,
  _type,
  _class,
  ...properties,
});
const link = (n: number, from: number, to: number) => ({
  ...base,
  _id: uuid(n),
  _key: `r${n}`,
  _type: 'a_has_b',
  _class: 'HAS',
  _fromEntityId: uuid(from),
  _toEntityId: uuid(to),
  since: 7,
});

const entities = [
  entity(1, 'user', ['User'], { displayName: 'Ann', 'tag.Team': 'red' }),
  entity(2, 'host', ['Host'], { displayName: 'h2' }),
  entity(3, 'host', ['Host']),
  entity(4, 'role', ['AccessRole']),
];
const links = [link(11, 1, 2), link(12, 2, 3), link(13, 4, 1)];
const entityFields =
  '_source _id _key _type _class _scope _accountId _integrationName _integrationDefinitionId _integrationInstanceId _integrationType _integrationClass _version _createdOn _beginOn _endOn _latest _deleted displayName';
const relationshipFields = `${entityFields} _fromEntityId _fromEntityKey _toEntityId _toEntityKey`;

function open(more: readonly (typeof links)[number][] = []) {
  const test = buildTestApp({ graphql: { ...graphqlOptions, maxObjects: 20 } });
  test.tenants.setGraph('acme', 'entity', entities);
  test.tenants.setGraph('acme', 'relationship', [...links, ...more]);
  return async (query: string, variables: object = {}, headers = {}) =>
    (await test.call({ method: 'POST', url: '/', headers, payload: { query, variables } })).json<{
      data: Record<string, unknown> | null;
      errors?: { message: string; extensions: { code: string } }[];
    }>();
}

describe('vertex', () => {
  it('has everything that the Go client selects', async () => {
    const document = `query Vertex($filters: VertexFilters, $id: String, $propertyFilters: JSON) {
      vertex(filters: $filters, id: $id, propertyFilters: $propertyFilters) {
        id properties entity { ${entityFields} }
        edges { id fromVertexId toVertexId properties relationship { ${relationshipFields} } } } }`;
    const { data, errors } = await open()(document, {
      id: uuid(1),
      filters: { _id: '', _key: '', _type: null, _class: null },
      propertyFilters: null,
    });
    expect(errors).toBeUndefined();
    expect(data?.['vertex']).toEqual({
      id: uuid(1),
      properties: { 'tag.Team': 'red' },
      entity: {
        ...base,
        _id: uuid(1),
        _key: 'k1',
        _type: ['user'],
        _class: ['User'],
        displayName: 'Ann',
        _endOn: null,
        _integrationName: null,
        _integrationDefinitionId: null,
        _integrationInstanceId: null,
        _integrationType: null,
        _integrationClass: null,
      },
      edges: [
        expect.objectContaining({
          id: uuid(11),
          fromVertexId: uuid(1),
          toVertexId: uuid(2),
          properties: { since: 7 },
          relationship: expect.objectContaining({
            _type: 'a_has_b',
            _class: 'HAS',
            _createdOn: 1_600_000_000_000,
            _fromEntityId: uuid(1),
            _fromEntityKey: null,
            displayName: null,
          }) as unknown,
        }) as unknown,
        expect.objectContaining({ id: uuid(13), fromVertexId: uuid(4), toVertexId: uuid(1) }) as unknown,
      ],
    });
  });

  it.each([
    [`id: "${uuid(9)}"`, null],
    ['id: "x"', null],
    [`id: "${uuid(1)}", filters: { _class: ["User"] }`, { id: uuid(1) }],
    [`id: "${uuid(1)}", filters: { _class: "Host" }`, null],
    [`id: "${uuid(1)}", filters: { _id: "${uuid(2)}" }`, null],
    ['filters: { _key: "k3" }', { id: uuid(3) }],
    ['propertyFilters: { displayName: "h2" }', { id: uuid(2) }],
  ])('is looked up by %s', async (args, expected) => {
    expect(await open()(`{ vertex(${args}) { id } }`)).toEqual({ data: { vertex: expected } });
  });

  it('is absent for another account, and an error without any condition', async () => {
    expect(await open()(`{ vertex(id: "${uuid(1)}") { id } }`, {}, otherCredentials)).toEqual({
      data: { vertex: null },
    });
    const { data, errors } = await open()('{ vertex(id: "", filters: {}) { id } }');
    expect(data).toEqual({ vertex: null });
    expect(errors).toEqual([
      {
        message: '"vertex" needs an id or filters.',
        path: ['vertex'],
        extensions: { code: 'BAD_USER_INPUT', serviceName: 'perijove' },
      },
    ]);
  });

  it.each([
    ['', [2, 4], [11, 13]],
    ['(depth: 1)', [2, 4], [11, 13]],
    ['(depth: 5)', [2, 3, 4], [11, 12, 13]],
  ])('has neighbors%s', async (depth, vertices, edges) => {
    const { data } = await open()(
      `{ vertex(id: "${uuid(1)}") { neighbors${depth} { vertices { id entity { displayName } } edges { id relationship { displayName } } } } }`,
    );
    const { neighbors } = data?.['vertex'] as { neighbors: { vertices: { id: string }[]; edges: { id: string }[] } };
    expect(neighbors.vertices.map(({ id }) => id).toSorted()).toEqual(vertices.map(uuid));
    expect(neighbors.edges.map(({ id }) => id).toSorted()).toEqual(edges.map(uuid));
  });

  it.each([0, 6, -1])('refuses neighbors of depth %i', async (depth) => {
    const { errors } = await open()(`{ vertex(id: "${uuid(1)}") { neighbors(depth: ${depth}) { vertices { id } } } }`);
    expect(errors).toMatchObject([
      { message: '"depth" must be a value between 1 and 5.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('does not let one operation read without end', async () => {
    const ask = open(Array.from({ length: 30 }, (_, n) => link(100 + n, 1, 2)));
    const { data, errors } = await ask(`{ vertex(id: "${uuid(1)}") { id edges { id } } }`);
    expect(data).toEqual({ vertex: null });
    expect(errors?.[0]).toMatchObject({
      message: 'The operation reads more than 20 vertices and edges. Ask for a lower depth, or query with J1QL.',
      extensions: { code: 'QUERY_TOO_LARGE' },
    });
    const nested =
      '{ vertices { neighbors { vertices { neighbors { vertices { neighbors { vertices { id } } } } } } } }';
    expect((await open()(`{ vertex(id: "${uuid(1)}") { neighbors ${nested} } }`)).errors?.[0]?.message).toMatch(
      /its cost is \d+/,
    );
  });
});

describe('edge', () => {
  it.each([
    [`id: "${uuid(11)}"`, { id: uuid(11), fromVertexId: uuid(1), toVertexId: uuid(2) }],
    [
      `id: "${uuid(11)}", label: "HAS", filters: { _type: "a_has_b" }`,
      { id: uuid(11), fromVertexId: uuid(1), toVertexId: uuid(2) },
    ],
    [`id: "${uuid(11)}", label: "USES"`, null],
    ['filters: { _key: "r12" }', { id: uuid(12), fromVertexId: uuid(2), toVertexId: uuid(3) }],
    [`id: "${uuid(1)}"`, null],
  ])('is looked up by %s', async (args, expected) => {
    expect(await open()(`{ edge(${args}) { id fromVertexId toVertexId } }`)).toEqual({ data: { edge: expected } });
  });
});

describe('lists and counts', () => {
  it('pages as the Go client does', async () => {
    const document = `query ListVerticesV2($classes: [String], $types: [String], $filterType: FilterType, $propertyFilters: JSON, $after: String, $size: Int, $search: String, $sort: [FieldSort]) {
      listVerticesV2(filters: { _class: $classes, _type: $types }, filterType: $filterType, propertyFilters: $propertyFilters, after: $after, size: $size, search: $search, sort: $sort) {
        vertices { id properties entity { _id _class _type _integrationName displayName } } pageInfo { endCursor hasNextPage } total } }`;
    const ask = open();
    const all = (
      await ask(document, { classes: [], types: null, filterType: 'AND', after: '', size: 0, search: '', sort: [] })
    ).data?.['listVerticesV2'];
    expect(all).toMatchObject({ total: 4, pageInfo: { endCursor: null, hasNextPage: false } });
    const first = (await ask(document, { classes: 'Host', size: 1, sort: { field: '_key', order: 'DESC' } })).data?.[
      'listVerticesV2'
    ] as {
      pageInfo: { endCursor: string };
    };
    expect(first).toMatchObject({ total: 2, vertices: [{ id: uuid(3) }], pageInfo: { hasNextPage: true } });
    const next = await ask(document, {
      classes: 'Host',
      size: 1,
      sort: { field: '_key', order: 'DESC' },
      after: first.pageInfo.endCursor,
    });
    expect(next.data?.['listVerticesV2']).toMatchObject({
      vertices: [{ id: uuid(2) }],
      pageInfo: { endCursor: null, hasNextPage: false },
    });
    expect((await ask(document, { after: 'x' })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect((await ask(document, { size: 1001 })).errors?.[0]?.message).toBe(
      '"size" must be a value between 1 and 1000.',
    );
    expect((await ask(document, { propertyFilters: { a: {} } })).errors?.[0]?.message).toBe(
      'propertyFilters.a must be a string, a number, a boolean or an array of these.',
    );
  });

  it.each([
    [
      'Users: entityCount(filters: { _class: ["User"] }, filterType: AND) Hosts: entityCount(filters: { _class: ["Host"] })',
      { Users: 1, Hosts: 2 },
    ],
    ['entityCount(search: "ann")', { entityCount: 1 }],
    ['typeCounts(classes: ["User", "Host"], filterType: OR)', { typeCounts: { host: 2, user: 1 } }],
    ['typeCounts(classes: ["User", "Host"])', { typeCounts: {} }],
    [
      'allEntityCounts',
      {
        allEntityCounts: {
          typeCounts: { host: 2, role: 1, user: 1 },
          classCounts: { AccessRole: 1, Host: 2, User: 1 },
        },
      },
    ],
    [
      'getEntityCounts { classes types }',
      { getEntityCounts: { classes: { AccessRole: 1, Host: 2, User: 1 }, types: { host: 2, role: 1, user: 1 } } },
    ],
    ['getAllAssetProperties', { getAllAssetProperties: ['displayName', 'tag.Team'] }],
    [
      'entityProperties(filters: { _class: "Host" }) { properties pageInfo { endCursor hasNextPage } }',
      { entityProperties: { properties: ['displayName'], pageInfo: { endCursor: null, hasNextPage: false } } },
    ],
    [
      'entityPropertyValues(property: "tag.Team") { values { value count } }',
      { entityPropertyValues: { values: [{ value: 'red', count: 1 }] } },
    ],
    [
      'queryGraph { vertices { id } edges { id } }',
      { queryGraph: { vertices: [{ id: uuid(4) }, { id: uuid(1) }], edges: [{ id: uuid(13) }] } },
    ],
  ])('%s', async (fields, data) => {
    expect(await open()(`{ ${fields} }`)).toEqual({ data });
  });

  it('fetches flat objects by their ids', async () => {
    const ask = open();
    const document = `{ fetchEntityById(entityId: "${uuid(1)}") { entity } fetchRelationshipById(relationshipId: "${uuid(11)}") { relationship } }`;
    expect((await ask(document)).data).toEqual({
      fetchEntityById: { entity: entities[0] },
      fetchRelationshipById: { relationship: links[0] },
    });
    const { data, errors } = await ask(`{ fetchEntityById(entityId: "${uuid(9)}") { entity } }`);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ message: 'Entity not found', extensions: { code: 'NOT_FOUND' } }]);
  });
});
