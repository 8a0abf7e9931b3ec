import { areEqual, ARRAY, behind, DOUBLE, findElement, isNamed, valueOf } from './bson';
import { BEFORE, ENDED, ID, NEXT, OUTPUT, UPDATE } from './layout';
import { INT32, moveTo, out, putByte, putBytes, putDouble, putLetters, putUuid, putWord, STRING } from './output';

// What a present document and the new one at `OUTPUT` make: the update of the first to the second, and the ended version of the first.
// Every document of the graph was written by us, so its elements are known to be whole.

/** For the slow way: something about the object is not simple. */
export const ODD: u32 = 0;
export const SAME: u32 = 1;
export const CHANGED: u32 = 2;

const DOCUMENT: u8 = 0x03;
const UNDERSCORE: u8 = 0x5f;

let version: i32 = 0;
let beganOn: f64 = 0;
let hasTouched: bool = false;
/** Elements that are properties. */
let properties: u32 = 0;
/** Where the documents `u` and `$set` of the update begin. */
let modification: u32 = 0;
let set: u32 = 0;

/** Where the words of `NEXT` are: the present version, and how long the ended version and the update are. */
export function compareWithPresent(): u32 {
  if (!readPresent()) return ODD;
  const now = beginOnOfNew();
  if (now == 0) return ODD;
  const end = OUTPUT + load<u32>(OUTPUT) - 1;
  beginUpdate();
  let expected = BEFORE + 4;
  let found: u32 = 0;
  let isChanged = false;
  for (let at = OUTPUT + 4; at < end;) {
    const value = valueOf(at);
    const after = behind(at, value);
    const present = findElement(BEFORE, expected, at);
    const isMetadata = load<u8>(at, 1) == UNDERSCORE;
    if (isMetadata) {
      if (present == 0 || !(isOfVersion(at) || isSameElement(at, after, present))) return ODD;
    } else {
      if (present != 0) found++;
      if (present == 0 || !isSameElement(at, after, present)) {
        // Equal to zero, which is written in other bytes.
        if (present != 0 && hasNegativeZero(present)) return ODD;
        isChanged = true;
        putBytes(at, after - at);
      }
    }
    if (present != 0) expected = behind(present, valueOf(present));
    at = after;
  }
  store<u32>(NEXT, version);
  const isShrunk = found < properties;
  if (!isChanged && !isShrunk) return SAME;
  const beginOn = max(now, beganOn);
  endUpdate(beginOn, isShrunk);
  putEnded(beginOn);
  return CHANGED;
}

/** Goes through the present document once. False where it has what only the slow way can keep. */
function readPresent(): bool {
  version = 0;
  beganOn = 0;
  hasTouched = false;
  properties = 0;
  const end = BEFORE + load<u32>(BEFORE) - 1;
  let expected = OUTPUT + 4;
  for (let at = BEFORE + 4; at < end;) {
    const value = valueOf(at);
    if (load<u8>(at, 1) != UNDERSCORE) properties++;
    else if (isNamed(at, '_version')) {
      if (load<u8>(at) != INT32) return false;
      version = load<i32>(value);
    } else if (isNamed(at, '_beginOn')) {
      if (load<u8>(at) != DOUBLE) return false;
      beganOn = load<f64>(value);
    } else if (isNamed(at, '_touched')) hasTouched = true;
    else {
      const same = findElement(OUTPUT, expected, at);
      if (same == 0) return false;
      expected = same;
    }
    at = behind(at, value);
    if (at == 0) return false;
  }
  return version > 0 && beganOn > 0;
}

/** 0 if it is no time of ours. */
function beginOnOfNew(): f64 {
  const end = OUTPUT + load<u32>(OUTPUT) - 1;
  for (let at = OUTPUT + 4; at < end; at = behind(at, valueOf(at))) {
    if (isNamed(at, '_beginOn')) return load<u8>(at) == DOUBLE ? load<f64>(valueOf(at)) : 0;
  }
  return 0;
}

/** Members that a version has from what was before, not from what was uploaded. */
const isOfVersion = (at: u32): bool => isNamed(at, '_version') || isNamed(at, '_beginOn') || isNamed(at, '_createdOn');

/** Name, type and value; where `at` is of the new document, whose element ends at `after`. */
const isSameElement = (at: u32, after: u32, present: u32): bool =>
  behind(present, valueOf(present)) - present == after - at && areEqual(at, present, after - at);

function hasNegativeZero(at: u32): bool {
  const value = valueOf(at);
  if (load<u8>(at) == DOUBLE) return load<u64>(value) == 0x8000000000000000;
  if (load<u8>(at) != ARRAY) return false;
  const end = value + load<u32>(value) - 1;
  for (let item = value + 4; item < end; item = behind(item, valueOf(item))) if (hasNegativeZero(item)) return true;
  return false;
}

/** One statement of an `update` command up to its first field to set. */
function beginUpdate(): void {
  moveTo(UPDATE);
  putWord(0);
  const filter = beginMember('q');
  putUuid('_id', ID);
  endMember(filter);
  modification = beginMember('u');
  set = beginMember('$set');
}

function endUpdate(beginOn: f64, isShrunk: bool): void {
  putByte(INT32);
  putLetters('_version');
  putWord(version + 1);
  putTime('_beginOn', beginOn);
  endMember(set);
  if (isShrunk || hasTouched) putUnset();
  endMember(modification);
  putByte(0);
  store<u32>(UPDATE, out - UPDATE);
  store<u32>(NEXT, out - UPDATE, 8);
}

function putUnset(): void {
  const unset = beginMember('$unset');
  const end = BEFORE + load<u32>(BEFORE) - 1;
  let expected = OUTPUT + 4;
  for (let at = BEFORE + 4; at < end;) {
    const value = valueOf(at);
    const same = findElement(OUTPUT, expected, at);
    if (same != 0) expected = same;
    else {
      putByte(STRING);
      putBytes(at + 1, value - at - 1);
      putWord(1);
      putByte(0);
    }
    at = behind(at, value);
  }
  endMember(unset);
}

/** The present document under the id of its version, with the time of its end. */
function putEnded(endOn: f64): void {
  moveTo(ENDED);
  putWord(0);
  const id = beginMember('_id');
  putUuid('id', ID);
  putByte(INT32);
  putLetters('version');
  putWord(version);
  endMember(id);
  const end = BEFORE + load<u32>(BEFORE) - 1;
  for (let at = BEFORE + 4; at < end;) {
    const after = behind(at, valueOf(at));
    if (!isNamed(at, '_id') && !isNamed(at, '_touched')) putBytes(at, after - at);
    at = after;
  }
  putTime('_endOn', endOn);
  putByte(0);
  store<u32>(ENDED, out - ENDED);
  store<u32>(NEXT, out - ENDED, 4);
}

function putTime(name: string, time: f64): void {
  putByte(DOUBLE);
  putLetters(name);
  putDouble(time);
}

/** @returns where the document begins, for `endMember` */
function beginMember(name: string): u32 {
  putByte(DOCUMENT);
  putLetters(name);
  const start = out;
  putWord(0);
  return start;
}

function endMember(start: u32): void {
  putByte(0);
  store<u32>(start, out - start);
}
