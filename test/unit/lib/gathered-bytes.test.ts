import fc from 'fast-check';
import { GatheredBytes } from '../../../src/lib/gathered-bytes';

describe('GatheredBytes', () => {
  it('holds what was added since it was cleared, in memory of its own', () => {
    const pieces = fc.array(fc.array(fc.uint8Array({ maxLength: 50_000, size: 'max' }), { maxLength: 6 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(pieces, (passes) => {
        const gathered = new GatheredBytes();
        for (const pass of passes) {
          gathered.clear();
          const expected = Buffer.concat(pass);
          for (const piece of pass) {
            gathered.add(piece);
            piece.fill(0);
          }
          expect(Buffer.compare(gathered.bytes, expected)).toBe(0);
        }
        gathered.free();
        expect(gathered.bytes).toHaveLength(0);
        gathered.add(Uint8Array.of(1, 2));
        expect([...gathered.bytes]).toEqual([1, 2]);
      }),
      { numRuns: 50 },
    );
  });
});
