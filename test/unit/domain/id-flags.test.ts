import { createHash } from 'node:crypto';
import { IdFlags } from '../../../src/domain/graph/id-flags';

const idOf = (n: number): Uint8Array => createHash('md5').update(String(n)).digest();

describe('IdFlags', () => {
  it('remembers the last flag of each of many ids', () => {
    const flags = new IdFlags(10_000);
    for (let n = 0; n < 5_000; n++) flags.set(idOf(n), n % 3 === 0);
    for (let n = 0; n < 5_000; n += 7) flags.set(idOf(n), true);
    for (let n = 0; n < 5_000; n++) expect(flags.get(idOf(n))).toBe(n % 3 === 0 || n % 7 === 0);
    expect(flags.get(idOf(5_000))).toBeUndefined();
    expect(flags.hasOverflown).toBe(false);
  });

  it('takes ids from any place of a packed array', () => {
    const packed = Buffer.concat([Buffer.alloc(3), idOf(1), idOf(2)]);
    const flags = new IdFlags(10);
    flags.set(packed.subarray(3, 19), true);
    packed.fill(0, 0, 19);
    expect(flags.get(idOf(1))).toBe(true);
    expect(flags.get(packed.subarray(19))).toBeUndefined();
  });

  it('says when it had to leave one out, and goes on with those that it knows', () => {
    const flags = new IdFlags(2);
    for (const n of [1, 2, 3]) flags.set(idOf(n), true);
    flags.set(idOf(1), false);
    expect([1, 2, 3].map((n) => flags.get(idOf(n)))).toEqual([false, true, undefined]);
    expect(flags.hasOverflown).toBe(true);
  });
});
