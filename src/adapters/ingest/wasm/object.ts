import { hadEscape, oddNumber, fail, skipScalar, skipSpace, skipString, skipValue } from './json-text';
import { METADATA, METADATA_SLOTS, RAW_NAMES, RAW_NAMES_MAX } from './layout';

// One graph object. What is not trivially right is flagged, and the slow lane decides; the facts below are of the last object.

/** Something that only the slow lane may judge. */
export let flagged: bool = false;
export let keyStart: u32 = 0;
export let keyLength: u32 = 0;
export let rawDataEntries: u32 = 0;
/** Bits of `Saw`. */
export let saw: u32 = 0;

export const SAW_KEY: u32 = 1;
export const SAW_TYPE: u32 = 2;
export const SAW_CLASS: u32 = 4;
export const SAW_FROM_KEY: u32 = 8;
export const SAW_FROM_ID: u32 = 16;
export const SAW_TO_KEY: u32 = 32;
export const SAW_TO_ID: u32 = 64;
export const SAW_RAW_DATA: u32 = 128;
export const SAW_ID: u32 = 256;
export const SAW_MAPPING: u32 = 512;
/** An array, which a relationship may not hold. */
export const SAW_ARRAY: u32 = 1024;
export const SAW_FROM: u32 = SAW_FROM_KEY | SAW_FROM_ID;
export const SAW_TO: u32 = SAW_TO_KEY | SAW_TO_ID;

let maxDepth: u32 = 0;
let maxKeyBytes: u32 = 0;

export function setLimits(depth: u32, keyBytes: u32): void {
  maxDepth = depth;
  maxKeyBytes = keyBytes;
}

/** `from` is the opening brace. */
export function scanObject(from: u32): u32 {
  flagged = false;
  saw = 0;
  rawDataEntries = 0;
  let at = skipSpace(from + 1);
  if (load<u8>(at) == 0x7d) {
    flagged = true;
    return at + 1;
  }
  while (true) {
    if (load<u8>(at) != 0x22) return fail(at);
    const name = at + 1;
    at = skipString(name);
    if (at == 0) return 0;
    const length = at - 1 - name;
    if (hadEscape || length == 0) flagged = true;
    at = skipSpace(at);
    if (load<u8>(at) != 0x3a) return fail(at);
    at = skipSpace(at + 1);
    if (load<u8>(name) == 0x5f) at = scanMetadata(name, length, at);
    else at = scanProperty(at);
    if (at == 0) return 0;
    at = skipSpace(at);
    const next = load<u8>(at);
    if (next == 0x2c) {
      at = skipSpace(at + 1);
      continue;
    }
    return next == 0x7d ? at + 1 : fail(at);
  }
}

/** The value of an ordinary property. */
function scanProperty(at: u32): u32 {
  const byte = load<u8>(at);
  if (byte == 0x22) return skipString(at + 1);
  if (byte == 0x5b) return scanArray(at);
  if (byte == 0x7b) {
    flagged = true;
    return skipValue(at, maxDepth - 1);
  }
  at = skipScalar(at);
  if (oddNumber) flagged = true;
  return at;
}

function scanArray(from: u32): u32 {
  saw |= SAW_ARRAY;
  let at = skipSpace(from + 1);
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    const byte = load<u8>(at);
    if (byte == 0x7b || byte == 0x5b) {
      flagged = true;
      at = skipValue(at, maxDepth - 2);
    } else {
      at = skipScalar(at);
      if (oddNumber) flagged = true;
    }
    if (at == 0) return 0;
    at = skipSpace(at);
    const next = load<u8>(at);
    if (next == 0x5d) return at + 1;
    if (next != 0x2c) return fail(at);
    at = skipSpace(at + 1);
  }
}

/** Names are compared as numbers: their letters as little-endian integers that together cover every letter. */
function scanMetadata(name: u32, length: u32, at: u32): u32 {
  const head = load<u32>(name);
  switch (length) {
    case 3:
      if ((head & 0x00ffffff) == 0x0064695f) {
        saw |= SAW_ID;
        return scanProperty(at);
      }
      break;
    case 4:
      if (head == 0x79656b5f) return scanKey(at);
      break;
    case 5:
      if (head == 0x7079745f && load<u8>(name, 4) == 0x65) return scanText(at, SAW_TYPE);
      break;
    case 6:
      if (head == 0x616c635f && load<u16>(name, 4) == 0x7373) return scanClass(at);
      break;
    case 8:
      if (head == 0x7761725f && load<u32>(name, 4) == 0x61746144) return scanRawData(at);
      if (head == 0x70616d5f && load<u32>(name, 4) == 0x676e6970) {
        saw |= SAW_MAPPING;
        flagged = true;
        return skipValue(at, maxDepth - 1);
      }
      break;
    // _fromEntityId, _fromEntityKey, _toEntityId, _toEntityKey
    case 13:
      if (load<u64>(name) == 0x746e456d6f72665f && load<u64>(name, 5) == 0x6449797469746e45)
        return scanText(at, SAW_FROM_ID);
      break;
    case 14:
      if (load<u64>(name) == 0x746e456d6f72665f && load<u64>(name, 6) == 0x79654b797469746e)
        return scanText(at, SAW_FROM_KEY);
      break;
    case 11:
      if (load<u64>(name) == 0x7469746e456f745f && load<u32>(name, 7) == 0x64497974) return scanText(at, SAW_TO_ID);
      break;
    case 12:
      if (load<u64>(name) == 0x7469746e456f745f && load<u32>(name, 8) == 0x79654b79) return scanText(at, SAW_TO_KEY);
      break;
  }
  if (!isListed(METADATA, METADATA_SLOTS, name, length)) flagged = true;
  return scanProperty(at);
}

/** Whether a name is in one of the tables that the loader writes. */
export function isListed(table: u32, slots: u32, name: u32, length: u32): bool {
  for (let slot = table; slot < table + slots * 32; slot += 32) {
    if (load<u8>(slot, 31) != length) continue;
    let i: u32 = 0;
    while (i < length && load<u8>(slot + i) == load<u8>(name + i)) i++;
    if (i == length) return true;
  }
  return false;
}

/** A name that comes twice: the later value counts for JSON.parse, so only the slow lane may say. */
function see(bit: u32): void {
  if (saw & bit) flagged = true;
  saw |= bit;
}

/** A value that must be a non-empty string. */
function scanText(at: u32, bit: u32): u32 {
  see(bit);
  if (load<u8>(at) != 0x22 || load<u8>(at, 1) == 0x22) {
    flagged = true;
    return skipValue(at, maxDepth - 1);
  }
  return skipString(at + 1);
}

function scanKey(at: u32): u32 {
  const end = scanText(at, SAW_KEY);
  if (end == 0) return 0;
  keyStart = at + 1;
  keyLength = end - at - 2;
  if (hadEscape || keyLength > maxKeyBytes) flagged = true;
  return end;
}

function scanClass(at: u32): u32 {
  if (load<u8>(at) != 0x5b) return scanText(at, SAW_CLASS);
  see(SAW_CLASS);
  let items = 0;
  const start = at;
  at = skipSpace(at + 1);
  while (load<u8>(at) == 0x22 && load<u8>(at, 1) != 0x22) {
    items++;
    at = skipString(at + 1);
    if (at == 0) return 0;
    at = skipSpace(at);
    if (load<u8>(at) == 0x5d) {
      if (items > 1) saw |= SAW_ARRAY;
      return at + 1;
    }
    if (load<u8>(at) != 0x2c) return fail(at);
    at = skipSpace(at + 1);
  }
  // Empty, or not of strings alone.
  flagged = true;
  return skipValue(start, maxDepth - 1);
}

/** `[{"name": "…", "rawData": {…} | "…"}]`; the other form is left to the slow lane. */
function scanRawData(at: u32): u32 {
  see(SAW_RAW_DATA);
  if (load<u8>(at) != 0x5b) {
    flagged = true;
    return skipValue(at, maxDepth - 1);
  }
  at = skipSpace(at + 1);
  if (load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    if (load<u8>(at) == 0x7b) at = scanRawDataEntry(at);
    else {
      flagged = true;
      at = skipValue(at, maxDepth - 2);
    }
    if (at == 0) return 0;
    rawDataEntries++;
    at = skipSpace(at);
    const next = load<u8>(at);
    if (next == 0x5d) return at + 1;
    if (next != 0x2c) return fail(at);
    at = skipSpace(at + 1);
  }
}

function scanRawDataEntry(from: u32): u32 {
  let named = false;
  let filled = false;
  let at = skipSpace(from + 1);
  if (load<u8>(at) == 0x7d) {
    flagged = true;
    return at + 1;
  }
  while (true) {
    if (load<u8>(at) != 0x22) return fail(at);
    const name = at + 1;
    at = skipString(name);
    if (at == 0) return 0;
    const length = at - 1 - name;
    if (hadEscape) flagged = true;
    at = skipSpace(at);
    if (load<u8>(at) != 0x3a) return fail(at);
    at = skipSpace(at + 1);
    const byte = load<u8>(at);
    const value = at;
    at = byte == 0x22 ? skipString(at + 1) : skipValue(at, maxDepth - 3);
    if (at == 0) return 0;
    if (length == 4 && load<u32>(name) == 0x656d616e) {
      if (named || byte != 0x22 || hadEscape || at - value == 2 || !isNewRawName(value + 1, at - value - 2))
        flagged = true;
      named = true;
    } else if (length == 7 && load<u32>(name) == 0x44776172 && load<u32>(name, 3) == 0x61746144) {
      if (filled || (byte != 0x22 && byte != 0x7b)) flagged = true;
      filled = true;
    }
    at = skipSpace(at);
    const next = load<u8>(at);
    if (next == 0x7d) break;
    if (next != 0x2c) return fail(at);
    at = skipSpace(at + 1);
  }
  if (!named || !filled) flagged = true;
  return at + 1;
}

function isNewRawName(start: u32, length: u32): bool {
  if (rawDataEntries >= RAW_NAMES_MAX) return false;
  for (let i: u32 = 0; i < rawDataEntries; i++) {
    const slot = RAW_NAMES + i * 8;
    if (load<u32>(slot, 4) == length && memory.compare(load<u32>(slot), start, length) == 0) return false;
  }
  store<u32>(RAW_NAMES + rawDataEntries * 8, start);
  store<u32>(RAW_NAMES + rawDataEntries * 8, length, 4);
  return true;
}
