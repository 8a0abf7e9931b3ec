const mask = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => mask((value << bits) | (value >> (64n - bits)));
const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;

function finish(value: bigint): bigint {
  let k = value ^ (value >> 33n);
  k = mask(k * 0xff51afd7ed558ccdn);
  k ^= k >> 33n;
  k = mask(k * 0xc4ceb9fe1a85ec53n);
  return k ^ (k >> 33n);
}

/**
 * MurmurHash3 x64 128 with seed 0: the content hash of a staged row. It tells changed bytes from unchanged ones and is no defence
 * against someone who crafts collisions inside a scope that is his own. This is the plain statement of what the scanner computes.
 */
export function contentHash(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let h1 = 0n;
  let h2 = 0n;
  const blocks = bytes.length & ~15;
  for (let at = 0; at < blocks; at += 16) {
    h1 ^= mixLow(view.getBigUint64(at, true));
    h1 = mask((rotate(h1, 27n) + h2) * 5n + 0x52dce729n);
    h2 ^= mixHigh(view.getBigUint64(at + 8, true));
    h2 = mask((rotate(h2, 31n) + h1) * 5n + 0x38495ab5n);
  }
  let k1 = 0n;
  let k2 = 0n;
  for (let i = bytes.length - 1; i >= blocks; i--) {
    const byte = BigInt(bytes[i] ?? 0);
    if (i - blocks >= 8) k2 = (k2 << 8n) | byte;
    else k1 = (k1 << 8n) | byte;
  }
  h2 ^= mixHigh(k2);
  h1 ^= mixLow(k1);

  const length = BigInt(bytes.length);
  h1 ^= length;
  h2 ^= length;
  h1 = mask(h1 + h2);
  h2 = mask(h2 + h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = mask(h1 + h2);
  h2 = mask(h2 + h1);

  const hash = new DataView(new ArrayBuffer(16));
  hash.setBigUint64(0, h1, true);
  hash.setBigUint64(8, h2, true);
  return new Uint8Array(hash.buffer);
}

const mixLow = (k: bigint): bigint => mask(rotate(mask(k * c1), 31n) * c2);
const mixHigh = (k: bigint): bigint => mask(rotate(mask(k * c2), 33n) * c1);
