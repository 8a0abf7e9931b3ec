/**
 * A manifest row says what a scope holds under one id. Packed little-endian.
 *
 * | bytes | field |
 * |---|---|
 * | 0–15 | `_id` |
 * | 16–31 | hash of the bytes of the last upload that left the object as it is; zero when unknown |
 * | 32–35 | `_version` × 2, plus 1 when the object is deleted, uint32 |
 *
 * Rows of one id may lie in the base and in several deltas. The one with the highest last field is the present one, in whatever
 * order they are read: a version only grows, and a deletion comes after the version that it ends.
 */
export const manifestRowBytes = 36;
export const manifestRowWords = manifestRowBytes / 4;
export const stampWord = 8;

export const manifestStamp = (version: number, deleted: boolean): number => version * 2 + (deleted ? 1 : 0);
export const versionOfStamp = (stamp: number): number => stamp >>> 1;
export const isDeletedStamp = (stamp: number): boolean => (stamp & 1) === 1;

/** 32-bit words of packed rows; copies only when the bytes do not lie on a word border. */
export function rowWords(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
}
