import { createUploadReader, type UploadReaderOptions } from '../../../src/adapters/ingest/upload-reader';
import { DomainError } from '../../../src/domain/errors';
import { bytesToUuid } from '../../../src/domain/graph/identity';
import { type ScannedObjects, type ScannedUpload, stagedRowBytes } from '../../../src/domain/ingest/staged-rows';
import type { ReadOptions } from '../../../src/domain/ingest/upload-reader';
import { buildWasm } from '../../support/build-wasm';

export const entityNamespace = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
export const relationshipNamespace = Uint8Array.from({ length: 16 }, (_, i) => 200 + i);

export const optionsOf = (changes: Partial<ReadOptions> = {}): ReadOptions => ({
  format: 'json',
  shape: 'upload',
  syncMode: 'DIFF',
  entityNamespace,
  relationshipNamespace,
  ignoreDuplicates: false,
  ignoreIllegalProperties: false,
  ...changes,
});

/** Both lanes, and the fast one with a pause every few bytes; the scanner is compiled when its sources are newer. */
export function bothLanes(options: UploadReaderOptions = {}) {
  buildWasm();
  return {
    fast: createUploadReader({ ...options, accelerate: true }),
    slow: createUploadReader({ ...options, accelerate: false }),
    inPieces: createUploadReader({ ...options, accelerate: true, pieceBytes: 50 }),
  };
}

export const bytesOf = (body: unknown): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

export interface Row {
  readonly id: string;
  readonly hash: string;
  readonly text: string;
}

export function rowsOf(upload: ScannedUpload, part: 'entities' | 'relationships'): Row[] {
  const { count, rows }: ScannedObjects = upload[part];
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  return Array.from({ length: count }, (_, row) => {
    const at = row * stagedRowBytes;
    const offset = view.getUint32(at + 32, true);
    return {
      id: bytesToUuid(rows, at),
      hash: Buffer.from(rows.subarray(at + 16, at + 32)).toString('hex'),
      text: Buffer.from(upload.body.subarray(offset, offset + view.getUint32(at + 36, true))).toString(),
    };
  });
}

export const objectsOf = (upload: ScannedUpload, part: 'entities' | 'relationships'): unknown[] =>
  rowsOf(upload, part).map(({ text }) => JSON.parse(text) as unknown);

/** Everything that a reader promises about an upload, comparable with toEqual. */
export const contentOf = (upload: ScannedUpload): unknown => ({
  body: Buffer.from(upload.body).toString('latin1'),
  entities: Buffer.from(upload.entities.rows).toString('hex'),
  relationships: Buffer.from(upload.relationships.rows).toString('hex'),
  deletes: [upload.deleteEntities, upload.deleteRelationships].map(({ ids, unresolvable }) => [
    Buffer.from(ids).toString('hex'),
    unresolvable,
  ]),
  rawDataEntries: upload.rawDataEntries,
});

/** The error of a call that must fail. */
export async function errorOf(call: () => Promise<unknown>): Promise<DomainError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the call should have failed');
}

/** What a call comes to, an error included. */
export async function outcomeOf(call: () => Promise<ScannedUpload>): Promise<unknown> {
  try {
    return contentOf(await call());
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { code: error.code, message: error.message, problems: error.problems };
  }
}
