const cellsOfChunk = 1 << 17;
const bytesOfChunk = 1 << 20;

/** Numbers in runs that lie together, at places that stay. */
export class Cells {
  private readonly chunks: Float64Array[] = [];
  private used = cellsOfChunk;

  get byteLength(): number {
    return 8 * cellsOfChunk * this.chunks.length;
  }

  /** Place of a new run. @throws RangeError for more than a chunk */
  reserve(length: number): number {
    if (length > cellsOfChunk) throw new RangeError(`no run has ${length} cells`);
    if (this.used + length > cellsOfChunk) {
      this.chunks.push(new Float64Array(cellsOfChunk));
      this.used = 0;
    }
    const at = (this.chunks.length - 1) * cellsOfChunk + this.used;
    this.used += length;
    return at;
  }

  set(at: number, value: number): void {
    (this.chunks[Math.floor(at / cellsOfChunk)] as Float64Array)[at % cellsOfChunk] = value;
  }

  get(at: number): number {
    return (this.chunks[Math.floor(at / cellsOfChunk)] as Float64Array)[at % cellsOfChunk] as number;
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
      const chunk = Buffer.allocUnsafeSlow(Math.max(bytesOfChunk, length));
      this.chunks.push(chunk);
      this.byteLength += chunk.length;
      this.used = 0;
    }
    const at = (this.chunks.length - 1) * bytesOfChunk + this.used;
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
