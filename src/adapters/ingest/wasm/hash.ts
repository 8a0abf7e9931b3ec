import { MESSAGE, SCHEDULE } from './layout';

function finish(value: u64): u64 {
  let k = value ^ (value >> 33);
  k *= 0xff51afd7ed558ccd;
  k ^= k >> 33;
  k *= 0xc4ceb9fe1a85ec53;
  return k ^ (k >> 33);
}

const C1: u64 = 0x87c37b91114253d5;
const C2: u64 = 0x4cf5ad432745937f;

/** MurmurHash3 x64 128, seed 0; writes 16 bytes. Stated plainly in `domain/ingest/content-hash.ts`. */
export function contentHash(from: u32, length: u32, out: u32): void {
  let h1: u64 = 0;
  let h2: u64 = 0;
  const end = from + (length & ~15);
  let at = from;
  for (; at < end; at += 16) {
    h1 ^= rotl<u64>(load<u64>(at) * C1, 31) * C2;
    h1 = (rotl<u64>(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= rotl<u64>(load<u64>(at, 8) * C2, 33) * C1;
    h2 = (rotl<u64>(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  const rest = length & 15;
  if (rest > 0) {
    // Bytes behind the object are read and masked away; there are always some (the window is padded).
    let k1 = load<u64>(at);
    let k2: u64 = 0;
    if (rest > 8) k2 = load<u64>(at, 8) & (((<u64>1) << ((rest - 8) << 3)) - 1);
    else if (rest < 8) k1 &= ((<u64>1) << (rest << 3)) - 1;
    h2 ^= rotl<u64>(k2 * C2, 33) * C1;
    h1 ^= rotl<u64>(k1 * C1, 31) * C2;
  }
  h1 ^= length;
  h2 ^= length;
  h1 += h2;
  h2 += h1;
  h1 = finish(h1);
  h2 = finish(h2);
  h1 += h2;
  h2 += h1;
  store<u64>(out, h1);
  store<u64>(out, h2, 8);
}

let a: u32 = 0;
let b: u32 = 0;
let c: u32 = 0;
let d: u32 = 0;
let e: u32 = 0;

function sha1Block(block: u32): void {
  for (let i: u32 = 0; i < 64; i += 4) store<u32>(SCHEDULE + i, bswap<u32>(load<u32>(block + i)));
  for (let i: u32 = 64; i < 320; i += 4) {
    const w = SCHEDULE + i;
    store<u32>(w, rotl<u32>(load<u32>(w - 12) ^ load<u32>(w - 32) ^ load<u32>(w - 56) ^ load<u32>(w - 64), 1));
  }
  let p = a;
  let q = b;
  let r = c;
  let s = d;
  let t = e;
  let w = SCHEDULE;
  // Five rounds a turn, so that the registers come round to their places without being moved.
  for (const end = SCHEDULE + 80; w < end; w += 20) {
    t += rotl<u32>(p, 5) + (s ^ (q & (r ^ s))) + 0x5a827999 + load<u32>(w);
    q = rotl<u32>(q, 30);
    s += rotl<u32>(t, 5) + (r ^ (p & (q ^ r))) + 0x5a827999 + load<u32>(w, 4);
    p = rotl<u32>(p, 30);
    r += rotl<u32>(s, 5) + (q ^ (t & (p ^ q))) + 0x5a827999 + load<u32>(w, 8);
    t = rotl<u32>(t, 30);
    q += rotl<u32>(r, 5) + (p ^ (s & (t ^ p))) + 0x5a827999 + load<u32>(w, 12);
    s = rotl<u32>(s, 30);
    p += rotl<u32>(q, 5) + (t ^ (r & (s ^ t))) + 0x5a827999 + load<u32>(w, 16);
    r = rotl<u32>(r, 30);
  }
  for (const end = SCHEDULE + 160; w < end; w += 20) {
    t += rotl<u32>(p, 5) + (q ^ r ^ s) + 0x6ed9eba1 + load<u32>(w);
    q = rotl<u32>(q, 30);
    s += rotl<u32>(t, 5) + (p ^ q ^ r) + 0x6ed9eba1 + load<u32>(w, 4);
    p = rotl<u32>(p, 30);
    r += rotl<u32>(s, 5) + (t ^ p ^ q) + 0x6ed9eba1 + load<u32>(w, 8);
    t = rotl<u32>(t, 30);
    q += rotl<u32>(r, 5) + (s ^ t ^ p) + 0x6ed9eba1 + load<u32>(w, 12);
    s = rotl<u32>(s, 30);
    p += rotl<u32>(q, 5) + (r ^ s ^ t) + 0x6ed9eba1 + load<u32>(w, 16);
    r = rotl<u32>(r, 30);
  }
  for (const end = SCHEDULE + 240; w < end; w += 20) {
    t += rotl<u32>(p, 5) + ((q & r) | (s & (q | r))) + 0x8f1bbcdc + load<u32>(w);
    q = rotl<u32>(q, 30);
    s += rotl<u32>(t, 5) + ((p & q) | (r & (p | q))) + 0x8f1bbcdc + load<u32>(w, 4);
    p = rotl<u32>(p, 30);
    r += rotl<u32>(s, 5) + ((t & p) | (q & (t | p))) + 0x8f1bbcdc + load<u32>(w, 8);
    t = rotl<u32>(t, 30);
    q += rotl<u32>(r, 5) + ((s & t) | (p & (s | t))) + 0x8f1bbcdc + load<u32>(w, 12);
    s = rotl<u32>(s, 30);
    p += rotl<u32>(q, 5) + ((r & s) | (t & (r | s))) + 0x8f1bbcdc + load<u32>(w, 16);
    r = rotl<u32>(r, 30);
  }
  for (const end = SCHEDULE + 320; w < end; w += 20) {
    t += rotl<u32>(p, 5) + (q ^ r ^ s) + 0xca62c1d6 + load<u32>(w);
    q = rotl<u32>(q, 30);
    s += rotl<u32>(t, 5) + (p ^ q ^ r) + 0xca62c1d6 + load<u32>(w, 4);
    p = rotl<u32>(p, 30);
    r += rotl<u32>(s, 5) + (t ^ p ^ q) + 0xca62c1d6 + load<u32>(w, 8);
    t = rotl<u32>(t, 30);
    q += rotl<u32>(r, 5) + (s ^ t ^ p) + 0xca62c1d6 + load<u32>(w, 12);
    s = rotl<u32>(s, 30);
    p += rotl<u32>(q, 5) + (r ^ s ^ t) + 0xca62c1d6 + load<u32>(w, 16);
    r = rotl<u32>(r, 30);
  }
  a += p;
  b += q;
  c += r;
  d += s;
  e += t;
}

/** UUIDv5 of the 16-byte namespace and a key of at most 1,024 bytes; writes 16 bytes. */
export function keyId(namespace: u32, key: u32, length: u32, out: u32): void {
  memory.copy(MESSAGE, namespace, 16);
  memory.copy(MESSAGE + 16, key, length);
  const size = length + 16;
  const padded = (size + 9 + 63) & ~63;
  store<u8>(MESSAGE + size, 0x80);
  memory.fill(MESSAGE + size + 1, 0, padded - size - 5);
  store<u32>(MESSAGE + padded - 4, bswap<u32>(size << 3));
  a = 0x67452301;
  b = 0xefcdab89;
  c = 0x98badcfe;
  d = 0x10325476;
  e = 0xc3d2e1f0;
  for (let at: u32 = 0; at < padded; at += 64) sha1Block(MESSAGE + at);
  store<u32>(out, bswap<u32>(a));
  store<u32>(out, bswap<u32>((b & 0xffff0fff) | 0x5000), 4);
  store<u32>(out, bswap<u32>((c & 0x3fffffff) | 0x80000000), 8);
  store<u32>(out, bswap<u32>(d), 12);
}
