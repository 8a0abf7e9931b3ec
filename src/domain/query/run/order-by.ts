import type { SortKey } from '../plan/plan';
import type { Budget } from './budget';
import { compareForOrder } from './order';
import { sortInPieces } from './sort';

interface Place {
  readonly keys: readonly unknown[];
  /** Of equal keys the item that came first stays first. */
  readonly number: number;
}

interface Entry<Item> extends Place {
  readonly item: Item;
  readonly bytes: number;
}

/** ORDER BY. Holds no more items than can be given out. */
export class Ordered<Item> {
  private entries: Entry<Item>[] = [];
  private count = 0;
  private worst: Entry<Item> | undefined;

  constructor(
    private readonly orderBy: readonly SortKey[],
    /** The rows up to LIMIT, with those of SKIP. */
    private readonly most: number,
    private readonly budget: Budget,
  ) {}

  /**
   * @param make called if the item may be given out
   * @param sizeOf its estimated bytes
   */
  add(make: () => Item, keys: readonly unknown[], sizeOf: (item: Item) => number): void {
    const number = this.count++;
    if (this.worst && this.compare({ keys, number }, this.worst) > 0) return;
    const item = make();
    const bytes = sizeOf(item);
    this.budget.hold(bytes);
    this.entries.push({ item, keys, number, bytes });
  }

  /** Time to `shrink`. */
  get isFull(): boolean {
    return this.entries.length >= Math.max(1024, 2 * this.most);
  }

  async sorted(): Promise<readonly Item[]> {
    await this.shrink();
    return this.entries.map(({ item }) => item);
  }

  /** Drops what cannot be given out any more. */
  async shrink(): Promise<void> {
    this.keep(await sortInPieces(this.entries, (a, b) => this.compare(a, b)));
  }

  /** The same in one go, for few entries. */
  shrinkNow(): void {
    this.keep(this.entries.toSorted((a, b) => this.compare(a, b)));
  }

  private keep(sorted: readonly Entry<Item>[]): void {
    for (const { bytes } of sorted.slice(this.most)) this.budget.release(bytes);
    this.entries = sorted.slice(0, this.most);
    if (this.entries.length === this.most) this.worst = this.entries.at(-1);
  }

  private compare(a: Place, b: Place): number {
    for (let at = 0; at < this.orderBy.length; at += 1) {
      const difference = compareForOrder(a.keys[at], b.keys[at]);
      if (difference !== 0) return this.orderBy[at]?.isDescending === true ? -difference : difference;
    }
    return a.number - b.number;
  }
}
