import { ChunkBuilder } from '../../../src/adapters/mongo/chunk-builder';
import { bytesOf } from '../../../src/adapters/mongo/packed-ids';
import { manifestRowBytes } from '../../../src/domain/graph/manifest-rows';
import type { Writer } from '../../../src/adapters/mongo/write-of';

const by: Writer = {
  id: 'job',
  scope: { account: 'a', source: 'api', scope: 's' },
  scopeId: 'own',
  integrationInstanceId: null,
  mode: 'DIFF',
  at: 5,
  isAlone: true,
  settlementId: 'own',
};
const rowsOf = (count: number) =>
  Buffer.from(Array.from({ length: count * manifestRowBytes }, (_, i) => (i * 7) % 256));

it.each([0, 1, 63, 64, 65, 2_000])('keeps %i packed rows and one more whole', (count) => {
  const chunk = new ChunkBuilder({ by, kind: 'entity', chunk: 'd0' });
  const packed = rowsOf(count);
  chunk.packedRows('own', packed);
  chunk.row('own', new Uint8Array(16).fill(1), null, 5);
  const [marker] = chunk.documents();
  const stored = Buffer.concat(Object.values(marker?.rows ?? {}).map(bytesOf));
  expect(marker?.rowCount).toBe(count + 1);
  const sorted = (bytes: Uint8Array) =>
    Array.from({ length: bytes.length / manifestRowBytes }, (_, i) =>
      Buffer.from(bytes.subarray(i * manifestRowBytes, (i + 1) * manifestRowBytes)).toString('hex'),
    ).sort();
  const last = Buffer.concat([Buffer.alloc(16, 1), Buffer.alloc(16), Buffer.from([5, 0, 0, 0])]);
  expect(sorted(stored)).toEqual(sorted(Buffer.concat([packed, last])));
});
