import fc from 'fast-check';
import { BSON } from 'mongodb';
import { generateEntity, generateRelationship } from '../../../bench/generate';
import { sha1 } from '../../../src/adapters/digest';
import type { GraphDocument } from '../../../src/adapters/mongo/collections';
import { createDocumentEncoder, type EncodedNext } from '../../../src/adapters/mongo/document-encoder';
import { documentDifference } from '../../../src/adapters/mongo/document-difference';
import { buildDocument, readState } from '../../../src/adapters/mongo/graph-document';
import { idAt } from '../../../src/adapters/mongo/packed-ids';
import { endedVersion } from '../../../src/adapters/mongo/write-changes';
import { decideChange } from '../../../src/domain/graph/decide-change';
import { bytesToUuid, keyNamespace, uuidV5, type ObjectKind } from '../../../src/domain/graph/identity';
import { readContent } from '../../../src/domain/graph/object-content';
import { buildWasm } from '../../support/build-wasm';

buildWasm();
const encoder = createDocumentEncoder();
const scope = { account: 'a', source: 'api', scope: 'ünit' };
const endNamespace = keyNamespace(sha1, scope, 'entity');
const id = uuidV5(sha1, endNamespace, 'the object');
const earlier = 1_700_000_000_000;
const now = earlier + 1_000;

const template = (more: object = {}) =>
  BSON.serialize({
    ...{ _accountId: 'a', _source: 'api', _scope: 'ünit', _version: 1, _createdOn: now, _beginOn: now },
    ...{ _deleted: false, ...more },
  }).subarray(4, -1);

function encodeNext(kind: ObjectKind, before: GraphDocument, text: string, more: object = {}): EncodedNext | undefined {
  const objects = [{ id, text: Buffer.from(text), before: bytesOf(before) }];
  return encoder.encodeNext({ kind, template: template(more), endNamespace, objects }).documents[0];
}

const bytesOf = (document: object) => BSON.serialize(document, { ignoreUndefined: true });
/** With the types of numbers, which a plain read would make equal. */
const typed = (bytes: Uint8Array) => BSON.deserialize(bytes, { promoteValues: false }) as Record<string, unknown>;

function stateOf(kind: ObjectKind, text: string, before?: GraphDocument) {
  const content = readContent(kind, JSON.parse(text) as Record<string, unknown>);
  const end = (key: string | undefined) =>
    key === undefined ? undefined : bytesToUuid(uuidV5(sha1, endNamespace, key));
  const ends = kind === 'relationship' ? { fromId: end(content.from?.key), toId: end(content.to?.key) } : undefined;
  const current = before && readState(before);
  return { content, decision: decideChange({ content, ...(ends && { ends }), current, mode: 'DIFF' }) };
}

/** The document that the slow way writes: as version 3, or as what comes after `before`. */
function documentOf(kind: ObjectKind, text: string, before?: GraphDocument): GraphDocument | 'same' {
  const { content, decision } = stateOf(kind, text, before);
  if (decision.action === 'none') return 'same';
  if (!('state' in decision)) throw new Error(decision.action);
  const document = buildDocument({
    id: idAt(id, 0),
    kind,
    owner: { scope, integrationInstanceId: null },
    lineage: before
      ? {
          ...{ key: before._key, version: before._version + 1, createdOn: before._createdOn },
          beginOn: Math.max(now, before._beginOn),
        }
      : { key: content.key ?? '', version: 3, createdOn: earlier - 1, beginOn: earlier },
    state: decision.state,
    endKeys: { from: content.from?.key, to: content.to?.key },
  });
  // As mongod would give it back.
  return BSON.deserialize(bytesOf(document)) as GraphDocument;
}

function present(kind: ObjectKind, text: string): GraphDocument {
  const document = documentOf(kind, text);
  if (document === 'same') throw new Error('there was nothing before');
  return document;
}

/** @returns what was written, if it was */
function expectAsSlow(kind: ObjectKind, before: GraphDocument, text: string): EncodedNext | undefined {
  const next = encodeNext(kind, before, text);
  if (!next) return undefined;
  const after = documentOf(kind, text, before);
  expect(next.version).toBe(before._version);
  expect(next.outcome).toBe(after === 'same' ? 'same' : 'changed');
  if (after === 'same') return next;
  const statement = { q: { _id: before._id }, u: documentDifference(before, after) };
  expect(typed(next.update)).toEqual(typed(bytesOf(statement)));
  expect(typed(next.ended)).toEqual(typed(bytesOf(endedVersion(before, after._beginOn))));
  return next;
}

/** In its place JSON is to have what `JSON.stringify` never writes. */
const negativeZero = 'minus zero';

const entity = (properties: string) => `{"_key":"k","_type":"t","_class":["C"]${properties}}`;
const relationship = (properties: string) =>
  `{"_key":"k","_type":"t","_class":"C","_fromEntityKey":"f","_toEntityKey":"tö"${properties}}`;

describe('next versions of present documents are what the slow way writes', () => {
  it.each([
    ['a changed value', ',"a":1,"b":"x"', ',"a":2,"b":"x"'],
    ['a value of another type', ',"a":1,"b":"1"', ',"a":"1","b":1'],
    ['a longer and a shorter text', ',"a":"x","b":"xyz","c":"ü"', ',"a":"xyz","b":"x","c":"ü"'],
    ['a new property', ',"a":1', ',"a":1,"tag.Name":"x"'],
    ['a lost property', ',"a":1,"$cost":"x"', ',"a":1'],
    ['a null for what is there', ',"a":1,"b":true', ',"a":null,"b":true'],
    ['all properties lost', ',"a":1,"b":2', ''],
    ['the first properties', '', ',"a":1,"b":2'],
    ['one for another', ',"a":1', ',"b":1'],
    ['another order and another value', ',"a":1,"b":2,"c":3,"d":4', ',"d":4,"b":2,"a":0,"c":3'],
    ['a list', ',"a":[1,"x",null],"b":[1]', ',"a":[1,"x",null],"b":[1,2]'],
    ['names that begin alike', ',"a":1,"ab":2,"abc":3', ',"abc":3,"ab":1,"a":1'],
  ])('%s', (_, before, after) => {
    expect(expectAsSlow('entity', present('entity', entity(before)), entity(after))?.outcome).toBe('changed');
    const edge = present('relationship', relationship(before));
    expect(expectAsSlow('relationship', edge, relationship(after))?.outcome).toBe('changed');
  });

  it.each([
    ['the same text', ',"a":1,"l":[1,2]', ',"a":1,"l":[1,2]'],
    ['another order', ',"a":1,"b":2,"c":"x"', ',"c":"x","b":2,"a":1'],
    ['other spellings', String.raw`,"a":1,"b":"é","c":2`, String.raw`, "a" : 1.0,"b":"\u00e9", "d":null,"c":2.00`],
    ['nothing', '', ''],
  ])('nothing has changed: %s', (_, before, after) => {
    expect(expectAsSlow('entity', present('entity', entity(before)), entity(after))?.outcome).toBe('same');
    const edge = present('relationship', relationship(before));
    expect(expectAsSlow('relationship', edge, relationship(after))?.outcome).toBe('same');
  });

  it('leaves out of an ended version that another scope has linked to the object', () => {
    const before = { ...present('entity', entity(',"a":1')), _touched: 4 };
    expect(expectAsSlow('entity', before, entity(',"a":1'))?.outcome).toBe('same');
    const next = expectAsSlow('entity', before, entity(',"a":2'));
    expect(next && typed(next.update)).toMatchObject({ u: { $unset: { _touched: '' } } });
  });

  it('does not begin before the version that it ends', () => {
    const before = { ...present('entity', entity(',"a":1')), _beginOn: now + 5_000 };
    const next = encodeNext('entity', before, entity(',"a":2'));
    expect(next && BSON.deserialize(next.update)).toMatchObject({ u: { $set: { _beginOn: now + 5_000 } } });
    expect(next && BSON.deserialize(next.ended)).toMatchObject({ _beginOn: now + 5_000, _endOn: now + 5_000 });
  });

  it('keeps the integration instance that both have', () => {
    const before = { ...present('entity', entity(',"a":1')), _integrationInstanceId: 'i' };
    const next = encodeNext('entity', before, entity(',"a":2'), { _integrationInstanceId: 'i' });
    expect(next && BSON.deserialize(next.update)).toEqual({
      q: { _id: before._id },
      u: { $set: { a: 2, _version: 4, _beginOn: now } },
    });
    expect(next && BSON.deserialize(next.ended)).toMatchObject({ _integrationInstanceId: 'i', _endOn: now });
  });

  it('for the made-up fleet, all of it', () => {
    for (let i = 0; i < 300; i++) {
      const one = (variant: number) => JSON.stringify(generateEntity(i, { variant }));
      expect(expectAsSlow('entity', present('entity', one(0)), one(1))?.outcome).toBe('changed');
      expect(expectAsSlow('entity', present('entity', one(0)), one(0))?.outcome).toBe('same');
      const edge = (variant: number) => JSON.stringify(generateRelationship(i, 300, { variant }));
      expect(expectAsSlow('relationship', present('relationship', edge(0)), edge(1))?.outcome).toBe('changed');
    }
  });

  it('gives the ids of the ends', () => {
    const { ends } = encodeNext('relationship', present('relationship', relationship('')), relationship('')) ?? {};
    expect(ends && Buffer.from(ends.from)).toEqual(Buffer.from(uuidV5(sha1, endNamespace, 'f')));
    expect(ends && Buffer.from(ends.to)).toEqual(Buffer.from(uuidV5(sha1, endNamespace, 'tö')));
  });

  it('whatever it does not write the same', () => {
    const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('é', '\0', '"'));
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constant(0));
    const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(negativeZero));
    const textOf = (object: object) => JSON.stringify(object).replaceAll(`"${negativeZero}"`, '-0');
    const value = fc.oneof(scalar, fc.constant(null), fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 5 }));
    const few = fc.constantFrom('a', 'b', 'ab', 'tag.Name', '$', 'é', '10', '2');
    const name = fc.oneof(few, few, text).filter((found) => !/^_|\0/.test(found));
    const properties = fc.dictionary(name, fc.oneof(value, fc.constantFrom(1, 'x')), { maxKeys: 10 });
    const head = { _key: 'k', _type: 't', _class: 'C', _fromEntityKey: 'f', _toEntityKey: 't' };
    let written = 0;
    fc.assert(
      fc.property(
        properties,
        properties,
        fc.boolean(),
        fc.constantFrom('entity' as const, 'relationship' as const),
        (before, changes, keeps, kind) => {
          const document = present(kind, textOf({ ...head, ...before }));
          const after = keeps ? { ...before, ...changes } : { ...changes };
          if (expectAsSlow(kind, document, textOf({ ...head, ...after }))) written++;
        },
      ),
      { numRuns: 4_000 },
    );
    expect(written).toBeGreaterThan(500);
  });
});

describe('next versions are left to the slow way', () => {
  const before = present('entity', entity(',"a":1'));
  const edge = present('relationship', relationship(',"a":1'));

  it.each([
    ['another type', before, '{"_key":"k","_type":"u","_class":["C"],"a":1}'],
    ['another class', before, '{"_key":"k","_type":"t","_class":["D"],"a":1}'],
    ['no class', before, '{"_key":"k","_type":"t","a":1}'],
    ['another key', before, '{"_key":"l","_type":"t","_class":["C"],"a":1}'],
    ['an ended object', { ...before, _deleted: true, _endOn: earlier }, entity(',"a":2')],
    ['an object without a trace', { ...before, _wiped: true }, entity(',"a":2')],
    ['pinned values', { ...before, _overrides: { a: 1 } }, entity(',"a":2')],
    ['raw data', { ...before, _rawDataHashes: 'e30=' }, entity(',"a":2')],
    ['uploaded raw data', before, entity(',"a":2,"_rawData":[]')],
    ['another scope', { ...before, _scope: 'other' }, entity(',"a":2')],
    ['another source', { ...before, _source: 'other' }, entity(',"a":2')],
    ['an integration instance', { ...before, _integrationInstanceId: 'i' }, entity(',"a":2')],
    ['a negative zero', present('entity', entity(',"a":-0')), entity(',"a":0')],
    ['a negative zero in a list', present('entity', entity(',"a":[1,-0]')), entity(',"a":[1,0]')],
    ['a value of a type that uploads do not have', { ...before, a: new Date() }, entity(',"a":2')],
    ['a present document of more than 128 KiB', { ...before, b: 'x'.repeat(131_072) }, entity(',"a":2')],
    ['a text of more than 64 KiB', before, entity(`,"a":"${'x'.repeat(65_536)}"`)],
  ])('%s', (_, document, text) => {
    expect(encodeNext('entity', document as GraphDocument, text)).toBeUndefined();
  });

  it('an integration instance that the object has not', () => {
    expect(encodeNext('entity', before, entity(',"a":2'), { _integrationInstanceId: 'i' })).toBeUndefined();
  });

  it('another end', () => {
    const text = relationship(',"a":1').replace('"f"', '"g"');
    expect(encodeNext('relationship', edge, text)).toBeUndefined();
  });
});
