import { keyId } from '../../ingest/wasm/hash';
import { hadEscape, skipSpace, skipString, skipValue } from '../../ingest/wasm/json-text';
import { END_NAMESPACE, ENDS, ID, INPUT, KIND, OUTPUT, TEMPLATE } from './layout';
import {
  ARRAY,
  beginDocument,
  endDocument,
  moveTo,
  NULL,
  out,
  putByte,
  putBytes,
  putIndex,
  putLetters,
  putName,
  putUuid,
  putWord,
  STRING,
} from './output';
import { compareWithPresent, ODD } from './next-version';
import { putScalar, putText } from './values';

// The document of an object that is new to the graph, from its JSON text; the same as the slow way's but for the order of fields.
// The text is known to be well-formed and to have passed the checks of uploads.

const KEY: u32 = 1;
const TYPE: u32 = 2;
const CLASS: u32 = 4;
const FROM: u32 = 8;
const TO: u32 = 16;

let seen: u32 = 0;
let isRelationship: bool = false;

/** @returns the length of the document at `OUTPUT`, or 0 for an object that the slow way must write */
export function encode(templateBytes: u32, relationship: bool): u32 {
  seen = 0;
  isRelationship = relationship;
  beginDocument();
  putUuid('_id', ID);
  putBytes(TEMPLATE, templateBytes);
  let at = skipSpace(INPUT + 1);
  while (load<u8>(at) != 0x7d) {
    const name = at + 1;
    const end = skipString(name);
    if (end == 0 || hadEscape) return 0;
    const length = end - 1 - name;
    at = skipSpace(skipSpace(end) + 1);
    at = load<u8>(name) == 0x5f ? putMetadata(name, length, at) : putProperty(name, length, at);
    if (at == 0) return 0;
    at = skipSpace(at);
    if (load<u8>(at) == 0x2c) at = skipSpace(at + 1);
  }
  const needed = relationship ? KEY | TYPE | FROM | TO : KEY | TYPE;
  if ((seen & needed) != needed) return 0;
  if ((seen & CLASS) == 0) putNoClass();
  return endDocument();
}

/**
 * As `encode`, for an object whose present document lies at `BEFORE`.
 * @returns 0 for an object that the slow way must write, 1 for one that says what is there, 2 for one that changes it; see `NEXT`
 */
export function encodeNext(templateBytes: u32, relationship: bool): u32 {
  return encode(templateBytes, relationship) == 0 ? ODD : compareWithPresent();
}

function putProperty(name: u32, length: u32, at: u32): u32 {
  const byte = load<u8>(at);
  const type = out;
  if (!putName(STRING, name, length)) return 0;
  if (byte == 0x6e) {
    // A null says that there is no such property.
    moveTo(type);
    return at + 4;
  }
  if (byte != 0x5b) return putScalar(type, at);
  store<u8>(type, ARRAY);
  return putArray(at);
}

function putArray(from: u32): u32 {
  const start = out;
  putWord(0);
  let at = skipSpace(from + 1);
  for (let index: u32 = 0; load<u8>(at) != 0x5d; index++) {
    const type = out;
    putIndex(STRING, index);
    at = putScalar(type, at);
    if (at == 0) return 0;
    at = skipSpace(at);
    if (load<u8>(at) == 0x2c) at = skipSpace(at + 1);
  }
  putByte(0);
  store<u32>(start, out - start);
  return at + 1;
}

/** Names are compared as numbers: their letters as little-endian integers that together cover every letter. */
function putMetadata(name: u32, length: u32, at: u32): u32 {
  const head = load<u32>(name);
  switch (length) {
    case 4:
      if (head == 0x79656b5f) return putMember('_key', KEY, at);
      break;
    case 5:
      if (head == 0x7079745f && load<u8>(name, 4) == 0x65) return putMember('_type', TYPE, at);
      break;
    case 6:
      if (head == 0x616c635f && load<u16>(name, 4) == 0x7373) return putClass(at);
      break;
    case 8:
      // _rawData, _mapping
      if (head == 0x7761725f || head == 0x70616d5f) return 0;
      break;
    // What begins with _from or _to: both keys are for here, the other ways to name an end are not.
    case 14:
      if (isRelationship && load<u64>(name) == 0x746e456d6f72665f && load<u64>(name, 6) == 0x79654b797469746e)
        return putEnd('_fromEntityKey', '_fromEntityId', FROM, at);
      break;
    case 12:
      if (isRelationship && load<u64>(name) == 0x7469746e456f745f && load<u32>(name, 8) == 0x79654b79)
        return putEnd('_toEntityKey', '_toEntityId', TO, at);
      break;
  }
  if (isRelationship && (head == 0x6f72665f || (head & 0x00ffffff) == 0x006f745f)) return 0;
  return skipValue(at, 63);
}

/** False for what came before: the later value counts, which only the slow way gives. */
function see(bit: u32): bool {
  const isNew = (seen & bit) == 0;
  seen |= bit;
  return isNew;
}

/** A string that is not empty. */
function putMember(name: string, bit: u32, at: u32): u32 {
  if (!see(bit) || load<u8>(at) != 0x22 || load<u8>(at, 1) == 0x22) return 0;
  putByte(STRING);
  putLetters(name);
  const start = out;
  const end = putText(at);
  if (bit == TYPE) noteText(KIND, start);
  return end;
}

/** The text whose length lies at `start`, and which ends here. */
function noteText(place: u32, start: u32): void {
  store<u32>(place, start + 4 - OUTPUT);
  store<u32>(place, out - start - 5, 4);
}

function noteList(place: u32, start: u32): void {
  store<u32>(place, start - OUTPUT);
  store<u32>(place, out - start, 4);
}

function putEnd(keyName: string, idName: string, bit: u32, at: u32): u32 {
  const end = putMember(keyName, bit, at);
  // The id is of the key itself, not of its escaped form; the longest key that the hash takes is of 1,024 bytes.
  if (end == 0 || hadEscape || end - at > 1026) return 0;
  const id = bit == FROM ? ENDS : ENDS + 16;
  keyId(END_NAMESPACE, at + 1, end - at - 2, id);
  putUuid(idName, id);
  return end;
}

/** A list on entities, one name on relationships; the client may send either. */
function putClass(at: u32): u32 {
  if (!see(CLASS)) return 0;
  const isList = load<u8>(at) == 0x5b;
  if (isRelationship) {
    const text = isList ? skipSpace(at + 1) : at;
    if (load<u8>(text) != 0x22 || load<u8>(text, 1) == 0x22) return 0;
    putByte(STRING);
    putLetters('_class');
    const start = out;
    const end = putText(text);
    noteText(KIND + 8, start);
    if (end == 0 || !isList) return end;
    const after = skipSpace(end);
    return load<u8>(after) == 0x5d ? after + 1 : 0;
  }
  putByte(ARRAY);
  putLetters('_class');
  const start = out;
  if (isList) {
    const end = putArray(at);
    noteList(KIND + 8, start);
    return end;
  }
  if (load<u8>(at) != 0x22 || load<u8>(at, 1) == 0x22) return 0;
  putWord(0);
  putIndex(STRING, 0);
  const end = putText(at);
  if (end == 0) return 0;
  putByte(0);
  store<u32>(start, out - start);
  noteList(KIND + 8, start);
  return end;
}

function putNoClass(): void {
  store<u32>(KIND + 8, 0, 4);
  putByte(isRelationship ? NULL : ARRAY);
  putLetters('_class');
  if (isRelationship) return;
  putWord(5);
  putByte(0);
}
