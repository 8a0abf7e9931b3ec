import { heapTrimmer } from '../../../src/observability/heap-trimmer';

const mebibyte = 2 ** 20;

/** Fills some 80 MiB of the heap with objects, and lets go of them. */
function fillHeap(): void {
  const kept = Array.from({ length: 500_000 }, (_, i) => ({ number: i, text: `text ${i}`, list: [i] }));
  if (kept.length !== 500_000) throw new Error('nothing was kept');
}

describe('heapTrimmer', () => {
  it('gives back what the heap no longer needs', () => {
    fillHeap();
    const before = process.memoryUsage.rss();
    heapTrimmer({ aboveBytes: 0, everyMs: 0, now: () => 0 })();
    expect(before - process.memoryUsage.rss()).toBeGreaterThan(20 * mebibyte);
  });

  it('does so above its limit only, and only so often', () => {
    const calls = { now: 0, resident: 100 };
    const reads: number[] = [];
    const trim = heapTrimmer({
      aboveBytes: 100,
      everyMs: 10,
      now: () => calls.now,
      residentBytes: () => {
        reads.push(calls.now);
        return calls.resident;
      },
    });
    const trims = (): boolean => {
      fillHeap();
      const before = process.memoryUsage().heapUsed;
      trim();
      return before - process.memoryUsage().heapUsed > 10 * mebibyte;
    };
    expect(trims()).toBe(false);
    calls.resident = 101;
    expect(trims()).toBe(true);
    calls.now = 9;
    expect(trims()).toBe(false);
    calls.now = 10;
    expect(trims()).toBe(true);
    expect(reads).toEqual([0, 0, 10]);
  });
});
