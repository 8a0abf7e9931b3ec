import { contentHash, keyId } from './hash';
import { skipSpace, skipValue, stoppedAt } from './json-text';
import { FACTS, FLAGGED, MAX_ROWS, NAMESPACES, PART_SLOTS, PARTS, RELATIONSHIP, ROWS } from './layout';
import {
  flagged,
  isListed,
  keyLength,
  keyStart,
  rawDataEntries,
  saw,
  SAW_ARRAY,
  SAW_FROM,
  SAW_ID,
  SAW_KEY,
  SAW_TO,
  SAW_TYPE,
  scanObject,
  setLimits,
} from './object';

export { contentHash } from './hash';

// What a call ends with.
const END: u32 = 0; // the closing bracket was read
const MORE: u32 = 1; // the window ends inside what begins at `position`
const FULL: u32 = 2; // rows or the batch are full
const TROUBLE: u32 = 3; // the element at `position` is for the slow lane: a fault of grammar, or too deep
const BODY: u32 = 4; // the object at `position` of a sequence is an upload body

// What may come next between elements.
const FIRST: u32 = 0;
const ELEMENT: u32 = 1;
const SEPARATOR: u32 = 2;
const SEQUENCE: u32 = 3; // objects one after the other, without brackets and commas

// Rules of the call.
// 1 is entities alone.
const AS_RELATIONSHIPS: u32 = 2;
const BY_ENDPOINTS: u32 = 3;
const TYPE_OPTIONAL: u32 = 4;
const ID_DECIDES: u32 = 8;

export let position: u32 = 0;
export let rows: u32 = 0;
export let state: u32 = 0;
let maxObjectBytes: u32 = 0;

export function configure(depth: u32, keyBytes: u32, objectBytes: u32): void {
  setLimits(depth, keyBytes);
  maxObjectBytes = objectBytes;
}

/** Whether the first name of an object is one of an upload body. */
function beginsBody(object: u32): bool {
  const at = skipSpace(object + 1);
  if (load<u8>(at) != 0x22 || load<u8>(at, 1) == 0x5f) return false;
  for (let length: u32 = 8; length <= 19; length++) {
    if (load<u8>(at + 1 + length) == 0x22) return isListed(PARTS, PART_SLOTS, at + 1, length);
  }
  return false;
}

/** Whether the slow lane must judge the object that was scanned last; it is of the kind that `relationship` says. */
function isForSlowLane(rules: u32, relationship: bool): bool {
  if (flagged || (saw & SAW_KEY) == 0) return true;
  if ((rules & ID_DECIDES) != 0 && (saw & SAW_ID) != 0) return true;
  if ((saw & SAW_TYPE) == 0 && ((rules & TYPE_OPTIONAL) == 0 || relationship)) return true;
  return relationship && ((saw & SAW_ARRAY) != 0 || (saw & SAW_FROM) == 0 || (saw & SAW_TO) == 0);
}

/**
 * Reads elements from `from` on, up to MAX_ROWS. A row's offset is its place in memory plus `shift`.
 * A batch is closed by its content alone: behind the first element that ends `batchBytes` or more from where the batch begins, and
 * before an element that begins more than `maxGap` behind the last one.
 * @param batchStart where the first element of the batch begins
 * @param batchEnd where its last element ended; `i32.MAX_VALUE` while it has none
 */
export function scan(
  from: u32,
  end: u32,
  startState: u32,
  rules: u32,
  shift: u32,
  batchStart: i32,
  batchEnd: i32,
  batchBytes: i32,
  maxGap: i32,
): u32 {
  let at = from;
  let count: u32 = 0;
  let start = batchStart;
  let lastEnd = batchEnd;
  state = startState;
  rows = 0;
  while (true) {
    at = skipSpace(at);
    position = at;
    let byte = load<u8>(at);
    if (state == SEPARATOR) {
      if (byte == 0x5d) {
        position = at + 1;
        return END;
      }
      if (byte != 0x2c) return at >= end ? MORE : TROUBLE;
      state = ELEMENT;
      at = skipSpace(at + 1);
      position = at;
      byte = load<u8>(at);
    }
    if (at >= end) return MORE;
    if (i32(at) - lastEnd > maxGap) return FULL;
    if (state == FIRST && byte == 0x5d) {
      position = at + 1;
      return END;
    }
    if (lastEnd == i32.MAX_VALUE) start = i32(at);
    const row = ROWS + count * 40;
    let facts: u32 = 0;
    let next: u32 = 0;
    if (byte == 0x7b) {
      if (state == SEQUENCE && beginsBody(at)) return BODY;
      next = scanObject(at);
      if (next != 0) {
        const kind = rules & BY_ENDPOINTS;
        const relationship = kind == BY_ENDPOINTS ? (saw & (SAW_FROM | SAW_TO)) != 0 : kind == AS_RELATIONSHIPS;
        if (relationship) facts |= RELATIONSHIP;
        if (next - at > maxObjectBytes || isForSlowLane(rules, relationship)) facts |= FLAGGED;
        else {
          facts |= rawDataEntries;
          keyId(relationship ? NAMESPACES + 16 : NAMESPACES, keyStart, keyLength, row);
          contentHash(at, next - at, row + 16);
        }
      }
    } else {
      if (state == SEQUENCE) return TROUBLE;
      next = skipValue(at, 63);
      facts = FLAGGED;
    }
    if (next == 0) return stoppedAt >= end ? MORE : TROUBLE;
    store<u32>(row, at + shift, 32);
    store<u32>(row, next - at, 36);
    store<u32>(FACTS + count * 4, facts);
    count++;
    rows = count;
    at = next;
    position = at;
    lastEnd = i32(at);
    if (state != SEQUENCE) state = SEPARATOR;
    if (lastEnd - start >= batchBytes || count == MAX_ROWS) return FULL;
  }
}
