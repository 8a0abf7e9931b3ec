const cellBits = 17;
const cellsOfChunk = 1 << cellBits;
const bytesOfChunk = 1 << 20;
const firstLength = 1 << 10;

/** Numbers in runs that lie together, at places that stay: up to 2^32 of them. */
export class Cells {
  private readonly chunks: Float64Array[] = [];
  private used = cellsOfChunk;
  byteLength = 0;

  /** Place of a new run. @throws RangeError for more than a chunk */
  reserve(length: number): number {
    if (length > cellsOfChunk) throw new RangeError(`no run has ${length} cells`);
    if (this.used + length > cellsOfChunk) {
      this.chunks.push(new Float64Array(0));
      this.used = 0;
    }
    const last = this.chunks.length - 1;
    const chunk = this.chunks[last] as Float64Array;
    if (this.used + length > chunk.length) {
      const larger = new Float64Array(enlarged(chunk.length, this.used + length, cellsOfChunk));
      larger.set(chunk);
      this.chunks[last] = larger;
      this.byteLength += 8 * (larger.length - chunk.length);
    }
    const at = last * cellsOfChunk + this.used;
    this.used += length;
    return at;
  }

  set(at: number, value: number): void {
    (this.chunks[at >>> cellBits] as Float64Array)[at & (cellsOfChunk - 1)] = value;
  }

  get(at: number): number {
    return (this.chunks[at >>> cellBits] as Float64Array)[at & (cellsOfChunk - 1)] as number;
  }
}

/** Bytes of values that lie together, at places that stay. A value that is larger than a chunk has one of its own. */
export class Bytes {
  private readonly chunks: Buffer[] = [];
  private used = bytesOfChunk;
  byteLength = 0;

  add(bytes: Buffer, from: number, to: number): number {
    const length = to - from;
    if (this.used + length > bytesOfChunk) {
      this.chunks.push(Buffer.alloc(0));
      this.used = 0;
    }
    const last = this.chunks.length - 1;
    const chunk = this.chunks[last] as Buffer;
    if (this.used + length > chunk.length) {
      const larger = Buffer.allocUnsafeSlow(enlarged(chunk.length, this.used + length, bytesOfChunk));
      larger.set(chunk);
      this.chunks[last] = larger;
      this.byteLength += larger.length - chunk.length;
    }
    const at = last * bytesOfChunk + this.used;
    this.chunkAt(at).set(bytes.subarray(from, to), this.used);
    this.used += length;
    return at;
  }

  chunkAt(at: number): Buffer {
    return this.chunks[Math.floor(at / bytesOfChunk)] as Buffer;
  }

  placeIn(at: number): number {
    return at % bytesOfChunk;
  }
}

/** A small graph takes little; a chunk that has to be larger is. */
const enlarged = (length: number, needed: number, most: number): number =>
  Math.max(needed, Math.min(most, Math.max(firstLength, 2 * length)));
