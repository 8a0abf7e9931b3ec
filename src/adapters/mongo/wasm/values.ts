import { hadEscape, skipString } from '../../ingest/wasm/json-text';
import { BOOLEAN, DOUBLE, INT32, moveTo, NULL, out, putByte, putBytes, putWord, STRING } from './output';

// Values of properties. A function returns the position behind what it read, or 0 for what the slow way must write. The text is
// known to be well-formed JSON.

/** A scalar whose type byte lies at `type` already, as a place to be written over. */
export function putScalar(type: u32, at: u32): u32 {
  const byte = load<u8>(at);
  if (byte == 0x22) {
    store<u8>(type, STRING);
    return putText(at);
  }
  if (byte == 0x74) {
    store<u8>(type, BOOLEAN);
    putByte(1);
    return at + 4;
  }
  if (byte == 0x66) {
    store<u8>(type, BOOLEAN);
    putByte(0);
    return at + 5;
  }
  if (byte == 0x6e) {
    store<u8>(type, NULL);
    return at + 4;
  }
  return byte == 0x7b || byte == 0x5b ? 0 : putNumber(type, at);
}

/** Length, bytes and a zero of the string that begins with the quote at `at`. */
export function putText(at: u32): u32 {
  const end = skipString(at + 1);
  if (end == 0) return 0;
  const start = out;
  putWord(end - at - 1);
  if (hadEscape) {
    if (!putUnescaped(at + 1, end - 1)) return 0;
    store<u32>(start, out - start - 3);
  } else putBytes(at + 1, end - at - 2);
  putByte(0);
  return end;
}

function putUnescaped(from: u32, end: u32): bool {
  let at = from;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte != 0x5c) {
      putByte(byte);
      at++;
      continue;
    }
    const escape = load<u8>(at, 1);
    at += 2;
    if (escape == 0x75) {
      let code = hexAt(at);
      at += 4;
      if (code >= 0xd800 && code < 0xe000) {
        // Half of a pair alone is no UTF-8.
        if (code >= 0xdc00 || load<u16>(at) != 0x755c) return false;
        const low = hexAt(at + 2);
        if (low < 0xdc00 || low >= 0xe000) return false;
        at += 6;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      }
      putCharacter(code);
    } else if (escape == 0x6e) putByte(0x0a);
    else if (escape == 0x74) putByte(0x09);
    else if (escape == 0x72) putByte(0x0d);
    else if (escape == 0x62) putByte(0x08);
    else if (escape == 0x66) putByte(0x0c);
    else putByte(escape);
  }
  return true;
}

function hexAt(at: u32): u32 {
  let value: u32 = 0;
  for (let i: u32 = 0; i < 4; i++) {
    const digit = load<u8>(at + i);
    value = (value << 4) | (digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x57);
  }
  return value;
}

function putCharacter(code: u32): void {
  if (code < 0x80) return putByte(u8(code));
  if (code < 0x800) putByte(u8(0xc0 | (code >> 6)));
  else {
    if (code < 0x10000) putByte(u8(0xe0 | (code >> 12)));
    else {
      putByte(u8(0xf0 | (code >> 18)));
      putByte(u8(0x80 | ((code >> 12) & 0x3f)));
    }
    putByte(u8(0x80 | ((code >> 6) & 0x3f)));
  }
  putByte(u8(0x80 | (code & 0x3f)));
}

/**
 * The double that JavaScript reads, stored as the driver stores it: an int32 where it is a whole number of that range. Only numbers
 * that one division of exact doubles gives: mantissa up to 2^53, up to 22 decimals, no exponent.
 */
function putNumber(type: u32, from: u32): u32 {
  let at = from;
  const isNegative = load<u8>(at) == 0x2d;
  if (isNegative) at++;
  let mantissa: u64 = 0;
  let digits: u32 = 0;
  let decimals: u32 = 0;
  let isDecimal = false;
  while (true) {
    const byte = load<u8>(at);
    if (byte - 0x30 < 10) {
      mantissa = mantissa * 10 + (byte - 0x30);
      if (mantissa != 0) digits++;
      if (isDecimal) decimals++;
    } else if (byte == 0x2e) isDecimal = true;
    else if ((byte | 0x20) == 0x65) return 0;
    else break;
    at++;
  }
  if (digits > 16 || mantissa > 9007199254740992 || decimals > 22) return 0;
  if (isNegative && mantissa == 0) return 0;
  let value = f64(mantissa);
  if (decimals > 0) {
    let scale: f64 = 1;
    for (let i: u32 = 0; i < decimals; i++) scale *= 10;
    value /= scale;
  }
  if (isNegative) value = -value;
  if (value >= -2147483648 && value <= 2147483647 && value == Math.trunc(value)) {
    store<u8>(type, INT32);
    putWord(u32(i32(value)));
  } else {
    store<u8>(type, DOUBLE);
    store<f64>(out, value);
    moveTo(out + 8);
  }
  return at;
}
