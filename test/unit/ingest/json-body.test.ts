import { createHash } from 'node:crypto';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import { DomainError } from '../../../src/domain/errors';
import { bytesToUuid, uuidV5 } from '../../../src/domain/graph/identity';
import type { ReadOptions } from '../../../src/domain/ingest/upload-reader';

const options: ReadOptions = {
  format: 'json',
  shape: 'upload',
  syncMode: 'DIFF',
  entityNamespace: new Uint8Array(16).fill(1),
  relationshipNamespace: new Uint8Array(16).fill(2),
  ignoreDuplicates: false,
  ignoreIllegalProperties: false,
};
const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

test('rows point at the objects of the body and carry the ids of their keys', () => {
  const body = Buffer.from(
    JSON.stringify({
      entities: [
        { _key: '1', _type: 't' },
        { _key: '2', _type: 't', tags: [1] },
      ],
    }),
  );
  const scanned = createUploadReader().read(body, options);
  expect(scanned.entities.count).toBe(2);
  expect(bytesToUuid(scanned.entities.rows, 40)).toBe(bytesToUuid(uuidV5(sha1, options.entityNamespace, '2')));
  const view = new DataView(scanned.entities.rows.buffer, scanned.entities.rows.byteOffset);
  const offset = view.getUint32(72, true);
  const text = Buffer.from(scanned.body.subarray(offset, offset + view.getUint32(76, true))).toString();
  expect(JSON.parse(text)).toEqual({ _key: '2', _type: 't', tags: [1] });
});

test('one error tells of every offending entity', () => {
  const body = Buffer.from(JSON.stringify({ entities: [{ _type: 't' }, { _key: 'k', _type: 't', owner: {} }] }));
  let error: unknown;
  try {
    createUploadReader().read(body, options);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(DomainError);
  expect((error as DomainError).code).toBe('ENTITY_UPLOAD_FAILED_VALIDATION');
  expect((error as DomainError).problems.map(({ where }) => where)).toEqual(['entities[0]._key', 'entities[1].owner']);
});
