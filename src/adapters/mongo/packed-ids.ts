import { Binary } from 'mongodb';
import { bytesToUuid, uuidToBytes } from '../../domain/graph/identity';
import { partitionCount, partitionOf } from '../../domain/ingest/staged-rows';
import type { PartitionedRows } from './collections';

/** Graph ids are stored as BSON UUIDs (subtype 4): 16 bytes in every index instead of 36. */
export const idAt = (bytes: Uint8Array, offset: number): Binary =>
  new Binary(Buffer.from(bytes.buffer, bytes.byteOffset + offset, 16), Binary.SUBTYPE_UUID);

/** The ids of packed rows that begin with one; without `rowBytes` the ids follow each other. */
export function idsIn(packed: Uint8Array, rowBytes = 16): Binary[] {
  const ids: Binary[] = [];
  for (let at = 0; at < packed.length; at += rowBytes) ids.push(idAt(packed, at));
  return ids;
}

export const idFromText = (text: string): Binary => idAt(uuidToBytes(text), 0);
export const idToText = (id: Binary): string => bytesToUuid(id.buffer, 0);

/** The cheapest text of 16 bytes. */
export const latin1Id = (bytes: Uint8Array, offset = 0): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + offset, 16).toString('latin1');

export const bytesOf = (binary: Binary): Uint8Array => binary.buffer.subarray(0, binary.position);

/** Splits packed rows by the partition of their id; the order inside a partition stays. */
export function splitByPartition(rows: Uint8Array, rowBytes: number): PartitionedRows {
  const counts = new Uint32Array(partitionCount);
  for (let at = 0; at < rows.length; at += rowBytes) {
    const partition = partitionOf(rows[at] ?? 0);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  const parts = Array.from(counts, (count) => (count === 0 ? undefined : new Uint8Array(count * rowBytes)));
  const filled = new Uint32Array(partitionCount);
  for (let at = 0; at < rows.length; at += rowBytes) {
    const partition = partitionOf(rows[at] ?? 0);
    parts[partition]?.set(rows.subarray(at, at + rowBytes), filled[partition] ?? 0);
    filled[partition] = (filled[partition] ?? 0) + rowBytes;
  }
  const split: PartitionedRows = {};
  parts.forEach((part, partition) => {
    if (part) split[partition] = new Binary(part);
  });
  return split;
}

/** The rows of partitions `from` up to but not including `to`, ascending. */
export function joinPartitions(split: PartitionedRows | undefined, from = 0, to = partitionCount): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let partition = from; partition < to; partition++) {
    const part = split?.[partition];
    if (part) parts.push(bytesOf(part));
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** Projection of some partitions of a field; all of them when that is everything. */
export function partitionProjection(field: string, from: number, to: number): Record<string, 1> {
  if (from === 0 && to === partitionCount) return { [field]: 1 };
  const projection: Record<string, 1> = {};
  for (let partition = from; partition < to; partition++) projection[`${field}.${partition}`] = 1;
  return projection;
}
