import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../support/live-product';

interface Answer {
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** Through a running API, worker, Temporal, MongoDB and S3. */
describe('GraphQL', () => {
  const database = openLiveDatabase();
  const { apiBaseUrl } = liveProduct();
  let api: ApiClient;
  let stranger: ApiClient;
  const users = 40;

  beforeAll(async () => {
    [api, stranger] = (await Promise.all(
      [0, 1].map(async () => new ApiClient({ apiBaseUrl, ...(await newAccount(database)) })),
    )) as [ApiClient, ApiClient];
    await api.sync(
      { source: 'api', scope: 'graphql', syncMode: 'DIFF' },
      {
        entities: [
          ...Array.from({ length: users }, (_, n) => ({
            _key: `user:${n}`,
            _type: 'person',
            _class: 'Person',
            displayName: `P${n}`,
            age: n,
          })),
          { _key: 'hub', _type: 'team', _class: ['Team', 'Group'], displayName: 'Hub' },
        ],
        relationships: Array.from({ length: users }, (_, n) => ({
          _key: `in:${n}`,
          _type: 'person_in_team',
          _class: 'IN',
          _fromEntityKey: `user:${n}`,
          _toEntityKey: 'hub',
        })),
      },
    );
  });
  afterAll(async () => {
    await database.client.close();
  });

  const ask = async (query: string, variables: object = {}, client = api): Promise<Answer> =>
    (await client.ok('POST', '/', { query, variables })) as unknown as Answer;
  const queryV1 =
    'query J1QL($query: String!, $cursor: String, $option: DeferredResponseOption) { queryV1(query: $query, cursor: $cursor, deferredResponse: $option) { type data cursor url totalCount } }';

  it('serves GraphiQL with all that it loads', async () => {
    const page = await fetch(`${apiBaseUrl}/graphql`, { headers: { accept: 'text/html' } });
    const sources = [...(await page.text()).matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, source]) => source ?? '');
    const files = await Promise.all(
      sources.map(async (source) => {
        const response = await fetch(new URL(source, apiBaseUrl));
        return { source, type: response.headers.get('content-type'), text: await response.text() };
      }),
    );
    for (const { source, type } of files) expect([source, type]).toEqual([source, typeOf(source)]);
    const scripts = files.filter(({ source }) => source.endsWith('.js')).map(({ text }) => text);
    for (const name of ['React', 'ReactDOM', 'GraphiQL']) expect(scripts.join('\n')).toContain(`.${name}=`);
  });
  const typeOf = (source: string) => `text/${source.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`;

  interface Page {
    readonly type: string;
    readonly data: readonly Readonly<Record<string, unknown>>[];
    readonly cursor: string | null;
    readonly url: string | null;
  }
  const page = (answer: Answer): Page => answer.data?.['queryV1'] as Page;

  it('answers J1QL inline: lists, tables and trees', async () => {
    const list = page(await ask(queryV1, { query: 'FIND Person WITH age < 3 ORDER BY Person.age' }));
    expect(list).toMatchObject({ type: 'list', cursor: null, url: null });
    expect(list.data.map(({ properties }) => properties)).toEqual([{ age: 0 }, { age: 1 }, { age: 2 }]);
    expect(list.data[0]).toMatchObject({ entity: { _type: ['person'], _class: ['Person'], displayName: 'P0' } });
    const table = page(
      await ask(queryV1, { query: 'FIND Person AS p THAT IN Team AS t RETURN t.displayName AS team, COUNT(p) AS n' }),
    );
    expect(table).toMatchObject({ type: 'table', data: [{ team: 'Hub', n: users }] });
    const tree = page(await ask(queryV1, { query: 'FIND Person WITH age = 7 THAT IN Team RETURN TREE' }));
    expect(tree).toMatchObject({
      type: 'tree',
      data: { vertices: [{}, {}], edges: [{ relationship: { _class: 'IN' } }] },
    });
    expect(page(await ask(queryV1, { query: 'FIND Person' }, stranger))).toMatchObject({ type: 'list', data: [] });
  });

  it.each(['FORCE', 'OPTIONAL', 'DISABLED', null])('goes with deferredResponse %s', async (option) => {
    const query = 'FIND Person AS p RETURN p.age AS age ORDER BY age';
    const answer = page(await ask(queryV1, { query, option }));
    const rows = Array.from({ length: users }, (_, age) => ({ age }));
    if (option !== 'FORCE') return expect(answer).toMatchObject({ type: 'table', data: rows, url: null });
    expect(answer).toMatchObject({ type: 'deferred', data: null, cursor: null });
    expect(answer.url).toMatch(new RegExp(`^${apiBaseUrl}/`));
    for (let waited = 0; ; waited += 50) {
      const response = await fetch(answer.url ?? '');
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('application/json'),
      ]);
      const state = (await response.json()) as { status: string; data?: unknown };
      if (state.status === 'COMPLETED') return expect(state).toMatchObject({ type: 'table', data: rows });
      expect(state.status).toBe('IN_PROGRESS');
      if (waited > 20_000) throw new Error('the query does not end');
      await sleep(50);
    }
  });

  it('defers every queryV2', async () => {
    const { data } = await ask('query Q($q: String!) { queryV2(query: $q) { type url correlationId } }', {
      q: 'FIND Person LIMIT 5',
    });
    expect(data?.['queryV2']).toMatchObject({ type: 'deferred', url: expect.stringContaining(apiBaseUrl) as unknown });
  });

  it('explains a query', async () => {
    const { data } = await ask('{ explainQuery(query: "FIND Person THAT IN Tem") }');
    expect(data?.['explainQuery']).toMatchObject({
      query: 'FIND Person THAT IN Tem',
      rows: 0,
      hints: [expect.stringContaining('Team') as unknown],
    });
    expect(await api.ok('POST', '/j1ql/explain', { query: 'FIND Person' })).toMatchObject({ rows: users });
  });

  it('reads the graph', async () => {
    const { data } = await ask(`{
      vertex(filters: { _key: "hub" }) {
        id
        entity { _id _key _type _class _createdOn _version _deleted displayName }
        edges { id fromVertexId toVertexId relationship { _class _fromEntityId } }
        neighbors(depth: 2) { vertices { id entity { displayName } } edges { id } }
      }
      entityCount(filters: { _class: ["Team", "Group"] })
      typeCounts(classes: "Person")
      allEntityCounts
      getEntityCounts { classes types }
      getAllAssetProperties
    }`);
    const hub = data?.['vertex'] as {
      id: string;
      entity: Record<string, unknown>;
      edges: object[];
      neighbors: { vertices: object[]; edges: object[] };
    };
    expect(hub.entity).toMatchObject({
      _id: hub.id,
      _key: 'hub',
      _type: ['team'],
      _class: ['Team', 'Group'],
      _createdOn: expect.any(Number) as unknown,
    });
    expect([hub.edges.length, hub.neighbors.vertices.length, hub.neighbors.edges.length]).toEqual([
      users,
      users,
      users,
    ]);
    const counts = { person: users, team: 1 };
    expect(data).toMatchObject({
      entityCount: 1,
      typeCounts: { person: users },
      allEntityCounts: { typeCounts: counts, classCounts: { Group: 1, Person: users, Team: 1 } },
      getEntityCounts: { types: counts },
      getAllAssetProperties: ['age', 'displayName'],
    });
    const foreign = await ask('query V($id: String!) { vertex(id: $id) { id } }', { id: hub.id }, stranger);
    expect(foreign).toEqual({ data: { vertex: null } });
  });

  it('lists vertices by pages', async () => {
    const document = `query L($after: String) { listVerticesV2(filters: { _class: "Person" }, size: 15, after: $after, sort: { field: "age", order: DESC }) {
      total vertices { properties } pageInfo { endCursor hasNextPage } } }`;
    const ages: unknown[] = [];
    for (let after: string | null = null, pages = 0; pages < 5; pages++) {
      const { data } = await ask(document, { after });
      const found = data?.['listVerticesV2'] as {
        total: number;
        vertices: { properties: { age: number } }[];
        pageInfo: { endCursor: string | null; hasNextPage: boolean };
      };
      expect(found.total).toBe(users);
      expect(found.pageInfo.hasNextPage).toBe(found.pageInfo.endCursor !== null);
      ages.push(...found.vertices.map(({ properties }) => properties.age));
      if (found.pageInfo.endCursor === null) break;
      after = found.pageInfo.endCursor;
    }
    expect(ages).toEqual(Array.from({ length: users }, (_, n) => users - 1 - n));
  });

  it('changes single objects, which queries see at once', async () => {
    const create = `mutation C($entityKey: String!, $entityType: String!, $entityClass: [String!]!, $properties: JSON) {
      createEntity(entityKey: $entityKey, entityType: $entityType, entityClass: $entityClass, properties: $properties) {
        entity { _id } vertex { id } } }`;
    const idOf = async (entityKey: string): Promise<string> => {
      const { data } = await ask(create, { entityKey, entityType: 'made', entityClass: 'Made', properties: { n: 1 } });
      return (data?.['createEntity'] as { vertex: { id: string } }).vertex.id;
    };
    const [from, to] = [await idOf('made:1'), await idOf('made:2')];
    const link = `mutation C($from: String!, $to: String!) {
      createRelationship(relationshipKey: "l", relationshipType: "made_has_made", relationshipClass: "HAS", fromEntityId: $from, toEntityId: $to) {
        edge { id fromVertexId toVertexId } } }`;
    const linked = await ask(link, { from, to });
    expect(linked.data).toMatchObject({ createRelationship: { edge: { fromVertexId: from, toVertexId: to } } });
    const query = 'FIND Made AS a THAT HAS >> Made AS b RETURN a._key AS a, b._key AS b, b.n AS n';
    expect(page(await ask(queryV1, { query })).data).toEqual([{ a: 'made:1', b: 'made:2', n: 1 }]);
    await ask('mutation U($id: String!) { updateEntity(entityId: $id, properties: { n: 2 }) { entity { _id } } }', {
      id: to,
    });
    expect(page(await ask(queryV1, { query })).data).toMatchObject([{ n: 2 }]);
    const remove = 'mutation D($id: String!) { deleteEntityV2(entityId: $id, hardDelete: true) { entity } }';
    expect((await ask(remove, { id: to }, stranger)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await ask(remove, { id: to })).errors).toBeUndefined();
    expect(page(await ask(queryV1, { query })).data).toEqual([]);
    const { data } = await ask(
      'query V($id: String!) { entityCount(filters: { _class: "Made" }) vertex(id: $id) { edges { id } } }',
      { id: from },
    );
    expect(data).toEqual({ entityCount: 1, vertex: { edges: [] } });
    await ask(remove, { id: from });
  });

  it('takes batches and gzip, and answers what it cannot run in 200', async () => {
    const operations = [
      { query: '{ __typename }' },
      { query: '{ nothing }' },
      { query: queryV1, variables: { query: 'FIND', flags: {} } },
    ];
    const answer = await api.request('POST', '/graphql', gzipSync(JSON.stringify(operations)), {
      'Content-Encoding': 'gzip',
    });
    expect(answer.status).toBe(200);
    const codes = (answer.body as unknown as Answer[]).map(({ errors }) => errors?.[0]?.extensions.code);
    expect(codes).toEqual([undefined, 'GRAPHQL_VALIDATION_FAILED', 'SYNTAX_ERROR']);
    expect(
      (
        await api.request(
          'POST',
          '/graphql',
          Array.from({ length: 1000 }, () => operations[0]),
        )
      ).status,
    ).toBe(400);
    const unknown = new ApiClient({ apiBaseUrl, account: 'nobody', token: 'no-token-of-anyone' });
    expect((await unknown.request('POST', '/graphql', operations[0])).status).toBe(401);
  });

  it.each([
    ['queryV1(query: "FIND Person", cursor: "abc") { type }', 'CURSOR_INVALID'],
    ['listVerticesV2(after: "abc") { total }', 'BAD_USER_INPUT'],
    ['queryV1(query: "FIND Person WITH age = ${age}") { type }', 'SYNTAX_ERROR'],
    ['queryV1(query: "FIND Person WITH age = ${age}", variables: { age: { deep: 1 } }) { type }', 'SYNTAX_ERROR'],
    ['fetchEntityById(entityId: "nothing") { entity }', 'NOT_FOUND'],
    [
      `${'vertex(id: "x") { neighbors { vertices { '.repeat(12)} id ${'} } } '.repeat(12)}`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('refuses %s', async (field, code) => {
    const { errors } = await ask(`{ ${field} }`);
    expect(errors?.[0]?.extensions.code).toBe(code);
  });
});
