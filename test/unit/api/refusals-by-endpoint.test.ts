import type { InjectOptions } from 'fastify';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import { operations, type Operation } from '../../../src/api/http/openapi/operations';
import { ErrorCode } from '../../../src/contracts/error-code';
import { tableRows } from '../../support/markdown-table';
import { buildTestApp, credentials, jobs, otherCredentials } from './build-test-app';
import { refusals } from './refusal-table';

const closed = operations.filter(({ isPublic }) => isPublic !== true);
const ofOne = closed.filter(({ path }) => path.includes('{id}'));
const ofJob = ofOne.filter(({ path }) => path.startsWith(jobs));
/** Documents are taken as they are: `raw-data.test.ts`. */
const withBody = closed.filter(({ body }) => body !== undefined && body.isDocument !== true);
const named = (all: readonly Operation[]) => all.map((operation) => ({ name: operation.id, operation }));
const missing = '00000000-0000-4000-8000-000000000000';
/** Enough for every endpoint to go on to what the case is about. */
const bodies: Readonly<Record<string, unknown>> = {
  startSyncJob: { source: 'api', scope: 's' },
  uploadObjects: { entities: [{ _key: 'a', _type: 't' }] },
  uploadEntities: { entities: [{ _key: 'a', _type: 't' }] },
  uploadRelationships: { relationships: [{ _key: 'r', _type: 't', _fromEntityKey: 'a', _toEntityKey: 'a' }] },
  addSyncJobEvents: { events: [{ name: 'n', description: 'd' }] },
};
const requestOf = ({ id, method, path }: Operation, jobId = missing): InjectOptions => ({
  method: method.toUpperCase() as 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: path.replace('{id}', jobId).replace('{name}', 'default').replace('{version}', '1'),
  ...(bodies[id] !== undefined && { payload: bodies[id] as object }),
});

describe('every endpoint', () => {
  const test = buildTestApp({ reader: createUploadReader() });
  const refusedBy = async (request: InjectOptions) => {
    const before = JSON.stringify([...test.tenants.database.jobs], (_, value: unknown) => value);
    const response = await test.call(request);
    const { error } = response.json<{ error?: { code: string; message: string } }>();
    expect(error?.message.length).toBeGreaterThan(10);
    expect(test.tenants.uploads).toEqual([]);
    expect(JSON.stringify([...test.tenants.database.jobs])).toBe(before);
    return { status: response.statusCode, code: error?.code, body: response.body };
  };

  it.each(named(closed))('$name refuses whoever does not say who they are', async ({ operation }) => {
    const jobId = await test.start();
    const strangers = [
      { authorization: '' },
      { authorization: 'Bearer ' },
      { authorization: 'Bearer wrong-token-of-some-length' },
      { 'jupiterone-account': '' },
      { 'jupiterone-account': 'nobody' },
      { authorization: otherCredentials.authorization },
    ];
    for (const headers of strangers) {
      const refused = await refusedBy({ ...requestOf(operation, jobId), headers: { ...credentials, ...headers } });
      expect(refused).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
  });

  it.each(named(ofOne))('$name knows nothing that the account does not have', async ({ operation }) => {
    const foreign = await test.start();
    const answers = [];
    for (const jobId of [missing, foreign]) {
      const refused = await refusedBy({ ...requestOf(operation, jobId), headers: otherCredentials });
      expect(refused).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      answers.push(refused.body.replaceAll(jobId, 'ID'));
    }
    expect(answers[0]).toBe(answers[1]);
    for (const jobId of ['abc', '%00', '..%2f..', '{}', ' ', `${missing}x`]) {
      const refused = await refusedBy(requestOf(operation, encodeURI(jobId)));
      expect(refused).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
  });

  it.each(named(withBody))('$name refuses bodies that it cannot read', async ({ operation }) => {
    const request = requestOf(operation, await test.start());
    const json = { 'content-type': 'application/json' };
    const cases: readonly [object, string | Buffer, number, string][] = [
      [json, '{', 400, 'INVALID_BODY'],
      [json, Buffer.from([0x7b, 0xff, 0x7d]), 400, 'INVALID_BODY'],
      [{ ...json, 'content-encoding': 'gzip' }, 'no gzip', 400, 'INVALID_BODY'],
      [{ ...json, 'content-encoding': 'br' }, '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
      // Other bodies are JSON, whatever they are called.
      operation.body?.isUpload === true
        ? [{ 'content-type': 'application/xml' }, '<a/>', 415, 'UNSUPPORTED_MEDIA_TYPE']
        : [{ 'content-type': 'application/xml' }, '<a/>', 400, 'INVALID_BODY'],
      [json, Buffer.alloc(1024 * 1024 + 1, 32), 413, 'RequestEntityTooLargeException'],
    ];
    for (const [headers, payload, status, code] of cases) {
      expect(await refusedBy({ ...request, headers: { ...headers }, payload })).toMatchObject({ status, code });
    }
  });

  const needsOpenJob = ofJob.filter(({ errors }) => errors.includes(ErrorCode.jobNotAwaitingUploads));
  it.each(named(needsOpenJob))('$name refuses a job that is closed to it', async ({ operation }) => {
    const jobId = await test.start();
    const isEnded = operation.id === 'abortSyncJob';
    const close = isEnded || operation.id === 'finalizeSyncJob' ? 'abort' : 'finalize';
    if (isEnded) {
      const job = test.tenants.database.jobs.get(jobId);
      if (job) job.stored = { ...job.stored, document: { ...job.stored.document, status: 'FINISHED', done: true } };
    } else await test.call({ method: 'POST', url: `${jobs}/${jobId}/${close}` });
    const refused = await refusedBy(requestOf(operation, jobId));
    expect(refused).toMatchObject({ status: 400, code: 'JOB_NOT_AWAITING_UPLOADS' });
    expect(refused.body).toContain(jobId);
  });

  it('starts no second job under an id that is taken', async () => {
    const integrationJobId = '11111111-0000-4000-8000-000000000000';
    const start = (integrationInstanceId: string) => ({
      method: 'POST' as const,
      url: jobs,
      payload: { source: 'integration-managed', integrationInstanceId, integrationJobId },
    });
    expect((await test.call(start('one'))).statusCode).toBe(200);
    expect(await refusedBy(start('two'))).toMatchObject({ status: 409, code: 'CONFLICT' });
  });

  it('has a test for every documented code that a request can be refused with', () => {
    const here = [
      'UNAUTHORIZED',
      'NOT_FOUND',
      'INVALID_BODY',
      'UNSUPPORTED_MEDIA_TYPE',
      'JOB_NOT_AWAITING_UPLOADS',
      'CONFLICT',
    ];
    // Of the server's own state; of finalization, where jobs show them, not answers; and verdicts on single queries.
    const elsewhere = [
      ...['SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR', 'BAD_BULK_DATA', 'SCOPE_BUSY'],
      ...['PARSER_ERROR', 'VALIDATION_ERROR', 'CURSOR_INVALID', 'CURSOR_EXPIRED', 'QUERY_TIMEOUT', 'QUERY_TOO_LARGE'],
    ];
    const tested = new Set([...refusals.map(({ code }) => code), ...here, ...elsewhere]);
    const documented = tableRows('docs/errors.md').map(([code]) => code?.replaceAll('`', ''));
    expect(documented.length).toBeGreaterThan(15);
    expect([...tested].sort()).toEqual(documented.sort());
    expect(documented).toEqual(Object.values(ErrorCode).sort());
  });
});
