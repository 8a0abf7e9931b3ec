import { oneAhead } from '../../../src/lib/one-ahead';

describe('oneAhead', () => {
  it('loads the next item while one is used, and no further one', async () => {
    const log: string[] = [];
    const load = async (item: number) => {
      log.push(`load ${item}`);
      return await Promise.resolve(item * 10);
    };
    for await (const [item, loaded] of oneAhead([1, 2, 3], load)) log.push(`use ${item} ${loaded}`);
    expect(log).toEqual(['load 1', 'load 2', 'use 1 10', 'load 3', 'use 2 20', 'use 3 30']);
  });

  it('gives nothing for nothing', async () => {
    for await (const found of oneAhead([], async () => await Promise.resolve(1))) throw new Error(String(found));
  });

  it('throws a failure when its turn comes', async () => {
    const used: number[] = [];
    const load = async (item: number) => (item === 2 ? await Promise.reject(new Error('no 2')) : item);
    const all = async () => {
      for await (const [item] of oneAhead([1, 2, 3], load)) used.push(item);
    };
    await expect(all()).rejects.toThrow('no 2');
    expect(used).toEqual([1]);
  });
});
