import { ErrorCode } from '../../../../src/contracts/error-code';
import { DomainError } from '../../../../src/domain/errors';
import { buildTestApp, graphqlOptions } from '../build-test-app';

interface Answer {
  data: Record<string, Record<string, unknown>> | null;
  errors?: { message: string; extensions: { code: string } }[];
}

function open(publicUrl?: string) {
  const test = buildTestApp(publicUrl === undefined ? {} : { graphql: { ...graphqlOptions, publicUrl } });
  const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
    (await test.call({ method: 'POST', url: '/', headers, payload: { query, variables } })).json<Answer>();
  return { ...test, queries: test.tenants.queriesOf('acme'), ask };
}

const fields = '{ type data cursor url totalCount correlationId __typename }';

describe('queryV1', () => {
  it('is inline unless asked otherwise, with null for what there is not', async () => {
    for (const option of [
      '',
      ', deferredResponse: DISABLED',
      ', deferredResponse: OPTIONAL',
      ', deferredResponse: null',
    ]) {
      const { data } = await open().ask(`{ queryV1(query: "FIND User"${option}) ${fields} }`);
      expect(data?.['queryV1']).toEqual({
        type: 'list',
        data: [],
        cursor: null,
        url: null,
        totalCount: 0,
        correlationId: expect.stringMatching(/^[\w-]{36}$/) as unknown,
        __typename: 'QueryV1Response',
      });
    }
  });

  it('answers a forced deferral with the address of the state document', async () => {
    const { ask, queries } = open();
    const document = `query A($query: String!, $cursor: String, $deferredResponse: DeferredResponseOption, $flags: QueryV1Flags) {
      queryV1(query: $query, cursor: $cursor, deferredResponse: $deferredResponse, flags: $flags) ${fields} }`;
    const flags = { variableResultSize: true };
    const { data } = await ask(
      document,
      { query: 'FIND User', deferredResponse: 'FORCE', flags },
      { host: 'api.example:8443' },
    );
    expect(data?.['queryV1']).toEqual({
      type: 'deferred',
      data: null,
      cursor: null,
      url: expect.stringMatching(/^http:\/\/api\.example:8443\/deferred\/[\w-]{36}$/) as unknown,
      totalCount: null,
      correlationId: expect.stringMatching(/^[\w-]{36}$/) as unknown,
      __typename: 'QueryV1Response',
    });
    expect(queries.calls.map(({ method }) => method)).toEqual(['defer']);
  });

  it('hands on the format of what is deferred, which an inline answer does not have', async () => {
    const { ask, queries } = open();
    const answer = async (args: string) => (await ask(`{ queryV1(query: "FIND User"${args}) { type data } }`)).data;
    const inline = await answer('');
    for (const option of ['', ', deferredResponse: DISABLED', ', deferredResponse: OPTIONAL']) {
      expect(await answer(`${option}, deferredFormat: CSV`)).toEqual(inline);
    }
    for (const format of ['', ', deferredFormat: JSON', ', deferredFormat: CSV']) {
      await answer(`, deferredResponse: FORCE${format}`);
    }
    queries.failure = new DomainError(ErrorCode.queryTimeout, 'The query took too long.');
    await answer(', deferredResponse: OPTIONAL, deferredFormat: CSV');
    const deferred = queries.calls.filter(({ method }) => method === 'defer');
    expect(deferred.map(({ format }) => format)).toEqual(['json', 'json', 'csv', 'csv']);
  });

  it('tells of bad J1QL at once, also when it is deferred', async () => {
    const { errors } = await open().ask('{ queryV1(query: "FIND", deferredResponse: FORCE) { url } }');
    expect(errors?.[0]?.extensions.code).toBe('SYNTAX_ERROR');
  });

  it('hands on what is given, and takes empty texts and lists as absent', async () => {
    const { ask, queries } = open();
    const go = `query QueryJupiterOne($query: String!, $variables: JSON, $remember: Boolean, $includeDeleted: Boolean, $dryRun: Boolean,
      $deferredResponse: DeferredResponseOption, $deferredFormat: DeferredResponseFormat, $flags: QueryV1Flags, $cursor: String, $scopeFilters: [JSON!]) {
      queryV1(query: $query, variables: $variables, remember: $remember, includeDeleted: $includeDeleted, dryRun: $dryRun,
        deferredResponse: $deferredResponse, deferredFormat: $deferredFormat, flags: $flags, cursor: $cursor, scopeFilters: $scopeFilters,
        sourceMetadata: { appName: "a" }) { type } }`;
    const unset = {
      cursor: '',
      deferredFormat: 'JSON',
      variables: null,
      scopeFilters: [],
      flags: { computedProperties: false, rowMetadata: false },
    };
    const set = {
      dryRun: true,
      includeDeleted: true,
      variables: { a: [1] },
      scopeFilters: { org: 'x' },
      flags: { rowMetadata: true },
    };
    await ask(go, { query: 'FIND User', dryRun: false, includeDeleted: false, remember: false, ...unset });
    await ask(go, { query: 'FIND User', ...set }, { 'jupiterone-correlation-id': 'c-1' });
    expect(queries.calls.map(({ request: { requestId: _, ...request } }) => request)).toEqual([
      { query: 'FIND User', dryRun: false, includeDeleted: false, rowMetadata: false },
      {
        query: 'FIND User',
        dryRun: true,
        includeDeleted: true,
        variables: { a: [1] },
        scopeFilters: [{ org: 'x' }],
        rowMetadata: true,
      },
    ]);
    expect(queries.calls[1]?.request.requestId).toBe('c-1');
  });

  it('makes several answers of one operation', async () => {
    const { data } = await open().ask(
      '{ a: queryV1(query: "FIND User") { type } b: queryV1(query: "FIND User RETURN TREE") { type data } }',
    );
    expect(data).toEqual({ a: { type: 'list' }, b: { type: 'tree', data: { vertices: [], edges: [] } } });
  });

  it('defers what OPTIONAL cannot answer in time, and nothing else', async () => {
    const { ask, queries } = open();
    const late = new DomainError(ErrorCode.queryTimeout, 'The query took too long.');
    queries.failure = late;
    const answer = async (option: string) =>
      (await ask(`{ queryV1(query: "FIND User", deferredResponse: ${option}) { type url } }`)).data?.['queryV1']?.[
        'type'
      ];
    expect(await answer('OPTIONAL')).toBe('deferred');
    expect(await answer('DISABLED')).toBeUndefined();
  });
});

describe('queryV2', () => {
  it('is always deferred', async () => {
    const { ask, queries } = open();
    const document = `query J1QLv2($query: String!, $variables: JSON, $cursor: String, $scopeFilters: JSON, $includeDeleted: Boolean,
      $returnRowMetadata: Boolean, $returnComputedProperties: Boolean) {
      queryV2(query: $query, variables: $variables, cursor: $cursor, scopeFilters: $scopeFilters, includeDeleted: $includeDeleted,
        returnRowMetadata: $returnRowMetadata, returnComputedProperties: $returnComputedProperties) { type url correlationId } }`;
    const { data } = await ask(document, {
      query: 'FIND User LIMIT 5',
      scopeFilters: { org: 'x' },
      returnRowMetadata: true,
    });
    expect(data?.['queryV2']).toMatchObject({
      type: 'deferred',
      url: expect.stringContaining('/deferred/') as unknown,
    });
    expect(queries.calls).toEqual([
      {
        method: 'defer',
        format: 'json',
        request: expect.objectContaining({ scopeFilters: [{ org: 'x' }], rowMetadata: true }) as unknown,
      },
    ]);
  });
});

describe('addresses in answers', () => {
  const document = '{ queryV2(query: "FIND User") { url } }';
  const url = async (headers: Record<string, string>, setting?: string): Promise<unknown> =>
    (await open(setting).ask(document, {}, headers)).data?.['queryV2']?.['url'];

  it.each([
    [{ host: 'h:1' }, undefined, 'http://h:1/'],
    [
      { host: 'h:1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.us.jupiterone.io' },
      undefined,
      'https://api.us.jupiterone.io/',
    ],
    [{ host: 'h:1', 'x-forwarded-host': 'evil"><script>' }, undefined, 'http://h:1/'],
    [{ host: '[::1]:8080', 'x-forwarded-proto': 'https, http' }, undefined, 'https://[::1]:8080/'],
    [{ host: 'h:1', 'x-forwarded-host': 'other' }, 'https://graph.example/', 'https://graph.example/'],
  ])('%j with the setting %s', async (headers, setting, start) => {
    expect(await url(headers, setting)).toEqual(
      expect.stringMatching(`^${start.replaceAll(/[[\]?.]/g, '\\$&')}deferred/`),
    );
  });
});

describe('explainQuery', () => {
  it('is any JSON', async () => {
    const { data } = await open().ask('{ explainQuery(query: "FIND User", includeDeleted: true) }');
    expect(data?.['explainQuery']).toMatchObject({ query: 'FIND User', hints: [] });
  });
});
