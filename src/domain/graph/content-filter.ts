import { freeBytes } from '../../lib/free-bytes';

/** All bits of one hash lie in one block, and so in one line of the processor's cache. */
const blockBytes = 64;
const blockWords = blockBytes / 4;
/** Where the seven bits of a hash are named: word of the hash, and how far to the right nine bits of it lie. */
const bitWords = [1, 1, 1, 2, 2, 2, 3] as const;
const bitShifts = [0, 9, 18, 0, 9, 18, 0] as const;
const placeMask = blockBytes * 8 - 1;

/**
 * A set of 128-bit hashes: a blocked Bloom filter. With 3 bytes for each hash it takes about one in ten thousand for a member that is
 * none, with 2 one in a thousand. The hashes are spread evenly already, so their own bits say where to look.
 */
export class ContentFilter {
  private readonly words: Uint32Array;
  private readonly blocks: number;

  /** @param hashes that will be added, at most */
  constructor(hashes: number, bytesPerHash: number) {
    this.words = new Uint32Array(ContentFilter.bytesFor(hashes, bytesPerHash) / 4);
    this.blocks = this.words.length / blockWords;
  }

  static bytesFor(hashes: number, bytesPerHash: number): number {
    return Math.max(1, Math.ceil((hashes * bytesPerHash) / blockBytes)) * blockBytes;
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  /** Gives the memory back at once. Nothing may be asked of it afterwards. */
  free(): void {
    freeBytes(this.words);
  }

  /** The hash is the four words of `rows` from `at` on. */
  add(rows: Uint32Array, at: number): void {
    const block = this.blockOf(rows, at);
    for (let i = 0; i < bitWords.length; i++) {
      const place = placeOf(rows, at, i);
      const word = block + (place >>> 5);
      this.words[word] = (this.words[word] ?? 0) | (1 << (place & 31));
    }
  }

  has(rows: Uint32Array, at: number): boolean {
    const block = this.blockOf(rows, at);
    for (let i = 0; i < bitWords.length; i++) {
      const place = placeOf(rows, at, i);
      if (((this.words[block + (place >>> 5)] ?? 0) & (1 << (place & 31))) === 0) return false;
    }
    return true;
  }

  private blockOf(rows: Uint32Array, at: number): number {
    return Math.floor(((rows[at] ?? 0) / 2 ** 32) * this.blocks) * blockWords;
  }
}

const placeOf = (rows: Uint32Array, at: number, i: number): number =>
  ((rows[at + (bitWords[i] ?? 0)] ?? 0) >>> (bitShifts[i] ?? 0)) & placeMask;
