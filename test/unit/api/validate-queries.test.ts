import { buildTestApp } from './build-test-app';

interface Verdict {
  readonly query: string;
  readonly valid: boolean;
  readonly error?: { readonly message: string; readonly code: string };
}

function appWithMetrics() {
  const test = buildTestApp();
  const validate = (payload: unknown, headers: Record<string, string> = {}) =>
    test.call({
      method: 'POST',
      url: '/j1ql/validate',
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { ...test, validate };
}

describe('POST /j1ql/validate', () => {
  it('gives a verdict on each query in the order of the request', async () => {
    const { validate, app } = appWithMetrics();
    const queries = ['FIND User THAT HAS Device', 'FIND User wth a = 1', '', 'FIND User', 'FIND User'];
    const response = await validate({ queries });
    expect(response.statusCode).toBe(200);
    const verdicts = response.json<Verdict[]>();
    expect(verdicts.map(({ query }) => query)).toEqual(queries);
    expect(verdicts.map(({ valid }) => valid)).toEqual([true, false, false, true, true]);
    expect(verdicts[0]).toEqual({ query: queries[0], valid: true });
    expect(verdicts[1]?.error?.code).toBe('PARSER_ERROR');
    expect(verdicts[1]?.error?.message).toMatch(
      /^Error parsing query\. Unexpected token "wth" at line 1 column 11\. Did you mean "with"\?/,
    );
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toContain('perijove_queries_validated_total{result="VALID"} 3');
    expect(metrics).toContain('perijove_queries_validated_total{result="PARSER_ERROR"} 2');
  });

  it('takes 250 queries and an empty list', async () => {
    const { validate } = appWithMetrics();
    expect((await validate({ queries: [] })).json()).toEqual([]);
    const many = await validate({ queries: Array.from({ length: 250 }, () => 'FIND *') });
    expect(many.json<Verdict[]>()).toHaveLength(250);
  });

  it.each([
    [
      '251 queries',
      { queries: Array.from({ length: 251 }, () => 'FIND *') },
      400,
      'BAD_REQUEST',
      '"queries" in the body must not have more than 250 elements.',
    ],
    ['no queries', {}, 400, 'BAD_REQUEST', '"queries" in the body is missing.'],
    ['an empty body', '', 400, 'BAD_REQUEST', '"queries" in the body is missing.'],
    [
      'queries that are no array',
      { queries: 'FIND *' },
      400,
      'BAD_REQUEST',
      '"queries" in the body must be an array of strings.',
    ],
    [
      'a query that is no text',
      { queries: ['FIND *', 7] },
      400,
      'BAD_REQUEST',
      '"queries[1]" in the body must be a string.',
    ],
    ['an array', [], 400, 'BAD_REQUEST', 'The body must be a JSON object.'],
    ['broken JSON', '{"queries":', 400, 'INVALID_BODY', 'The body is not valid JSON (Unexpected end of JSON input).'],
    ['a body over the limit', { queries: ['x'.repeat(1024 * 1024)] }, 413, 'RequestEntityTooLargeException', undefined],
  ])('refuses %s', async (_what, payload, status, code, message) => {
    const response = await appWithMetrics().validate(payload);
    const { error } = response.json<{ error: { code: string; message: string } }>();
    expect([response.statusCode, error.code]).toEqual([status, code]);
    if (message !== undefined) expect(error.message).toBe(message);
  });

  it('asks for credentials', async () => {
    const response = await appWithMetrics().validate({ queries: ['FIND *'] }, { authorization: 'Bearer wrong' });
    expect(response.statusCode).toBe(401);
  });
});
