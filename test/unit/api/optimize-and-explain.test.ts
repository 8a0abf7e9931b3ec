import { buildTestApp } from './build-test-app';

const { call, tenants } = buildTestApp();
const post = async (url: string, payload: object) => await call({ method: 'POST', url, payload });

describe('POST /j1ql/optimize', () => {
  it('writes queries as the printer does, in their order', async () => {
    const queries = ['find User  with active=true', 'FIND User', 'find User wth a'];
    const response = await post('/j1ql/optimize', { queries });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual([
      {
        originalQuery: queries[0],
        valid: true,
        optimizedQuery: 'FIND User WITH active = true',
        optimizations: [{ name: 'canonicalForm', description: expect.any(String) as unknown }],
      },
      { originalQuery: queries[1], valid: true, optimizedQuery: 'FIND User', optimizations: [] },
      {
        originalQuery: queries[2],
        valid: false,
        optimizedQuery: null,
        optimizations: [],
        error: { code: 'PARSER_ERROR', message: expect.stringContaining('Unexpected token "wth"') as unknown },
      },
    ]);
  });

  it('gives back what it gave', async () => {
    const query =
      'FIND User AS u THAT HAS >> (Host|Device) WITH a = (1 OR 2) RETURN u.name, COUNT(u) AS n ORDER BY n DESC LIMIT 5';
    const [first] = (await post('/j1ql/optimize', { queries: [query] })).json<{ optimizedQuery: string }[]>();
    const [second] = (await post('/j1ql/optimize', { queries: [first?.optimizedQuery] })).json<object[]>();
    expect(second).toMatchObject({ valid: true, optimizedQuery: first?.optimizedQuery, optimizations: [] });
  });
});

describe('POST /j1ql/explain', () => {
  it('hands on what is given and answers with what was done', async () => {
    const scopeFilters = [{ org: 'x' }];
    const response = await post('/j1ql/explain', {
      query: 'FIND User WITH a = ${a}',
      variables: { a: 1 },
      includeDeleted: null,
      scopeFilters,
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ query: 'FIND User WITH a = ${a}', hints: [] });
    expect(tenants.queriesOf('acme').calls.at(-1)).toMatchObject({
      method: 'explain',
      request: { query: 'FIND User WITH a = ${a}', variables: { a: 1 }, scopeFilters },
    });
    expect(tenants.queriesOf('acme').calls.at(-1)?.request).not.toHaveProperty('includeDeleted');
  });

  it.each([
    [{}, 'BAD_REQUEST', '"query" in the body is missing.'],
    [{ query: 7 }, 'BAD_REQUEST', '"query" in the body must be a string.'],
    [{ query: 'FIND User', variables: [] }, 'BAD_REQUEST', '"variables" in the body must be an object.'],
    [
      { query: 'FIND User', includeDeleted: 'yes' },
      'BAD_REQUEST',
      '"includeDeleted" in the body must be true or false.',
    ],
    [
      { query: 'FIND User', scopeFilters: [7] },
      'BAD_REQUEST',
      'scopeFilters[0] must be an object of property names and values.',
    ],
    [{ query: 'FIND' }, 'PARSER_ERROR', 'Error parsing query.'],
  ])('refuses %j', async (body, code, message) => {
    const response = await post('/j1ql/explain', body);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ error: object }>().error).toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });
});
