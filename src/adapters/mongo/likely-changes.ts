import { Binary } from 'mongodb';
import { rowWords } from '../../domain/graph/manifest-rows';
import { stagedRowBytes } from '../../domain/ingest/staged-rows';
import { stagedOffsetAt, type StagedRows } from '../../domain/sync-job/staged-object';
import type { LikelyChangesRecord } from './collections';
import { compressBody, decompressBody } from './compressed-body';
import { bytesOf } from './packed-ids';

/** @param places of texts in the body, offset and length each */
export async function packLikelyChanges(body: Uint8Array, places: Uint32Array): Promise<LikelyChangesRecord> {
  const texts = Buffer.concat(eachPlace(places).map(({ offset, length }) => body.subarray(offset, offset + length)));
  const packed = new Uint8Array(places.buffer, places.byteOffset, places.byteLength);
  return { places: new Binary(packed), texts: new Binary(await compressBody(texts)), bytes: texts.length };
}

/** The rows, pointing into the texts alone; undefined when one of their texts is not there. */
export async function unpackLikelyChanges(
  { places, texts, bytes }: LikelyChangesRecord,
  rows: Uint8Array,
): Promise<StagedRows | undefined> {
  const found = new Map<number, number>();
  let at = 0;
  for (const { offset, length } of eachPlace(rowWords(bytesOf(places)))) {
    found.set(offset, at);
    at += length;
  }
  const moved = new Uint8Array(rows);
  const view = new DataView(moved.buffer);
  for (let row = 0; row < moved.length; row += stagedRowBytes) {
    const place = found.get(view.getUint32(row + stagedOffsetAt, true));
    if (place === undefined) return undefined;
    view.setUint32(row + stagedOffsetAt, place, true);
  }
  return { rows: moved, body: await decompressBody(bytesOf(texts), bytes) };
}

function eachPlace(places: Uint32Array): { readonly offset: number; readonly length: number }[] {
  return Array.from({ length: places.length / 2 }, (_, i) => ({
    offset: places[2 * i] ?? 0,
    length: places[2 * i + 1] ?? 0,
  }));
}
