const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The two kinds of graph object; each has its own key space (decision 4). */
export type ObjectKind = 'entity' | 'relationship';

/** A sub-graph that one data source owns. `_key` is unique inside it, per kind. `scope` is '' where a source has none. */
export interface Scope {
  readonly account: string;
  readonly source: string;
  readonly scope: string;
}

export type Sha1 = (bytes: Uint8Array) => Uint8Array;

/** Root of all ids: a fixed random UUID, so that an id depends on nothing but its name. */
const rootNamespace = uuidToBytes('7d1c0f5e-3b0a-4c55-9a41-5b6f4f0e9d21');

/** UUIDv5 (RFC 9562 section 5.5) of `name` under the 16-byte `namespace`. */
export function uuidV5(sha1: Sha1, namespace: Uint8Array, name: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  const input = new Uint8Array(16 + text.length);
  input.set(namespace);
  input.set(text, 16);
  const id = sha1(input).slice(0, 16);
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x50;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
}

/** Identity of a scope itself; also the name of its manifest, its queue of finalizations and its counters. */
export function scopeId(sha1: Sha1, { account, source, scope }: Scope): string {
  return bytesToUuid(uuidV5(sha1, rootNamespace, JSON.stringify([account, source, scope])));
}

/** Namespace under which the keys of one kind in one scope become `_id`s (decision 5): `_id = UUIDv5(namespace, _key)`. */
export function keyNamespace(sha1: Sha1, scope: Scope, kind: ObjectKind): Uint8Array {
  return uuidV5(sha1, uuidToBytes(scopeId(sha1, scope)), kind);
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function bytesToUuid(bytes: Uint8Array, offset = 0): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += hex[bytes[offset + i] ?? 0] ?? '';
  }
  return text;
}

export const isUuid = (text: string): boolean => uuidPattern.test(text);

/** @throws RangeError when `text` is not a UUID; check with `isUuid` first where it comes from outside. */
export function uuidToBytes(text: string): Uint8Array {
  if (!uuidPattern.test(text)) throw new RangeError(`not a UUID: ${text}`);
  const bytes = new Uint8Array(16);
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if (text[at] === '-') at++;
    bytes[i] = (nibble(text.charCodeAt(at)) << 4) | nibble(text.charCodeAt(at + 1));
    at += 2;
  }
  return bytes;
}

/** Of a hexadecimal digit in either case. */
function nibble(code: number): number {
  return (code & 15) + (code > 57 ? 9 : 0);
}

/** An id as the engine of queries has it: its bytes as Latin-1 text. */
export const idToKey = (bytes: Uint8Array, offset = 0): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 16));

export function keyToBytes(key: string): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 16; i++) bytes[i] = key.charCodeAt(i);
  return bytes;
}

export const keyToUuid = (key: string): string => bytesToUuid(keyToBytes(key));
