const slotWords = 5;
const empty = 0;
const isSet = 1;
const isUnset = 2;

/**
 * One flag for each of many 128-bit ids, in one packed table of 20 bytes a slot and no JavaScript object an id. Ids are UUIDv5,
 * evenly spread, so their words serve as the hash.
 */
export class IdFlags {
  private table = new Uint32Array(1024 * slotWords);
  private count = 0;

  /** Above `max` ids nothing is remembered any more, so that memory is bounded. */
  constructor(private readonly max: number) {}

  /** True once an id had to be left out: what `get` says of unknown ids means nothing from then on. */
  hasOverflown = false;

  /** Undefined for an id that was never set. `id` is 16 bytes. */
  get(id: Uint8Array): boolean | undefined {
    const flag = this.table[this.slotOf(this.table, wordsOf(id)) + 4];
    return flag === empty ? undefined : flag === isSet;
  }

  set(id: Uint8Array, flag: boolean): void {
    const words = wordsOf(id);
    let slot = this.slotOf(this.table, words);
    if (this.table[slot + 4] === empty) {
      if (this.count >= this.max) {
        this.hasOverflown = true;
        return;
      }
      if (++this.count * slotWords > this.table.length * 0.75) {
        this.grow();
        slot = this.slotOf(this.table, words);
      }
      this.table.set(words, slot);
    }
    this.table[slot + 4] = flag ? isSet : isUnset;
  }

  private grow(): void {
    const larger = new Uint32Array(this.table.length * 2);
    for (let at = 0; at < this.table.length; at += slotWords) {
      if (this.table[at + 4] === empty) continue;
      const slot = this.table.subarray(at, at + slotWords);
      larger.set(slot, this.slotOf(larger, slot));
    }
    this.table = larger;
  }

  /** Where the id is, or where it would be entered. */
  private slotOf(table: Uint32Array, words: Uint32Array): number {
    const slots = table.length / slotWords;
    let slot = ((words[3] ?? 0) ^ (words[1] ?? 0)) & (slots - 1);
    for (;;) {
      const at = slot * slotWords;
      const isSame =
        table[at] === words[0] &&
        table[at + 1] === words[1] &&
        table[at + 2] === words[2] &&
        table[at + 3] === words[3];
      if (isSame || table[at + 4] === empty) return at;
      slot = (slot + 1) & (slots - 1);
    }
  }
}

/** A copy: an id may lie on any byte of a packed array. */
const wordsOf = (id: Uint8Array): Uint32Array => new Uint32Array(new Uint8Array(id.subarray(0, 16)).buffer);
