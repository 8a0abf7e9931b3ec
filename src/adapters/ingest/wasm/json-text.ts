// Strict JSON over bytes that end in zeros. A function returns the position after what it read, or 0 for anything but a complete,
// well-formed token; `stoppedAt` then says where. A zero byte is legal nowhere, so the padding ends every loop.

export let stoppedAt: u32 = 0;
/** Whether the last string held an escape. */
export let hadEscape: bool = false;
/** Whether the last number could be out of range. */
export let oddNumber: bool = false;

export function fail(at: u32): u32 {
  stoppedAt = at;
  return 0;
}

export function skipSpace(from: u32): u32 {
  let at = from;
  if (load<u8>(at) > 0x20) return at;
  while (true) {
    const byte = load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return at;
    at++;
  }
}

/** `from` is the byte behind the opening quote. */
export function skipString(from: u32): u32 {
  hadEscape = false;
  let at = from;
  while (true) {
    const chunk = v128.load(at);
    const special = v128.or(
      v128.or(i8x16.eq(chunk, i8x16.splat(0x22)), i8x16.eq(chunk, i8x16.splat(0x5c))),
      i8x16.lt_u(chunk, i8x16.splat(0x20)),
    );
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    const byte = load<u8>(at);
    if (byte == 0x22) return at + 1;
    if (byte != 0x5c) return fail(at);
    at = skipEscape(at + 1);
    if (at == 0) return 0;
  }
}

function skipEscape(at: u32): u32 {
  hadEscape = true;
  const byte = load<u8>(at);
  if (byte == 0x75) {
    for (let i: u32 = 1; i <= 4; i++) {
      const digit = load<u8>(at + i);
      const letter = digit | 0x20;
      if (!((digit >= 0x30 && digit <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return fail(at + i);
    }
    return at + 5;
  }
  const known =
    byte == 0x22 ||
    byte == 0x5c ||
    byte == 0x2f ||
    byte == 0x62 ||
    byte == 0x66 ||
    byte == 0x6e ||
    byte == 0x72 ||
    byte == 0x74;
  return known ? at + 1 : fail(at);
}

function isDigit(byte: u8): bool {
  return byte - 0x30 < 10;
}

/** The byte behind a number must be there: more digits may come. */
function skipNumber(from: u32): u32 {
  let at = from;
  oddNumber = false;
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) {
    at++;
    if (isDigit(load<u8>(at))) return fail(at);
  } else {
    if (!isDigit(load<u8>(at))) return fail(at);
    while (isDigit(load<u8>(at))) at++;
  }
  if (load<u8>(at) == 0x2e) {
    at++;
    if (!isDigit(load<u8>(at))) return fail(at);
    while (isDigit(load<u8>(at))) at++;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    oddNumber = true;
    at++;
    const sign = load<u8>(at);
    if (sign == 0x2b || sign == 0x2d) at++;
    if (!isDigit(load<u8>(at))) return fail(at);
    while (isDigit(load<u8>(at))) at++;
  }
  if (at - from > 40) oddNumber = true;
  // A number at the very end of the window reads as incomplete, as its last digit may not be the last.
  return load<u8>(at) == 0 ? fail(at) : at;
}

/** A string, number, true, false or null. `oddNumber` is false unless it was an odd number. */
export function skipScalar(from: u32): u32 {
  const byte = load<u8>(from);
  oddNumber = false;
  if (byte == 0x22) return skipString(from + 1);
  return skipWordOrNumber(from, byte);
}

function skipWordOrNumber(from: u32, byte: u8): u32 {
  if (byte == 0x2d || isDigit(byte)) return skipNumber(from);
  if (byte == 0x74) return load<u32>(from) == 0x65757274 ? from + 4 : failWord(from, 4);
  if (byte == 0x66) return load<u32>(from, 1) == 0x65736c61 ? from + 5 : failWord(from, 5);
  if (byte == 0x6e) return load<u32>(from) == 0x6c6c756e ? from + 4 : failWord(from, 4);
  return fail(from);
}

/** A word that breaks off in the padding is incomplete, not wrong. */
function failWord(from: u32, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(from + i) == 0) return fail(from + i);
  return fail(from);
}

/**
 * Any value, nested at most `depth` levels (64 or fewer), itself included. Kinds of the open containers are the bits of one word:
 * 1 is an object.
 */
export function skipValue(from: u32, depth: u32): u32 {
  let at = skipSpace(from);
  let open: u32 = 0;
  let kinds: u64 = 0;
  while (true) {
    const byte = load<u8>(at);
    if (byte == 0x7b || byte == 0x5b) {
      if (open == depth) return fail(at);
      at = skipSpace(at + 1);
      const closer: u8 = byte + 2;
      if (load<u8>(at) == closer) at++;
      else {
        open++;
        kinds = (kinds << 1) | u64(byte == 0x7b);
        if (byte == 0x7b) {
          at = skipName(at);
          if (at == 0) return 0;
        }
        continue;
      }
    } else {
      at = skipScalar(at);
      if (at == 0) return 0;
    }
    while (true) {
      if (open == 0) return at;
      at = skipSpace(at);
      const next = load<u8>(at);
      const isObject = (kinds & 1) != 0;
      if (next == 0x2c) {
        at = skipSpace(at + 1);
        if (isObject) {
          at = skipName(at);
          if (at == 0) return 0;
        }
        break;
      }
      if (next != (isObject ? <u8>0x7d : <u8>0x5d)) return fail(at);
      open--;
      kinds >>= 1;
      at++;
    }
  }
}

/** `"name" :` and the space behind it; `at` stands where the quote must be. */
export function skipName(from: u32): u32 {
  if (load<u8>(from) != 0x22) return fail(from);
  let at = skipString(from + 1);
  if (at == 0) return 0;
  at = skipSpace(at);
  if (load<u8>(at) != 0x3a) return fail(at);
  return skipSpace(at + 1);
}
