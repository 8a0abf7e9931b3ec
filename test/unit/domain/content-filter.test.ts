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
  const members = hashes(count, 'in');
  const others = hashes(100_000, 'out');
  const found = (filter: ContentFilter, words: Uint32Array) =>
    Array.from({ length: words.length / 4 }, (_, i) => filter.has(words, 4 * i)).filter(Boolean).length;

  it.each([
    [3, 60_032, 40],
    [2, 40_000, 300],
  ])('knows all that it was given in %d bytes each, and takes few others for members', (perHash, bytes, most) => {
    const filter = new ContentFilter(count, perHash);
    for (let at = 0; at < members.length; at += 4) filter.add(members, at);
    expect(filter.bytes).toBe(bytes);
    expect(ContentFilter.bytesFor(count, perHash)).toBe(bytes);
    expect(found(filter, members)).toBe(count);
    expect(found(filter, others)).toBeLessThan(most);
  });

  it('without members knows nothing', () => {
    expect(new ContentFilter(0, 3).has(members, 0)).toBe(false);
  });
});
