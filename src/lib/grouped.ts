interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (err: unknown) => void;
}

/**
 * Group commit: one run per key at a time, for all items of the key that have come while the run before it went on. An item that
 * comes to an idle key is run at once, so that nobody waits for company.
 */
export class Grouped<Item, Result> {
  private readonly waiting = new Map<string, Waiting<Item, Result>[]>();

  /** @param run gives a result for each item, in their order; when it fails, all items of the run fail with that. */
  constructor(private readonly run: (key: string, items: readonly Item[]) => Promise<readonly Result[]>) {}

  async add(key: string, item: Item): Promise<Result> {
    return await new Promise((resolve, reject) => {
      const entry = { item, resolve, reject };
      const queue = this.waiting.get(key);
      if (queue) queue.push(entry);
      else {
        this.waiting.set(key, [entry]);
        void this.drain(key);
      }
    });
  }

  private async drain(key: string): Promise<void> {
    for (;;) {
      const group = this.waiting.get(key) ?? [];
      if (group.length === 0) break;
      this.waiting.set(key, []);
      try {
        const results = await this.run(
          key,
          group.map(({ item }) => item),
        );
        group.forEach(({ resolve }, i) => {
          resolve(results[i] as Result);
        });
      } catch (err) {
        for (const { reject } of group) reject(err);
      }
    }
    this.waiting.delete(key);
  }
}
