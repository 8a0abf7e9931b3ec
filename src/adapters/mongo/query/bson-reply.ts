import { Long, Timestamp, type Document } from 'mongodb';

/** What a command with a cursor answered. */
export interface Reply {
  /** Bytes of an array of documents. */
  readonly batch: Buffer;
  /** Zero when this was all. */
  readonly cursor: Long;
  /** The point in time that was read, in the first reply of a read with `readConcern: snapshot`. */
  readonly time: Timestamp | undefined;
}

/** Types of BSON. */
export const DOUBLE = 1;
export const STRING = 2;
const DOCUMENT = 3;
export const ARRAY = 4;
const BINARY = 5;
export const BOOLEAN = 8;
const DATE = 9;
export const NULL = 10;
export const INT32 = 16;
const TIMESTAMP = 17;
export const INT64 = 18;

/** @param reply as the driver gives it with `raw: true`: members that are documents are bytes */
export function readReply(reply: Document): Reply {
  const bytes = bufferOf(reply.cursor as Uint8Array);
  let batch: Buffer | undefined;
  let cursor = Long.ZERO;
  let time: Timestamp | undefined;
  for (let at = 4; bytes[at] !== 0;) {
    const type = bytes[at] ?? 0;
    const nameAt = at + 1;
    const valueAt = bytes.indexOf(0, nameAt) + 1;
    at = valueAt + sizeOf(bytes, type, valueAt);
    if (type === ARRAY) batch = bytes.subarray(valueAt, at);
    else if (type === INT64) cursor = longAt(bytes, valueAt);
    else if (type === TIMESTAMP) time = new Timestamp(longAt(bytes, valueAt));
  }
  if (!batch) throw new Error('a reply with a cursor holds no batch');
  return { batch, cursor, time };
}

/** Where each document of an array begins. */
export function* placesOfDocuments(array: Buffer): Iterable<number> {
  for (let at = 4; array[at] !== 0;) {
    at += 2;
    while (array[at] !== 0) at++;
    at++;
    yield at;
    at += array.readInt32LE(at);
  }
}

/** Calls `visit` with where each document of an array begins. */
export function eachDocument(array: Buffer, visit: (bytes: Buffer, at: number) => void): void {
  for (const at of placesOfDocuments(array)) visit(array, at);
}

/** Calls `visit` for each member of the document at `at`. */
export function eachMember(
  bytes: Buffer,
  at: number,
  visit: (type: number, nameAt: number, valueAt: number) => void,
): void {
  at += 4;
  while (bytes[at] !== 0) {
    const type = bytes[at] ?? 0;
    const nameAt = at + 1;
    at = nameAt;
    while (bytes[at] !== 0) at++;
    at++;
    visit(type, nameAt, at);
    at += sizeOf(bytes, type, at);
  }
}

/** Where the 16 bytes of a UUID begin. */
export const uuidAt = (valueAt: number): number => valueAt + 5;

/** A value of a property: what the scanner of uploads lets through. Ids are the exception, and are read with `uuidAt`. */
export function valueAt(bytes: Buffer, type: number, at: number): unknown {
  switch (type) {
    case DOUBLE:
      return bytes.readDoubleLE(at);
    case STRING:
      return bytes.utf8Slice(at + 4, at + 3 + bytes.readInt32LE(at));
    case BOOLEAN:
      return bytes[at] === 1;
    case NULL:
      return null;
    case INT32:
      return bytes.readInt32LE(at);
    case INT64:
      return longAt(bytes, at).toNumber();
    case ARRAY: {
      const values: unknown[] = [];
      eachMember(bytes, at, (inner, _, innerAt) => values.push(valueAt(bytes, inner, innerAt)));
      return values;
    }
    default:
      throw new Error(`a property has a value of BSON type ${type}`);
  }
}

export function sizeOf(bytes: Buffer, type: number, at: number): number {
  switch (type) {
    case DOUBLE:
    case DATE:
    case TIMESTAMP:
    case INT64:
      return 8;
    case STRING:
      return 4 + bytes.readInt32LE(at);
    case DOCUMENT:
    case ARRAY:
      return bytes.readInt32LE(at);
    case BINARY:
      return 5 + bytes.readInt32LE(at);
    case BOOLEAN:
      return 1;
    case NULL:
      return 0;
    case INT32:
      return 4;
    default:
      throw new Error(`no document of the graph has BSON type ${type}`);
  }
}

const longAt = (bytes: Buffer, at: number): Long => new Long(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
