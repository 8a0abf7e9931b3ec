// Reads BSON. An element is a type byte, a name that ends in a zero, and a value; `at` is where its type lies.

const STRING: u8 = 0x02;
const DOCUMENT: u8 = 0x03;
export const ARRAY: u8 = 0x04;
const BINARY: u8 = 0x05;
const BOOLEAN: u8 = 0x08;
const NULL: u8 = 0x0a;
const INT32: u8 = 0x10;
const INT64: u8 = 0x12;
export const DOUBLE: u8 = 0x01;

export function valueOf(at: u32): u32 {
  at++;
  while (load<u8>(at) != 0) at++;
  return at + 1;
}

/** Behind the element whose value lies at `value`; 0 for a type that no document of the graph has. */
export function behind(at: u32, value: u32): u32 {
  switch (load<u8>(at)) {
    case DOUBLE:
    case INT64:
      return value + 8;
    case STRING:
      return value + 4 + load<u32>(value);
    case DOCUMENT:
    case ARRAY:
      return value + load<u32>(value);
    case BINARY:
      return value + 5 + load<u32>(value);
    case BOOLEAN:
      return value + 1;
    case NULL:
      return value;
    case INT32:
      return value + 4;
    default:
      return 0;
  }
}

/** Both names end at their zeros. */
function haveSameName(a: u32, b: u32): bool {
  do {
    a++;
    b++;
    if (load<u8>(a) != load<u8>(b)) return false;
  } while (load<u8>(a) != 0);
  return true;
}

/**
 * The element of the document at `document` that has the name of the one at `named`; 0 if there is none. Looks from `from` on, and
 * then from the start: documents of one object mostly have their elements in one order.
 */
export function findElement(document: u32, from: u32, named: u32): u32 {
  const end = document + load<u32>(document) - 1;
  for (let at = from; at < end; at = behind(at, valueOf(at))) if (haveSameName(at, named)) return at;
  for (let at = document + 4; at < from; at = behind(at, valueOf(at))) if (haveSameName(at, named)) return at;
  return 0;
}

/** Whether the name of the element at `at` is `text`. */
export function isNamed(at: u32, text: string): bool {
  for (let i = 0; i < text.length; i++) if (load<u8>(at + 1 + i) != u8(text.charCodeAt(i))) return false;
  return load<u8>(at + 1 + text.length) == 0;
}

export const areEqual = (a: u32, b: u32, length: u32): bool => memory.compare(a, b, length) == 0;
