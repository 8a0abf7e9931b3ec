import { MAX_NAMES, NAMES, NAME_SLOTS, OUTPUT } from './layout';

// Writes BSON. `out` is where the next byte goes.

export let out: u32 = 0;
let generation: u32 = 0;
let names: u32 = 0;

export const DOUBLE: u8 = 0x01;
export const STRING: u8 = 0x02;
export const ARRAY: u8 = 0x04;
export const BINARY: u8 = 0x05;
export const BOOLEAN: u8 = 0x08;
export const NULL: u8 = 0x0a;
export const INT32: u8 = 0x10;

export function beginDocument(): void {
  out = OUTPUT + 4;
  names = 0;
  generation++;
}

export function endDocument(): u32 {
  store<u8>(out, 0);
  out++;
  store<u32>(OUTPUT, out - OUTPUT);
  return out - OUTPUT;
}

export function putBytes(from: u32, length: u32): void {
  memory.copy(out, from, length);
  out += length;
}

export function putByte(byte: u8): void {
  store<u8>(out, byte);
  out++;
}

export function putWord(word: u32): void {
  store<u32>(out, word);
  out += 4;
}

export function putDouble(value: f64): void {
  store<f64>(out, value);
  out += 8;
}

/** Moves the end back or forth, to where something was written directly. */
export function moveTo(position: u32): void {
  out = position;
}

/** The bytes of the letters `text` (static data is UTF-16) and a zero. */
export function putLetters(text: string): void {
  for (let i = 0; i < text.length; i++) putByte(u8(text.charCodeAt(i)));
  putByte(0);
}

/** A UUID element whose bytes follow from `from`. */
export function putUuid(name: string, from: u32): void {
  putByte(BINARY);
  putLetters(name);
  putWord(16);
  putByte(4);
  putBytes(from, 16);
}

/**
 * Type and name of an element, the name as `property-names.ts` stores it. False for a name that was there before (the later value
 * counts, which only the slow way gives) and for one that needs escaping.
 */
export function putName(type: u8, name: u32, length: u32): bool {
  putByte(type);
  let hash: u32 = 0x811c9dc5;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(name + i);
    hash = (hash ^ byte) * 0x01000193;
    if (byte == 0x2e) {
      store<u32>(out, 0x008ebcef);
      out += 3;
    } else if (byte == 0x24) {
      store<u32>(out, 0x0084bcef);
      out += 3;
    } else {
      // The first byte of the full-width forms.
      if (byte == 0xef) return false;
      store<u8>(out, byte);
      out++;
    }
  }
  putByte(0);
  return isNewName(hash);
}

function isNewName(hash: u32): bool {
  if (++names > MAX_NAMES) return false;
  const entry = (u64(generation) << 32) | hash;
  let slot = hash & (NAME_SLOTS - 1);
  while (true) {
    const at = NAMES + slot * 8;
    const found = load<u64>(at);
    if (u32(found >> 32) != generation) {
      store<u64>(at, entry);
      return true;
    }
    if (found == entry) return false;
    slot = (slot + 1) & (NAME_SLOTS - 1);
  }
}

/** The name of an array's element. */
export function putIndex(type: u8, index: u32): void {
  putByte(type);
  let scale: u32 = 1;
  while (index / scale >= 10) scale *= 10;
  for (; scale > 0; scale /= 10) putByte(u8(0x30 + ((index / scale) % 10)));
  putByte(0);
}
