import { freeBytes } from '../../lib/free-bytes';

/**
 * Hash table from 128-bit ids to row numbers over one packed array of rows whose first four words are the id. Ids are UUIDv5,
 * evenly spread, so their first word serves as the hash.
 */
export class IdTable {
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(
    private readonly words: Uint32Array,
    private readonly rowWordCount: number,
    capacity: number,
  ) {
    let size = 16;
    while (size < capacity * 2) size *= 2;
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
  }

  /** Number of the row with the id that stands at `at` in `words`, or -1. */
  find(words: Uint32Array, at: number): number {
    return this.slots[this.slotOf(words, at)] ?? -1;
  }

  /** Enters a row; the row that had its id before is replaced and returned, else -1. */
  put(row: number): number {
    const slot = this.slotOf(this.words, row * this.rowWordCount);
    const before = this.slots[slot] ?? -1;
    this.slots[slot] = row;
    return before;
  }

  /** Gives its memory back at once; the table is of no use then. */
  free(): void {
    freeBytes(this.slots);
  }

  private slotOf(words: Uint32Array, at: number): number {
    const w0 = words[at];
    const w1 = words[at + 1];
    const w2 = words[at + 2];
    const w3 = words[at + 3];
    // The first byte chose the partition and hardly varies inside one: hash by the last word.
    let slot = ((w3 ?? 0) ^ (w1 ?? 0)) & this.mask;
    for (;;) {
      const row = this.slots[slot] ?? -1;
      if (row < 0) return slot;
      const i = row * this.rowWordCount;
      if (this.words[i] === w0 && this.words[i + 1] === w1 && this.words[i + 2] === w2 && this.words[i + 3] === w3) {
        return slot;
      }
      slot = (slot + 1) & this.mask;
    }
  }
}
