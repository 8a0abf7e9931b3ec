import { SharedAnswer } from '../../../src/lib/shared-answer';

describe('SharedAnswer', () => {
  it('gives each caller the answer of a call that began after it asked, by as few calls as that takes', async () => {
    const ends: ((answer: number) => void)[] = [];
    const shared = new SharedAnswer(
      async () => await new Promise<number>((resolve) => ends.push(resolve as (answer: number) => void)),
    );
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    };
    const together = [shared.next(), shared.next()];
    await turns();
    expect(ends).toHaveLength(1);
    const later = [shared.next(), shared.next()];
    await turns();
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await Promise.all(together)).toEqual([1, 1]);
    await turns();
    expect(ends).toHaveLength(2);
    ends[1]?.(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
    const last = shared.next();
    await turns();
    ends[2]?.(3);
    expect(await last).toBe(3);
  });

  it('goes on after a call that has failed', async () => {
    let calls = 0;
    const shared = new SharedAnswer(async () => {
      calls += 1;
      await Promise.resolve();
      if (calls === 1) throw new Error('away');
      return calls;
    });
    await expect(shared.next()).rejects.toThrow('away');
    expect(await shared.next()).toBe(2);
    expect(await shared.next()).toBe(3);
  });
});
