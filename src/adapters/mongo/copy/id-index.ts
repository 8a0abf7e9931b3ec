import type { IdKey } from '../../../domain/query/run/graph-reader';
import { grown } from './grown';

/** Slots of 16-byte ids: each id gets the next number when it is first seen, and keeps it. 24 to 40 bytes an id. */
export class IdIndex {
  /** Four big-endian words an id, so that words in order are bytes in order. */
  private words = new Uint32Array(4 * 256);
  /** Open addressing: slot, or -1. Ids are digests, so that their first word is as good as a hash. */
  private table = new Int32Array(1024).fill(-1);
  private count = 0;

  get size(): number {
    return this.count;
  }

  get byteLength(): number {
    return this.words.byteLength + this.table.byteLength;
  }

  /** -1 for an id that is not known. */
  find(key: IdKey): number {
    return this.lookUp(wordOfKey(key, 0), wordOfKey(key, 4), wordOfKey(key, 8), wordOfKey(key, 12));
  }

  findAt(bytes: Uint8Array, at: number): number {
    return this.lookUp(wordAt(bytes, at), wordAt(bytes, at + 4), wordAt(bytes, at + 8), wordAt(bytes, at + 12));
  }

  /** The slot of the id at `at`, a new one if it has none. */
  add(bytes: Uint8Array, at: number): number {
    const known = this.findAt(bytes, at);
    if (known >= 0) return known;
    const slot = this.count++;
    this.words = grown(this.words, 4 * this.count);
    for (let i = 0; i < 4; i++) this.words[4 * slot + i] = wordAt(bytes, at + 4 * i);
    if (2 * this.count > this.table.length) this.enlarge();
    else this.enter(slot);
    return slot;
  }

  keyAt(slot: number): IdKey {
    const { words } = this;
    const at = 4 * slot;
    const [a, b] = [words[at] as number, words[at + 1] as number];
    const [c, d] = [words[at + 2] as number, words[at + 3] as number];
    return String.fromCharCode(
      a >>> 24,
      (a >>> 16) & 255,
      (a >>> 8) & 255,
      a & 255,
      b >>> 24,
      (b >>> 16) & 255,
      (b >>> 8) & 255,
      b & 255,
      c >>> 24,
      (c >>> 16) & 255,
      (c >>> 8) & 255,
      c & 255,
      d >>> 24,
      (d >>> 16) & 255,
      (d >>> 8) & 255,
      d & 255,
    );
  }

  /** Negative, zero or positive, as the ids are in the order of their bytes. */
  compare(slot: number, other: number): number {
    const { words } = this;
    for (let i = 0; i < 4; i++) {
      const difference = (words[4 * slot + i] as number) - (words[4 * other + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  compareWithKey(slot: number, key: IdKey): number {
    for (let i = 0; i < 4; i++) {
      const difference = (this.words[4 * slot + i] as number) - wordOfKey(key, 4 * i);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  private lookUp(a: number, b: number, c: number, d: number): number {
    const { table, words } = this;
    const mask = table.length - 1;
    for (let place = a & mask; ; place = (place + 1) & mask) {
      const slot = table[place] as number;
      if (slot < 0) return -1;
      const at = 4 * slot;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return slot;
    }
  }

  private enter(slot: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let place = (this.words[4 * slot] as number) & mask;
    while ((table[place] as number) >= 0) place = (place + 1) & mask;
    table[place] = slot;
  }

  private enlarge(): void {
    this.table = new Int32Array(2 * this.table.length).fill(-1);
    for (let slot = 0; slot < this.count; slot++) this.enter(slot);
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0;

const wordOfKey = (key: IdKey, at: number): number =>
  ((key.charCodeAt(at) << 24) |
    (key.charCodeAt(at + 1) << 16) |
    (key.charCodeAt(at + 2) << 8) |
    key.charCodeAt(at + 3)) >>>
  0;
