import { pipeline, Readable } from 'node:stream';
import { types } from 'node:util';
import { createGunzip } from 'node:zlib';
import { unreadable } from './read-context';
import { isGzip } from './upload-format';

/** The text of a file that arrives in pieces: a window that is filled behind and emptied in front. */
export class TextFeed {
  bytes: Uint8Array = Buffer.allocUnsafeSlow(64 * 1024);
  length = 0;
  /** Where the window begins in the whole text. */
  offset = 0;
  ended = false;

  private constructor(private readonly source: AsyncIterator<Uint8Array>) {}

  /** Gzip is recognised and unpacked. */
  static async open(source: AsyncIterable<Uint8Array>): Promise<TextFeed> {
    const packed = new TextFeed(source[Symbol.asyncIterator]());
    await packed.fill(2);
    return isGzip(packed.bytes.subarray(0, packed.length)) ? new TextFeed(unpack(packed)) : packed;
  }

  /** Reads until the window holds `target` bytes or the source ends. */
  async fill(target: number): Promise<void> {
    while (this.length < target && !this.ended) {
      const { value, done } = await this.source.next();
      if (done === true) this.ended = true;
      else this.append(value);
    }
  }

  /** Takes bytes off the front. */
  drop(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    this.offset += count;
  }

  /** Gives the window away with all that is in it, and goes on in a new one with what stands behind the first `count` bytes. */
  release(count: number): Uint8Array {
    const { bytes } = this;
    this.bytes = Buffer.allocUnsafeSlow(bytes.length);
    this.bytes.set(bytes.subarray(count, this.length));
    this.length -= count;
    this.offset += count;
    return bytes;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** The rest of the text, piece by piece; the feed is empty afterwards. */
  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.length > 0) yield this.view();
    this.drop(this.length);
    for (;;) {
      const { value, done } = await this.source.next();
      if (done === true) return;
      yield value;
    }
  }

  /** Lets go of the source; also after an error, and when the reader stops early. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  private append(piece: Uint8Array): void {
    const need = this.length + piece.length;
    if (need > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(need, 2 * this.bytes.length));
      grown.set(this.view());
      this.bytes = grown;
    }
    this.bytes.set(piece, this.length);
    this.length = need;
  }
}

async function* unpack(packed: TextFeed): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // The iteration below sees every error; the callback is there because pipeline wants one.
  pipeline(Readable.from(packed.rest(), { objectMode: false }), gunzip, () => undefined);
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    if (isZlibError(error)) throw unreadable(`The gzip data is damaged or cut off: ${error.message}.`);
    throw error;
  } finally {
    await packed.close();
  }
}

const isZlibError = (error: unknown): error is Error =>
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
