/** Bytes gathered piece by piece; grows by doubling. */
export class ByteList {
  private bytes = new Uint8Array(1024);
  length = 0;

  /** @returns where the piece begins */
  add(piece: Uint8Array): number {
    const start = this.length;
    const need = start + piece.length;
    if (need > this.bytes.length) {
      const grown = new Uint8Array(Math.max(need, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, start));
      this.bytes = grown;
    }
    this.bytes.set(piece, start);
    this.length = need;
    return start;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
