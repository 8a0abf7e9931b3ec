import { grown } from './grown';
import type { IdIndex } from './id-index';

/** Slots in the order of their ids. Those that come later are sorted in when somebody reads. */
export class Posting {
  private slots = new Uint32Array(4);
  private count = 0;
  private inPlace = 0;
  /** Whether no live entity is in it that does not belong there. */
  isExact = true;

  constructor(private readonly ids: IdIndex) {}

  get byteLength(): number {
    return this.slots.byteLength;
  }

  /** May be there already. */
  add(slot: number): void {
    const isNext =
      this.inPlace === this.count &&
      (this.count === 0 || this.ids.compare(this.slots[this.count - 1] as number, slot) < 0);
    this.slots = grown(this.slots, this.count + 1);
    this.slots[this.count++] = slot;
    if (isNext) this.inPlace = this.count;
  }

  /** Each slot once. */
  inOrder(): Uint32Array {
    if (this.inPlace < this.count) this.sort();
    return this.slots.subarray(0, this.count);
  }

  private sort(): void {
    const { ids } = this;
    const before = this.slots.subarray(0, this.inPlace);
    const behind = this.slots.slice(this.inPlace, this.count).sort((a, b) => ids.compare(a, b));
    const merged = new Uint32Array(this.count);
    let [i, j, size] = [0, 0, 0];
    while (i < before.length || j < behind.length) {
      const [a, b] = [before[i], behind[j]];
      const isFirst = b === undefined || (a !== undefined && ids.compare(a, b) <= 0);
      const next = (isFirst ? a : b) as number;
      if (isFirst) i++;
      else j++;
      if (size === 0 || merged[size - 1] !== next) merged[size++] = next;
    }
    this.slots = merged;
    this.count = this.inPlace = size;
  }
}
