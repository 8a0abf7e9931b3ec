import { createHash } from 'node:crypto';
import { ContentFilter } from '../../../src/domain/graph/content-filter';

/** So many 128-bit hashes, four words each, the same in every run. */
function hashes(count: number, name: string): Uint32Array {
  const bytes = Buffer.concat(
    Array.from({ length: count }, (_, i) => createHash('md5').update(`${name}${i}`).digest()),
  );
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

describe('ContentFilter', () => {
  const count = 20_000;
  const filter = new ContentFilter(count);
  const members = hashes(count, 'in');
  for (let at = 0; at < members.length; at += 4) filter.add(members, at);
  const found = (words: Uint32Array) =>
    Array.from({ length: words.length / 4 }, (_, i) => filter.has(words, 4 * i)).filter(Boolean).length;

  it('knows all that it was given', () => {
    expect(found(members)).toBe(count);
  });

  it('takes few others for members, in 3 bytes for each member', () => {
    expect(found(hashes(100_000, 'out'))).toBeLessThan(40);
    expect(filter.bytes).toBe(60_032);
    expect(ContentFilter.bytesFor(count)).toBe(filter.bytes);
  });

  it('without members knows nothing', () => {
    expect(new ContentFilter(0).has(members, 0)).toBe(false);
  });
});
