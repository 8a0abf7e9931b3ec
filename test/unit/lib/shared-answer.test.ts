import { SharedAnswer } from '../../../src/lib/shared-answer';

describe('SharedAnswer', () => {
  it('gives each caller the answer of a call that began after it asked, by as few calls as that takes', async () => {
    const ends: ((answer: number) => void)[] = [];
    const shared = new SharedAnswer(
      async () => await new Promise<number>((resolve) => ends.push(resolve as (answer: number) => void)),
    );
    const first = shared.next();
    const [second, third] = [shared.next(), shared.next()];
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await first).toBe(1);
    await new Promise(setImmediate);
    expect(ends).toHaveLength(2);
    ends[1]?.(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    const fourth = shared.next();
    ends[2]?.(3);
    expect(await fourth).toBe(3);
  });

  it('goes on after a call that has failed', async () => {
    let calls = 0;
    const shared = new SharedAnswer(async () => {
      calls += 1;
      await Promise.resolve();
      if (calls === 1) throw new Error('away');
      return calls;
    });
    const [first, second] = [shared.next(), shared.next()];
    await expect(first).rejects.toThrow('away');
    expect(await second).toBe(2);
    expect(await shared.next()).toBe(3);
  });
});
