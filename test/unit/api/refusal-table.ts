import type { InjectOptions } from 'fastify';
import { gzipSync } from 'node:zlib';
import { jobs } from './build-test-app';

/** One request that must be refused, and how. */
interface Refusal {
  readonly what: string;
  readonly request: InjectOptions;
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
}

const post = (url: string, payload: unknown, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url,
  payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
  headers: { 'content-type': 'application/json', ...headers },
});
/** `JOB` stands for the id of an open job. */
const upload = `${jobs}/JOB/upload`;
const entity = { _key: 'a', _type: 't' };
const missing = '00000000-0000-4000-8000-000000000000';

export const refusals: readonly Refusal[] = [
  {
    what: 'a body that is not JSON',
    request: post(jobs, '{"source":'),
    status: 400,
    code: 'INVALID_BODY',
    message: /not valid JSON/,
  },
  {
    what: 'a body that is not text',
    request: post(jobs, Buffer.from([0x7b, 0xff, 0x7d])),
    status: 400,
    code: 'INVALID_BODY',
    message: /not UTF-8/,
  },
  {
    what: 'an array for an object',
    request: post(jobs, []),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^The body must be a JSON object\.$/,
  },
  {
    what: 'no source',
    request: post(jobs, {}),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"source" in the body is missing\.$/,
  },
  {
    what: 'an empty source',
    request: post(jobs, { source: '' }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"source" in the body is missing\.$/,
  },
  {
    what: 'a scope of the wrong type',
    request: post(jobs, { source: 'api', scope: 5 }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"scope" in the body must be a string\.$/,
  },
  {
    what: 'a scope with a line break',
    request: post(jobs, { source: 'api', scope: 'a\nb' }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /control characters/,
  },
  {
    what: 'a scope with half a character',
    request: post(jobs, '{"source":"api","scope":"\\ud800"}'),
    status: 400,
    code: 'BAD_REQUEST',
    message: /valid Unicode/,
  },
  {
    what: 'a scope that is too long',
    request: post(jobs, { source: 'api', scope: 'x'.repeat(1025) }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /longer than 1024/,
  },
  {
    what: 'an unknown mode',
    request: post(jobs, { source: 'api', scope: 's', syncMode: 'MERGE' }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"syncMode" in the body must be one of DIFF, CREATE_OR_UPDATE, PATCH, CROSS_SCOPE, OVERRIDE\.$/,
  },
  {
    what: 'a flag that is no flag',
    request: post(`${upload}?ignoreDuplicates=perhaps`, { entities: [entity] }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"ignoreDuplicates" in the query string must be true or false\.$/,
  },
  { what: 'an empty upload', request: post(upload, ''), status: 400, code: 'INVALID_BODY', message: /empty/ },
  {
    what: 'an unreadable upload',
    request: post(upload, '{"entities":[{]}'),
    status: 400,
    code: 'INVALID_BODY',
    message: /./,
  },
  {
    what: 'entities that are no array',
    request: post(upload, { entities: {} }),
    status: 400,
    code: 'ENTITY_IS_NOT_ARRAY',
    message: /"entities" should be an array/,
  },
  {
    what: 'an entity without a type',
    request: post(upload, { entities: [entity, { _key: 'b' }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /entities\[1\]/,
  },
  {
    what: 'two entities of one key',
    request: post(upload, { entities: [entity, entity] }),
    status: 400,
    code: 'DUPLICATE_KEY',
    message: /./,
  },
  {
    what: 'query rows for deletion, as one client sends them',
    request: post(upload, { deleteEntities: [{}, { id: '1', entity: {}, properties: {} }] }),
    status: 400,
    code: 'DELETE_UPLOAD_FAILED_VALIDATION',
    message: /_id|_key/,
  },
  {
    what: 'an upload of another type',
    request: post(upload, '<xml/>', { 'content-type': 'application/xml' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: /"application\/xml".*application\/json, application\/yaml or text\/csv/,
  },
  {
    what: 'plain text that is no JSON',
    request: post(upload, 'a,b,c', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: /application\/json/,
  },
  {
    what: 'another character set',
    request: post(upload, '{}', { 'content-type': 'application/json; charset=latin1' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: /UTF-8/,
  },
  {
    what: 'a content type that is none',
    request: post(upload, '{}', { 'content-type': 'json' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: /media type/,
  },
  {
    what: 'another compression',
    request: post(upload, '{}', { 'content-encoding': 'br' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: /"br".*gzip/,
  },
  {
    what: 'damaged gzip',
    request: post(upload, gzipSync('{"entities":[]}').subarray(0, 24), { 'content-encoding': 'gzip' }),
    status: 400,
    code: 'INVALID_BODY',
    message: /gzip/,
  },
  {
    what: 'gzip inside gzip',
    request: post(upload, gzipSync(gzipSync('{"entities":[]}')), { 'content-encoding': 'gzip' }),
    status: 400,
    code: 'INVALID_BODY',
    message: /./,
  },
  {
    what: 'a body over the limit',
    request: post(upload, Buffer.alloc(1024 * 1024 + 1, 32)),
    status: 413,
    code: 'RequestEntityTooLargeException',
    message: /1048576 bytes/,
  },
  {
    what: 'a gzip bomb',
    request: post(upload, gzipSync(Buffer.alloc(64 * 1024 * 1024, 32)), { 'content-encoding': 'gzip' }),
    status: 413,
    code: 'RequestEntityTooLargeException',
    message: /decompressed.*1048576 bytes/,
  },
  {
    what: 'a gzip bomb whose last member is small',
    request: post(upload, Buffer.concat([gzipSync(Buffer.alloc(8 * 1024 * 1024, 32)), gzipSync('{}')]), {
      'content-encoding': 'gzip',
    }),
    status: 413,
    code: 'RequestEntityTooLargeException',
    message: /decompressed/,
  },
  {
    what: 'an unknown job',
    request: { url: `${jobs}/${missing}` },
    status: 404,
    code: 'NOT_FOUND',
    message: new RegExp(missing),
  },
  { what: 'an id that is none', request: { url: `${jobs}/abc` }, status: 404, code: 'NOT_FOUND', message: /"abc"/ },
  {
    what: 'an empty id',
    request: post(`${jobs}//upload`, { entities: [] }),
    status: 404,
    code: 'NOT_FOUND',
    message: /""/,
  },
  {
    what: 'a very long id',
    request: { url: `${jobs}/${'a'.repeat(5000)}` },
    status: 404,
    code: 'NOT_FOUND',
    message: /too long/,
  },
  { what: 'an unknown path', request: { url: '/nowhere' }, status: 404, code: 'NOT_FOUND', message: /openapi/ },
  {
    what: 'a method that the path does not take',
    request: { method: 'DELETE', url: `${jobs}/${missing}` },
    status: 404,
    code: 'NOT_FOUND',
    message: /this path takes GET/,
  },
  { what: 'a broken escape', request: { url: `${jobs}/%zz` }, status: 400, code: 'BAD_REQUEST', message: /percent/ },
  {
    what: 'types that are no array',
    request: post(`${jobs}/JOB/finalize`, { partialDatasets: { types: 'host' } }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"partialDatasets.types" in the body must be an array of types\.$/,
  },
  {
    what: 'a type that is no string',
    request: post(`${jobs}/JOB/finalize`, { partialDatasets: { types: ['host', 7] } }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"partialDatasets.types\[1\]" in the body must be a string\.$/,
  },
  {
    what: 'a dry run',
    request: post(`${jobs}/JOB/finalize?dryRun=true`, {}),
    status: 400,
    code: 'BAD_REQUEST',
    message: /nothing was changed/,
  },
  {
    what: 'an end that only the server can give',
    request: post(`${jobs}/JOB/abort`, { terminalStatus: 'FINISHED' }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /ABORTED, ABORTED_DUE_TO_INVALID_CONFIGURATION/,
  },
  {
    what: 'no events',
    request: post(`${jobs}/JOB/events`, {}),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"events" in the body is missing\.$/,
  },
  {
    what: 'events that are no objects',
    request: post(`${jobs}/JOB/events`, { events: ['x'] }),
    status: 400,
    code: 'BAD_REQUEST',
    message: /^"events\[0\]" in the body must be a JSON object\.$/,
  },
  {
    what: 'a limit that is no number',
    request: { url: '/entities?limit=all' },
    status: 400,
    code: 'BAD_REQUEST',
    message: /"limit".*number/,
  },
  {
    what: 'a cursor of somebody else',
    request: { url: '/entities?cursor=xyz' },
    status: 400,
    code: 'BAD_REQUEST',
    message: /cursor/,
  },
  {
    what: 'an unknown status',
    request: { url: `${jobs}?status=DONE` },
    status: 400,
    code: 'BAD_REQUEST',
    message: /AWAITING_UPLOADS/,
  },
  {
    what: 'no token',
    request: { url: `${jobs}/${missing}`, headers: { authorization: '' } },
    status: 401,
    code: 'UNAUTHORIZED',
    message: /Authorization: Bearer/,
  },
  {
    what: 'another kind of credentials',
    request: { url: `${jobs}/${missing}`, headers: { authorization: 'Basic YTpi' } },
    status: 401,
    code: 'UNAUTHORIZED',
    message: /Bearer/,
  },
  {
    what: 'no account',
    request: { url: `${jobs}/${missing}`, headers: { 'jupiterone-account': '' } },
    status: 401,
    code: 'UNAUTHORIZED',
    message: /JupiterOne-Account/,
  },
  {
    what: 'two accounts',
    request: { url: `${jobs}/${missing}`, headers: { 'lifeomic-account': 'other' } },
    status: 400,
    code: 'BAD_REQUEST',
    message: /different accounts/,
  },
];
