import { gzipSync } from 'node:zlib';
import { buildTestApp, credentials, graphqlOptions, otherCredentials } from '../build-test-app';

const users = [
  { _id: 'a', _key: 'a', _type: 'user', _class: ['User'], name: 'Ann' },
  { _id: 'b', _key: 'b', _type: 'user', _class: ['User'], name: 'Bob' },
];
const ask =
  'query J1QL($query: String!, $variables: JSON) { queryV1(query: $query, variables: $variables) { type data cursor } }';
const names = { query: 'FIND User AS u RETURN u.name AS name ORDER BY u.name' };

function open(options?: Parameters<typeof buildTestApp>[0]) {
  const test = buildTestApp(options);
  test.tenants.setGraph('acme', 'entity', users);
  return {
    ...test,
    post: async (payload: unknown, url = '/graphql', headers = {}) =>
      await test.call({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', ...headers },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
  };
}

describe('GraphQL transport', () => {
  it.each(['/', '/graphql', '/rules/graphql', '/persister/graphql', '/graphql?.jupiterone.io/'])(
    'answers on %s',
    async (url) => {
      const response = await open().post({ query: ask, variables: names }, url);
      expect(response.statusCode).toBe(200);
      expect(response.body).toBe(
        '{"data":{"queryV1":{"type":"table","data":[{"name":"Ann"},{"name":"Bob"}],"cursor":null}}}',
      );
    },
  );

  it('answers an array with an array of the same order, also for one operation', async () => {
    const { post } = open();
    const one = [{ operationName: 'J1QL', variables: names, query: ask }];
    expect((await post(one)).body).toMatch(/^\[\{"data":\{"queryV1":/);
    const batch = [{ query: '{ __typename }' }, 7, { query: '{ a: __typename }' }, { query: '' }, ...one];
    const answers = (await post(batch)).json<{ data?: object; errors?: { extensions: { code: string } }[] }[]>();
    expect(answers.map(({ data, errors }) => errors?.[0]?.extensions.code ?? Object.keys(data ?? {}))).toEqual([
      ['__typename'],
      'BAD_USER_INPUT',
      ['a'],
      'BAD_USER_INPUT',
      ['queryV1'],
    ]);
    expect((await post([])).body).toBe('[]');
  });

  it('refuses a batch over the limit as a whole', async () => {
    const { post } = open();
    const response = await post(Array.from({ length: 1000 }, () => ({ query: '{ __typename }' })));
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      error: {
        code: 'BAD_REQUEST',
        message: 'The request has 1000 operations; 100 are the most that one may have.',
      },
    });
  });

  it('ignores unknown members and undeclared variables, and takes null and absent ones', async () => {
    const { post } = open();
    const answers = await Promise.all([
      post({ query: '{ __typename }', variables: null, operationName: null, flags: { a: 1 }, extensions: {} }),
      post({ query: '{ __typename }', variables: { includeConfig: true } }),
      post({ query: '{ __typename }', operationName: '' }),
      post('{"query":"{ __typename }"}', '/', { 'content-type': 'application/json; charset=utf-8' }),
    ]);
    for (const answer of answers) expect(answer.body).toBe('{"data":{"__typename":"Query"}}');
  });

  it('reads gzip, and tells of a body that it cannot read as the REST endpoints do', async () => {
    const { post, app } = open();
    const payload = gzipSync(JSON.stringify({ query: '{ __typename }' }));
    const headers = { ...credentials, 'content-encoding': 'gzip' };
    expect((await app.inject({ method: 'POST', url: '/', headers, payload })).body).toBe(
      '{"data":{"__typename":"Query"}}',
    );
    const broken = await post('{"query":');
    expect([broken.statusCode, broken.json<{ error: { code: string } }>().error.code]).toEqual([400, 'INVALID_BODY']);
    const small = await open({ limits: { maxBodyBytes: 100, maxInFlightBodyBytes: 100 } }).post({
      query: ask,
      variables: names,
    });
    expect(small.statusCode).toBe(413);
  });

  it('wants credentials', async () => {
    const { app } = open();
    const response = await app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ __typename }' } });
    expect([response.statusCode, response.json<{ error: { code: string } }>().error.code]).toEqual([
      401,
      'UNAUTHORIZED',
    ]);
  });

  it('answers each account from its own graph', async () => {
    const answer = await open().post({ query: ask, variables: names }, '/', otherCredentials);
    expect(answer.body).toBe('{"data":{"queryV1":{"type":"table","data":[],"cursor":null}}}');
  });
});

describe('errors of documents', () => {
  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.'],
    ['Query ($a: Int) { __typename }', 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Unexpected Name "Query".'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nothing" on type "Query".'],
    [
      '{ queryV1 { type } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Field "queryV1" argument "query" of type "String!" is required, but it was not provided.',
    ],
    [
      'query A { __typename } query B { __typename }',
      'BAD_USER_INPUT',
      'Must provide operation name if query contains multiple operations.',
    ],
    [
      'query A($q: String!) { queryV1(query: $q) { type } }',
      'BAD_USER_INPUT',
      'Variable "$q" of required type "String!" was not provided.',
    ],
  ])('%s', async (query, code, message) => {
    const response = await open().post({ query });
    expect(response.statusCode).toBe(200);
    const answer = response.json<{ errors: { message: string; extensions: object }[] }>();
    expect(Object.keys(answer)).toEqual(['errors']);
    expect(answer.errors[0]).toMatchObject({ message, extensions: { code, serviceName: 'perijove' } });
  });
});

describe('errors of fields', () => {
  it('tells of J1QL in a SYNTAX_ERROR, errors first, with a path and without locations', async () => {
    const response = await open().post({ query: ask, variables: { query: 'FIND User wth active = true' } });
    expect(response.statusCode).toBe(200);
    expect(response.body).toMatch(
      /^\{"errors":\[\{"message":"Error parsing query\. Unexpected token \\"wth\\" at line 1 column 11/,
    );
    const { errors, data } = response.json<{ errors: object[]; data: unknown }>();
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(Object.keys(errors[0] ?? {})).toEqual(['message', 'path', 'extensions']);
    expect(errors[0]).toMatchObject({
      path: ['queryV1'],
      extensions: { code: 'SYNTAX_ERROR', serviceName: 'perijove' },
    });
  });

  it.each([
    [{ variables: { variables: 'x', query: 'FIND User' } }, '"variables" must be an object of names and values.'],
    [
      { query: '{ queryV1(query: "FIND User", scopeFilters: [7]) { type } }' },
      'scopeFilters[0] must be an object of property names and values.',
    ],
  ])('tells of arguments in BAD_USER_INPUT: %j', async (sent, message) => {
    const { errors } = (await open().post({ query: ask, ...sent })).json<{ errors: object[] }>();
    expect(errors).toEqual([
      expect.objectContaining({ message, extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) as unknown }),
    ]);
  });

  it('keeps faults of ours to the log, and names the request that has them', async () => {
    const { app, post, tenants, log } = open();
    tenants.queriesOf('acme').failure = new Error('secret connection string');
    const response = await post({ query: ask, variables: names }, '/', { 'jupiterone-correlation-id': 'x-429-y' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      errors: [
        {
          message: 'Something went wrong on our side; the log has it under the request id of this error.',
          path: ['queryV1'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', serviceName: 'perijove', requestId: 'x-429-y' },
        },
      ],
      data: null,
    });
    expect(JSON.stringify(log)).toContain('secret connection string');
    expect((await app.inject('/metrics')).body).toMatch(
      /perijove_graphql_operation_duration_seconds_count\{field="queryV1",result="INTERNAL_SERVER_ERROR"\} 1/,
    );
  });
});

describe('limits of documents', () => {
  const limits = { depth: 4, cost: 30, aliases: 3, tokens: 2000 };
  const sent = async (query: string) => {
    const { post } = open({ graphql: { ...graphqlOptions, limits } });
    return (await post({ query })).json<{ errors?: { message: string }[] }>().errors?.[0]?.message;
  };
  const aliases = (count: number): string =>
    `{ ${Array.from({ length: count }, (_, at) => `a${at}: __typename`).join(' ')} }`;

  it('counts aliases, in fragments too', async () => {
    expect(await sent(aliases(3))).toBeUndefined();
    expect(await sent(aliases(4))).toBe('The operation is too large: its aliases is 4, and 3 is allowed.');
    const spread = 'fragment F on Query { a: __typename b: __typename } query { ...F ... on Query { ...F } }';
    expect(await sent(spread)).toBe('The operation is too large: its aliases is 4, and 3 is allowed.');
  });

  it('measures fragments that multiply each other without going through them', async () => {
    const layers = Array.from({ length: 100 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`);
    const text = `query { ...F0 } ${layers.join(' ')} fragment F100 on Query { __typename }`;
    // Twice as much with each layer: whoever went through them would not come back.
    expect(await sent(text)).toBe(`The operation is too large: its cost is ${2 ** 100}, and 30 is allowed.`);
  });

  it('counts words, and leaves circles of fragments to the rule for them', async () => {
    expect(await sent(`{ ${'__typename '.repeat(2000)} }`)).toContain('2000 tokens');
    expect(await sent('query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }')).toMatch(
      /^Cannot spread fragment "A" within itself/,
    );
  });

  it('shows the schema to whoever has credentials, unless a setting forbids it', async () => {
    const query = '{ __schema { queryType { name fields { name type { ofType { ofType { name } } } } } } }';
    expect((await open().post({ query })).json()).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    const { post } = open({ graphql: { ...graphqlOptions, introspection: false } });
    expect((await post({ query })).json<{ errors: object[] }>().errors[0]).toMatchObject({
      message: expect.stringContaining('introspection has been disabled') as unknown,
    });
  });
});

describe('hostile documents', () => {
  const cases: readonly [string, string, RegExp][] = [
    ['brackets', '{'.repeat(1_000_000), /More than 200 brackets/],
    ['lists', `{ entityCount(filters: { _class: ${'['.repeat(4000)}${']'.repeat(4000)} }) }`, /More than 200 brackets/],
    ['inline fragments', `{ ${'... { '.repeat(3300)} __typename ${'}'.repeat(3300)} }`, /More than 200 brackets/],
    ['one field', `{ ${'__typename '.repeat(4999)} }`, /same fields too often/],
    ['unknown fields', `{ ${'nothing '.repeat(4999)} }`, /too often|Cannot query field/],
    ['variables', `query(${'$v: Int '.repeat(2400)}) { __typename }`, /only one variable named/],
    ['brackets in a text', `{ entityCount(search: "${'['.repeat(5000)}") }`, /^$/],
  ];

  it.each(cases)('ends quickly with many %s', async (_name, query, message) => {
    const { post } = open();
    const started = Date.now();
    const { errors } = (await post({ query })).json<{ errors?: { message: string }[] }>();
    expect(errors?.[0]?.message ?? '').toMatch(message);
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it('does not follow JSON without end', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const response = await open().post(`{"query":"{ __typename }","variables":{"a":${deep}}}`);
    expect([response.statusCode, response.json<{ error: { code: string } }>().error.code]).toEqual([
      400,
      'INVALID_BODY',
    ]);
    const text = JSON.stringify({ query: '{ __typename }', variables: { a: '"\\'.repeat(2) + '{'.repeat(1000) } });
    expect((await open().post(text)).json()).toEqual({ data: { __typename: 'Query' } });
  });
});
