import type { InjectOptions } from 'fastify';
import { gzipSync } from 'node:zlib';
import { jobs } from './build-test-app';

/** One request that must be refused, and how. */
export interface Refusal {
  readonly what: string;
  readonly request: InjectOptions;
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
}

export const post = (url: string, payload: unknown, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url,
  payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
  headers: { 'content-type': 'application/json', ...headers },
});
/** `JOB` stands for the id of an open job. */
export const upload = `${jobs}/JOB/upload`;
export const entity = { _key: 'a', _type: 't' };

/** Of uploads whose objects or parts cannot be used. */
export const uploadRefusals: readonly Refusal[] = [
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
    what: 'relationships that are no array',
    request: post(upload, { relationships: 'r' }),
    status: 400,
    code: 'RELATIONSHIP_IS_NOT_ARRAY',
    message: /"relationships" should be an array/,
  },
  {
    what: 'entities to delete that are no array',
    request: post(upload, { deleteEntities: { _key: 'a' } }),
    status: 400,
    code: 'DELETE_UPLOAD_FAILED_VALIDATION',
    message: /deleteEntities/,
  },
  {
    what: 'relationships to delete that are no array',
    request: post(upload, { deleteRelationships: 1 }),
    status: 400,
    code: 'DELETE_UPLOAD_FAILED_VALIDATION',
    message: /deleteRelationships/,
  },
  {
    what: 'an upload that is an array of numbers',
    request: post(upload, [1, 2]),
    status: 400,
    code: 'INVALID_BODY',
    message: /./,
  },
  {
    what: 'a key that is no text',
    request: post(upload, { entities: [{ _key: 5, _type: 't' }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /entities\[0\]\._key/,
  },
  {
    what: 'a key that is too long',
    request: post(upload, { entities: [{ _key: 'k'.repeat(1025), _type: 't' }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /1024/,
  },
  {
    what: 'classes that are no texts',
    request: post(upload, { entities: [{ ...entity, _class: [1] }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /_class/,
  },
  {
    what: 'a nested property',
    request: post(upload, { entities: [{ ...entity, tags: { a: 1 } }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /tags/,
  },
  {
    what: 'a reserved name',
    request: post(upload, { entities: [{ ...entity, _mine: 1 }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /_mine/,
  },
  {
    what: 'raw data without a name',
    request: post(upload, { entities: [{ ...entity, _rawData: [{ rawData: 'x' }, 7] }] }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /_rawData/,
  },
  {
    what: 'a relationship without ends',
    request: post(upload, { relationships: [{ _key: 'r', _type: 't' }] }),
    status: 400,
    code: 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION',
    message: /relationships\[0\].*_fromEntityKey/,
  },
  {
    what: 'a relationship with an array',
    request: post(upload, {
      relationships: [{ _key: 'r', _type: 't', _fromEntityKey: 'a', _toEntityKey: 'b', list: [1] }],
    }),
    status: 400,
    code: 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION',
    message: /list/,
  },
  {
    what: 'YAML that is broken',
    request: post(upload, 'entities: [', { 'content-type': 'application/yaml' }),
    status: 400,
    code: 'INVALID_BODY',
    message: /YAML: line 1/,
  },
  {
    what: 'CSV without a key',
    request: post(upload, 'name\nx\n', { 'content-type': 'text/csv' }),
    status: 400,
    code: 'INVALID_BODY',
    message: /line 1.*"_key"/,
  },
  {
    what: 'CSV with a row that ends before its type',
    request: post(upload, '_key,_type\na\n', { 'content-type': 'text/csv' }),
    status: 400,
    code: 'ENTITY_UPLOAD_FAILED_VALIDATION',
    message: /line 2\._type.*is required/,
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
];
