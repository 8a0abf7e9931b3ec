import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import { buildTestApp, credentials, jobs } from './build-test-app';
import { refusals } from './refusal-table';

describe('refusals', () => {
  it.each(refusals)('$what → $status $code', async ({ request, status, code, message }) => {
    const { call, start, tenants } = buildTestApp({ reader: createUploadReader() });
    const jobId = await start();
    const before = await tenants.of('acme').syncJobs.get(jobId);
    const response = await call({ ...request, url: String(request.url).replace('JOB', jobId) });
    const { error } = response.json<{ error: { code: string; message: string } }>();
    expect({ status: response.statusCode, code: error.code }).toEqual({ status, code });
    expect(error.message).toMatch(message);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers['x-request-id']).toBeTruthy();
    expect(tenants.uploads).toEqual([]);
    expect(await tenants.of('acme').syncJobs.get(jobId)).toEqual(before);
  });

  it('gives one and the same answer to every wrong pair of token and account', async () => {
    const { app } = buildTestApp();
    const pairs = [
      { authorization: 'Bearer wrong-token', 'jupiterone-account': 'acme' },
      { authorization: credentials.authorization, 'jupiterone-account': 'other' },
      { authorization: credentials.authorization, 'jupiterone-account': 'nobody' },
      { authorization: credentials.authorization, 'jupiterone-account': '__proto__' },
    ];
    const answers = await Promise.all(
      pairs.map(async (headers) => {
        const response = await app.inject({ url: jobs, headers: { ...headers, 'jupiterone-correlation-id': 'same' } });
        const { date: _date, ...rest } = response.headers;
        return JSON.stringify([response.statusCode, response.body, rest]);
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^\[401,/);
    expect(answers[0]).toContain('"www-authenticate":"Bearer"');
  });

  it.each(['jupiterone-account', 'LifeOmic-Account', 'JUPITERONE-ACCOUNT'])(
    'takes the account from %s',
    async (header) => {
      const { app } = buildTestApp();
      const response = await app.inject({
        url: jobs,
        headers: { authorization: 'bearer  acme-secret-token ', [header]: 'acme' },
      });
      expect(response.statusCode).toBe(200);
    },
  );

  it.each([
    [
      new DomainError(ErrorCode.unavailable, 'MongoDB cannot be reached.'),
      503,
      'SERVICE_UNAVAILABLE',
      'MongoDB cannot be reached.',
    ],
    [new Error('secret detail'), 500, 'INTERNAL_SERVER_ERROR', 'request id my-id'],
    ['a string', 500, 'INTERNAL_SERVER_ERROR', 'request id my-id'],
  ])('answers %s with %i', async (thrown, status, code, message) => {
    const { call, log } = buildTestApp({
      authenticator: {
        authenticate: () => {
          throw thrown;
        },
      },
    });
    const response = await call({ url: jobs, headers: { 'jupiterone-correlation-id': 'my-id' } });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { code, message: expect.stringContaining(message) as unknown } });
    expect(response.body).not.toContain('secret detail');
    expect(response.headers['retry-after'] !== undefined).toBe(status === 503);
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(status === 500 ? 1 : 0);
    if (thrown instanceof Error && status === 500) {
      expect(log.find(({ level }) => level === 'error')).toMatchObject({
        requestId: 'my-id',
        err: { message: 'secret detail', stack: expect.stringContaining('refusals.test') as unknown },
      });
    }
  });

  it('lists at most 50 problems', async () => {
    const { call, start } = buildTestApp();
    const events = Array.from({ length: 80 }, () => 7);
    const response = await call({ method: 'POST', url: `${jobs}/${await start()}/events`, payload: { events } });
    expect(response.json<{ error: { problems: unknown[] } }>().error.problems).toHaveLength(50);
    expect(response.json<{ error: { message: string } }>().error.message).toContain('79 more');
  });
});
