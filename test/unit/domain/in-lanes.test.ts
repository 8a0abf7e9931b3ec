import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes } from '../../../src/lib/in-lanes';

async function* numbers(count: number, onEnd: () => void = () => undefined): AsyncIterable<number> {
  try {
    for (let i = 0; i < count; i++) {
      await sleep(0);
      yield i;
    }
  } finally {
    onEnd();
  }
}

describe('inLanes', () => {
  it.each([1, 3, 50])('works on every item once, at most %d at a time', async (lanes) => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await inLanes(lanes, numbers(20), async (item) => {
      most = Math.max(most, ++running);
      await sleep(1);
      running--;
      done.push(item);
    });
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(most).toBeLessThanOrEqual(lanes);
    expect(most).toBeGreaterThan(lanes > 1 ? 1 : 0);
  });

  it('throws the first failure after the running items have settled, and starts no more', async () => {
    const started: number[] = [];
    const settled: number[] = [];
    let ended = false;
    const work = inLanes(
      3,
      numbers(100, () => (ended = true)),
      async (item) => {
        started.push(item);
        await sleep(item === 4 ? 1 : 10);
        settled.push(item);
        if (item === 4) throw new Error('four');
      },
    );
    await expect(work).rejects.toThrow('four');
    expect(settled.sort()).toEqual(started.sort());
    expect(started.length).toBeLessThan(10);
    expect(ended).toBe(true);
  });

  it('throws what the source throws', async () => {
    async function* failing(): AsyncIterable<number> {
      yield 1;
      await sleep(0);
      throw new Error('no more');
    }
    await expect(inLanes(2, failing(), async () => undefined)).rejects.toThrow('no more');
  });

  it('does nothing for no items', async () => {
    await inLanes(4, numbers(0), async () => {
      throw new Error('never called');
    });
  });
});
