import { freeBytes } from './free-bytes';

/**
 * Bytes put one after another into memory that is used again and again: what each of many passes made anew would wait for a
 * collection, several times over.
 */
export class GatheredBytes {
  private memory = new Uint8Array(0);
  private length = 0;

  /** @param minCapacity bytes that are taken at first */
  constructor(private readonly minCapacity = 64 * 1024) {}

  /** A view of what has been added since the last `clear`; good until the next `add`. */
  get bytes(): Uint8Array {
    return this.memory.subarray(0, this.length);
  }

  add(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.memory.length) this.growTo(Math.max(length, this.memory.length * 2, this.minCapacity));
    this.memory.set(bytes, this.length);
    this.length = length;
  }

  clear(): void {
    this.length = 0;
  }

  /** Clears, and gives the memory back at once. */
  free(): void {
    freeBytes(this.memory);
    this.memory = new Uint8Array(0);
    this.length = 0;
  }

  private growTo(capacity: number): void {
    const larger = new Uint8Array(capacity);
    larger.set(this.bytes);
    freeBytes(this.memory);
    this.memory = larger;
  }
}
