/**
 * A staged row stands for one uploaded object: its graph id, the hash of its bytes, and where the bytes lie in the batch's body.
 * Rows are packed little-endian into one byte array, so that a million of them cost 40 MB and no JavaScript objects.
 *
 * | bytes | field |
 * |---|---|
 * | 0–15 | `_id` of the object (UUIDv5, see `graph/identity.ts`) |
 * | 16–31 | 128-bit hash of the object's bytes as stored in the body |
 * | 32–35 | offset of the object in the body, uint32 |
 * | 36–39 | length of the object in bytes, uint32 |
 */
export const stagedRowBytes = 40;
export const stagedRowWords = stagedRowBytes / 4;

/** A scope's ids are spread over this many partitions by the top bits of their first byte; UUIDv5 spreads evenly. */
export const partitionCount = 64;
export const partitionOf = (firstIdByte: number): number => firstIdByte >> 2;

/** Rows that one pass over partitions holds in memory. */
const rowsOfAPass = 100_000;

/** Partitions of one pass, so that a pass holds about as many rows whatever all of them are. */
export const passSize = (rows: number): number =>
  Math.max(1, Math.min(partitionCount, Math.floor((partitionCount * rowsOfAPass) / Math.max(1, rows))));

/** The four kinds of content of one upload. */
export const uploadParts = ['entities', 'relationships', 'deleteEntities', 'deleteRelationships'] as const;
export type UploadPart = (typeof uploadParts)[number];

export interface ScannedObjects {
  readonly count: number;
  /** `count` staged rows, in the order of the upload. */
  readonly rows: Uint8Array;
}

export interface ScannedDeletes {
  /** Packed 16-byte ids, in the order of the upload. */
  readonly ids: Uint8Array;
  /** References whose `_id` is no id that this product could have given; each counts as a delete error. */
  readonly unresolvable: number;
}

/** What a checked upload body holds. All rows point into `body`, which is JSON text of the single objects. */
export interface ScannedUpload {
  readonly body: Uint8Array;
  readonly entities: ScannedObjects;
  readonly relationships: ScannedObjects;
  readonly deleteEntities: ScannedDeletes;
  readonly deleteRelationships: ScannedDeletes;
  /** Number of raw-data entries carried by the entities. */
  readonly rawDataEntries: number;
}
