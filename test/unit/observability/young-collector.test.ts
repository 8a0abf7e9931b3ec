import { getHeapStatistics } from 'node:v8';
import { youngCollector } from '../../../src/observability/young-collector';

const mebibyte = 2 ** 20;
const external = (): number => getHeapStatistics().external_memory;

/** The most that there is outside of the heap while pieces of work leave buffers of 4 MiB behind each, beyond what there was. */
function mostLeft(betweenPieces: () => void): number {
  const before = external();
  let most = 0;
  for (let piece = 0; piece < 40; piece++) {
    for (let made = 0; made < 4; made++) Buffer.alloc(mebibyte);
    betweenPieces();
    most = Math.max(most, external() - before);
  }
  return most / mebibyte;
}

describe('a collector of what is young', () => {
  it('does not let dead buffers pile up, and leaves alone what is little', () => {
    const byItself = mostLeft(() => undefined);
    expect(mostLeft(youngCollector(8 * mebibyte))).toBeLessThan(byItself / 2);
    expect(mostLeft(youngCollector(1_000 * mebibyte))).toBeGreaterThan(byItself / 2);
  });
});
