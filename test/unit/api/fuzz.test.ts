import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import { errorsOf } from '../../../src/api/http/openapi/document';
import { operations } from '../../../src/api/http/openapi/operations';
import {
  brokenGzip,
  brokenJson,
  cutGzip,
  gzipped,
  isJson,
  malformedBodies,
  wrongShape,
} from '../../support/malformed-bodies';
import { buildTestApp, jobs } from './build-test-app';

const headerText = fc.stringMatching(/^[\x21-\x7e]{0,60}$/);
const anyHeaders = fc.record(
  {
    'content-type': fc.oneof(
      headerText,
      fc.constantFrom(
        'application/json',
        'text/csv',
        'application/yaml',
        'text/plain',
        'multipart/form-data; boundary=x',
        'a/b;charset=',
      ),
    ),
    'content-encoding': fc.oneof(headerText, fc.constantFrom('gzip', 'deflate', 'gzip, gzip', 'identity', '')),
    'jupiterone-correlation-id': headerText,
    'lifeomic-account': fc.oneof(headerText, fc.constant('acme')),
    'transfer-encoding': fc.constant('chunked'),
    origin: headerText,
  },
  { requiredKeys: [] },
);

const anyBody = fc.oneof(
  brokenJson,
  wrongShape.map((text) => Buffer.from(text)),
  brokenGzip,
  fc.jsonValue({ maxDepth: 5 }).map((value) => Buffer.from(JSON.stringify(value))),
  fc.string({ unit: 'binary', maxLength: 400 }).map((text) => Buffer.from(text)),
);

/** The codes that `/openapi.json` promises for a route; every path outside of it may only be not found or refused as it is. */
function documentedCodes(url: string, method: string): readonly string[] {
  const path = url.split('?')[0] || '/';
  const operation = operations.find(
    (each) =>
      each.method === method.toLowerCase() && new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, '[^/]*')}$`).test(path),
  );
  return operation === undefined ? ['NOT_FOUND', 'BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE'] : errorsOf(operation);
}

function uploadApp() {
  const test = buildTestApp({ reader: createUploadReader() });
  const send = async (request: InjectOptions) => {
    const response = await test.call(request);
    expect(response.statusCode).toBeLessThan(500);
    if (response.statusCode !== 200 && request.method !== 'HEAD') {
      const { error } = response.json<{ error: { code: string; message: string } }>();
      expect(documentedCodes(String(request.url), String(request.method ?? 'GET'))).toContain(error.code);
      expect(error.message.length).toBeGreaterThan(10);
    }
    return response;
  };
  const start = async (): Promise<string> =>
    (await test.tenants.of('acme').syncJobs.start({ source: 'api', scope: 'fuzz' })).id;
  return { ...test, send, start };
}

const runs = { numRuns: 1000 };
jest.setTimeout(120_000);

describe('fuzz', () => {
  it.each([
    ['broken JSON', brokenJson, {}],
    ['broken gzip', brokenGzip, { 'content-encoding': 'gzip' }],
    ['JSON of another shape', wrongShape.map((text) => Buffer.from(text)), {}],
  ])('%s is refused with a documented code and stores nothing', async (_name, bodies, headers) => {
    const { send, start, tenants } = uploadApp();
    const jobId = await start();
    const part = fc.constantFrom('upload', 'entities', 'relationships');
    await fc.assert(
      fc.asyncProperty(bodies, part, async (payload, shape) => {
        const url = `${jobs}/${jobId}/${shape}`;
        const response = await send({
          method: 'POST',
          url,
          payload,
          headers: { 'content-type': 'application/json', ...headers },
        });
        if (response.statusCode === 200) expect(isHarmless(payload, shape)).toBe(true);
      }),
      runs,
    );
    const stored = tenants.uploads.flatMap(({ upload }) => [upload.entities.count, upload.relationships.count]);
    expect(stored.every((count) => count === 0)).toBe(true);
  });

  const malformed = [...malformedBodies, ...malformedBodies.map(gzipped), ...cutGzip];
  it.each(malformed)('refuses $what', async ({ headers, body: payload }) => {
    const { send, start, tenants } = uploadApp();
    const response = await send({ method: 'POST', url: `${jobs}/${await start()}/upload`, headers, payload });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(tenants.uploads).toEqual([]);
  });

  it('any method, path, query, header and body get an answer below 500', async () => {
    const { send, start } = uploadApp();
    const segment = fc.oneof(
      fc.constantFrom(
        'JOB',
        'upload',
        'entities',
        'relationships',
        'finalize',
        'abort',
        'events',
        'uploadUrl',
        '',
        '%00',
        '%zz',
        '..',
      ),
      fc.webSegment(),
    );
    const query = fc.oneof(
      fc.webQueryParameters(),
      fc.constantFrom(
        'limit=1e400',
        'limit=-1',
        'limit[]=1',
        '__proto__=1',
        'cursor=%ff',
        'ignoreDuplicates=true&ignoreDuplicates=x',
      ),
    );
    const path = fc.oneof(
      fc.array(segment, { maxLength: 3 }).map((parts) => [jobs, ...parts].join('/')),
      fc.constantFrom('/entities', '/relationships', jobs),
      fc.webPath(),
    );
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS');
    await fc.assert(
      fc.asyncProperty(fc.record({ method, path, query, headers: anyHeaders, payload: anyBody }), async (request) => {
        const { path: at, query: asked, payload, ...rest } = request;
        // A job of its own, or the first abort would close the door for all that follow.
        const url = `${at === '' ? '/' : at.replace('JOB', await start())}?${asked}`;
        const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(rest.method);
        await send({ ...(rest as InjectOptions), url, ...(hasBody && { payload }) });
      }),
      { numRuns: 2000 },
    );
  });

  it('any start, finalize, abort and events body gets an answer below 500', async () => {
    const { send, start } = uploadApp();
    const member = fc.constantFrom(
      ...['source', 'scope', 'syncMode', 'integrationInstanceId', 'integrationJobId', 'partialDatasets', 'types'],
      ...['reason', 'terminalStatus', 'events', 'name', 'description', '__proto__', 'constructor'],
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('api', 'DIFF', 'PATCH', '\ud800', '\u0000'),
    );
    const object = fc.dictionary(
      member,
      fc.oneof(value, fc.dictionary(member, value), fc.array(fc.dictionary(member, value))),
    );
    const url = fc.constantFrom(jobs, ...['finalize', 'abort', 'events'].map((action) => `${jobs}/JOB/${action}`));
    await fc.assert(
      fc.asyncProperty(url, object, async (at, payload) => {
        await send({ method: 'POST', url: at.replace('JOB', await start()), payload: JSON.stringify(payload) });
      }),
      { numRuns: 1000 },
    );
  });
});

/** Accepted although generated as wrong: the part is not asked for by this endpoint, or the bytes happen to be a valid empty upload. */
function isHarmless(payload: Buffer, shape: string): boolean {
  const text = payload.toString();
  if (!isJson(payload)) return false;
  const parsed = JSON.parse(text) as Record<string, unknown>;
  const members = Object.keys(parsed ?? {});
  return members.length === 0 || (shape !== 'upload' && !members.includes(shape));
}
