import { Grouped } from '../../../src/lib/grouped';

describe('Grouped', () => {
  it('runs a lone item at once, and what comes meanwhile together', async () => {
    const runs: string[] = [];
    const opened: (() => void)[] = [];
    const grouped = new Grouped<number, number>(async (key, items) => {
      runs.push(`${key}:${items.join(',')}`);
      await new Promise<void>((resolve) => opened.push(resolve));
      return items.map((item) => item * 10);
    });
    const answers = [1, 2, 3].map(async (item) => await grouped.add('a', item));
    const other = grouped.add('b', 9);
    expect(runs).toEqual(['a:1', 'b:9']);
    opened.splice(0).forEach((open) => open());
    expect(await Promise.all([answers[0], other])).toEqual([10, 90]);
    expect(runs).toEqual(['a:1', 'b:9', 'a:2,3']);
    opened.splice(0).forEach((open) => open());
    expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  });

  it('fails all items of a run that fails, and goes on with the next', async () => {
    let runs = 0;
    const grouped = new Grouped<number, number>(async (_, items) => {
      if (++runs === 2) throw new Error(`no ${items.join(' and ')}`);
      return await Promise.resolve(items);
    });
    const answers = [1, 2, 3].map(async (item) => await grouped.add('a', item));
    expect(await Promise.allSettled(answers)).toMatchObject([
      { value: 1 },
      { reason: { message: 'no 2 and 3' } },
      { reason: { message: 'no 2 and 3' } },
    ]);
    expect(await grouped.add('a', 4)).toBe(4);
  });
});
