import { isDeletedStamp, manifestRowBytes, manifestRowWords, stampWord } from '../../domain/graph/manifest-rows';
import { partitionCount, partitionOf } from '../../domain/ingest/staged-rows';

/** The rows of objects that are not deleted, packed anew for each partition that has some. */
export function* livePartitions(rows: Uint32Array): Iterable<readonly [number, Uint8Array]> {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const counts = new Uint32Array(partitionCount);
  const isLive = (row: number) => !isDeletedStamp(rows[row * manifestRowWords + stampWord] ?? 1);
  const total = rows.length / manifestRowWords;
  const partitionOfRow = (row: number) => partitionOf(bytes[row * manifestRowBytes] ?? 0);
  for (let row = 0; row < total; row++) {
    if (isLive(row)) counts[partitionOfRow(row)] = (counts[partitionOfRow(row)] ?? 0) + 1;
  }
  const parts = new Map<number, Uint8Array>();
  const filled = new Uint32Array(partitionCount);
  counts.forEach((count, partition) => {
    if (count > 0) parts.set(partition, new Uint8Array(count * manifestRowBytes));
  });
  for (let row = 0; row < total; row++) {
    if (!isLive(row)) continue;
    const partition = partitionOfRow(row);
    parts
      .get(partition)
      ?.set(bytes.subarray(row * manifestRowBytes, (row + 1) * manifestRowBytes), filled[partition] ?? 0);
    filled[partition] = (filled[partition] ?? 0) + manifestRowBytes;
  }
  yield* parts;
}
