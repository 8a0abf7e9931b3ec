import { grown } from './grown';

const absent = -2;

/** Slots by the hash of their keys: chains in which a slot is once. */
export class KeyIndex {
  private heads = new Int32Array(1024).fill(-1);
  private next = new Int32Array(256).fill(absent);
  private hashes = new Int32Array(256);
  private count = 0;

  get byteLength(): number {
    return this.heads.byteLength + this.next.byteLength + this.hashes.byteLength;
  }

  /** A slot keeps its key; entering it again does nothing. */
  enter(slot: number, key: string): void {
    this.next = grown(this.next, slot + 1, absent);
    this.hashes = grown(this.hashes, slot + 1);
    if (this.next[slot] !== absent) return;
    this.hashes[slot] = hashOf(key);
    this.count += 1;
    this.link(slot);
    if (this.count > this.heads.length) this.enlarge();
  }

  /** Those whose key may be this one. */
  *candidates(key: string): Iterable<number> {
    const hash = hashOf(key);
    for (let slot = this.heads[this.placeOf(hash)] as number; slot >= 0; slot = this.next[slot] as number) {
      if (this.hashes[slot] === hash) yield slot;
    }
  }

  private link(slot: number): void {
    const place = this.placeOf(this.hashes[slot] as number);
    this.next[slot] = this.heads[place] as number;
    this.heads[place] = slot;
  }

  private enlarge(): void {
    this.heads = new Int32Array(2 * this.heads.length).fill(-1);
    for (let slot = 0; slot < this.next.length; slot++) {
      if (this.next[slot] === absent) continue;
      this.link(slot);
    }
  }

  private placeOf(hash: number): number {
    return hash & (this.heads.length - 1);
  }
}

/** FNV-1a of the characters. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
