import fc from 'fast-check';
import { BSON } from 'mongodb';
import { generateEntity, generateRelationship } from '../../../bench/generate';
import { sha1 } from '../../../src/adapters/digest';
import { createDocumentEncoder, type EncodedDocument } from '../../../src/adapters/mongo/document-encoder';
import { buildDocument } from '../../../src/adapters/mongo/graph-document';
import { idAt } from '../../../src/adapters/mongo/packed-ids';
import { decideChange } from '../../../src/domain/graph/decide-change';
import { bytesToUuid, keyNamespace, uuidV5, type ObjectKind } from '../../../src/domain/graph/identity';
import { readContent } from '../../../src/domain/graph/object-content';
import { buildWasm } from '../../support/build-wasm';

buildWasm();
const encoder = createDocumentEncoder();
const scope = { account: 'a', source: 'api', scope: 'ünit' };
const endNamespace = keyNamespace(sha1, scope, 'entity');
const id = uuidV5(sha1, endNamespace, 'the object');
const template = BSON.serialize({ _accountId: 'a', _source: 'api', _scope: 'ünit', _version: 1, _createdOn: 5 });
const common = { _beginOn: 5, _deleted: false };

function encodeText(kind: ObjectKind, text: string): EncodedDocument | undefined {
  const all = Buffer.concat([template.subarray(4, -1), BSON.serialize(common).subarray(4, -1)]);
  return encoder.encodeNew({ kind, template: all, endNamespace, objects: [{ id, text: Buffer.from(text) }] })
    .documents[0];
}

/** The document that the slow way writes. */
function expected(kind: ObjectKind, text: string): Record<string, unknown> {
  const content = readContent(kind, JSON.parse(text) as Record<string, unknown>);
  const end = (key: string | undefined) =>
    key === undefined ? undefined : bytesToUuid(uuidV5(sha1, endNamespace, key));
  const ends = kind === 'relationship' ? { fromId: end(content.from?.key), toId: end(content.to?.key) } : undefined;
  const decision = decideChange({ content, ...(ends && { ends }), current: undefined, mode: 'DIFF' });
  if (decision.action !== 'create') throw new Error(decision.action);
  const document = buildDocument({
    id: idAt(id, 0),
    kind,
    owner: { scope, integrationInstanceId: null },
    lineage: { key: content.key ?? '', version: 1, createdOn: 5, beginOn: 5 },
    state: decision.state,
    endKeys: { from: content.from?.key, to: content.to?.key },
  });
  return typed(BSON.serialize(document, { ignoreUndefined: true }));
}

/** With the types of numbers, which a plain read would make equal. */
const typed = (bytes: Uint8Array) => BSON.deserialize(bytes, { promoteValues: false }) as Record<string, unknown>;

function expectSame(kind: ObjectKind, text: string): void {
  const encoded = encodeText(kind, text);
  if (encoded) expect(typed(encoded.bytes)).toEqual(expected(kind, text));
}

const entity = (properties: string) => `{"_key":"k","_type":"t","_class":["C"]${properties}}`;
const relationship = (properties: string) =>
  `{"_key":"k","_type":"t","_class":"C","_fromEntityKey":"f","_toEntityKey":"tö"${properties}}`;

describe('the document encoder writes what the slow way writes', () => {
  it.each([
    [
      'every kind of value',
      ',"s":"x","b":true,"c":false,"n":null,"i":1,"d":1.5,"l":["a",1,null,true,-2.25,[]'.slice(0, -3) + ']',
    ],
    ['an empty string and an empty list', ',"s":"","l":[]'],
    ['escapes', String.raw`,"s":"a\"\\\/\b\f\n\r\tz","u":"\u00e9\u20ac\ud83d\ude00\u0000"`],
    ['text beyond ASCII', ',"s":"é€😀","l":["é"]'],
    ['names with dots and dollars', ',"tag.Name":"x","$cost":1,"a.b.c":2'],
    ['numbers at the border of int32', ',"a":2147483647,"b":2147483648,"c":-2147483648,"d":-2147483649'],
    ['whole numbers written as decimals', ',"a":1.0,"b":-3.00,"c":0,"d":0.0'],
    ['large whole numbers', ',"a":1600000000000,"b":9007199254740991,"c":9007199254740992'],
    ['decimals', ',"a":0.1,"b":0.3000000000000004,"c":-77.77,"d":123456.789012'],
    ['white space', ' , "a" :\n 1 ,\t"l" : [ 1 , 2 ] '],
    ['metadata of the server', ',"_id":"x","_version":7,"_scope":{"a":[1]},"_createdOn":"x"'],
    ['a list of more than ten and a hundred', `,"l":[${Array.from({ length: 1_111 }, (_, i) => i).join(',')}]`],
  ])('%s', (_, properties) => {
    expect(encodeText('entity', entity(properties))).toBeDefined();
    expectSame('entity', entity(properties));
    expect(encodeText('relationship', relationship(properties))).toBeDefined();
    expectSame('relationship', relationship(properties));
  });

  it.each([
    ['a class alone', 'entity', '{"_key":"k","_type":"t","_class":"C"}'],
    ['no class', 'entity', '{"_key":"k","_type":"t"}'],
    ['an empty list of classes', 'entity', '{"_key":"k","_type":"t","_class":[]}'],
    ['several classes', 'entity', '{"_class":["A","B"],"_type":"t","_key":"k"}'],
    ['ends of other objects on an entity', 'entity', '{"_key":"k","_type":"t","_fromEntityKey":"f"}'],
    [
      'a class in a list',
      'relationship',
      '{"_key":"k","_type":"t","_class":["C"],"_toEntityKey":"t","_fromEntityKey":"f"}',
    ],
    ['no class', 'relationship', '{"_key":"k","_type":"t","_toEntityKey":"t","_fromEntityKey":"f"}'],
  ] as const)('%s (%s)', (_, kind, text) => {
    expect(encodeText(kind, text)).toBeDefined();
    expectSame(kind, text);
  });

  it('gives the ids of the ends', () => {
    const { ends } = encodeText('relationship', relationship('')) ?? {};
    expect(ends && Buffer.from(ends.from)).toEqual(Buffer.from(uuidV5(sha1, endNamespace, 'f')));
    expect(ends && Buffer.from(ends.to)).toEqual(Buffer.from(uuidV5(sha1, endNamespace, 'tö')));
  });

  it('for the made-up fleet, all of it', () => {
    for (let i = 0; i < 300; i++) {
      const texts = [JSON.stringify(generateEntity(i)), JSON.stringify(generateRelationship(i, 300))] as const;
      expect(encodeText('entity', texts[0])).toBeDefined();
      expectSame('entity', texts[0]);
      expect(encodeText('relationship', texts[1])).toBeDefined();
      expectSame('relationship', texts[1]);
    }
  });
});

describe('the document encoder leaves to the slow way', () => {
  it.each([
    ['a name that comes twice', 'entity', entity(',"a":1,"b":2,"a":null')],
    ['a key that comes twice', 'entity', entity(',"_key":"other"')],
    ['a nested object', 'entity', entity(',"a":{"b":1}')],
    ['a nested list', 'entity', entity(',"a":[[1]]')],
    ['an exponent', 'entity', entity(',"a":1e5')],
    ['negative zero', 'entity', entity(',"a":-0')],
    ['a number that needs long arithmetic', 'entity', entity(',"a":12345678901234567890')],
    ['a decimal of more digits than a double holds', 'entity', entity(',"a":0.12345678901234567')],
    ['half of a surrogate pair', 'entity', entity(String.raw`,"a":"\ud800"`)],
    ['a name with a full-width dot', 'entity', entity(',"a．b":1')],
    ['a name with an escape', 'entity', entity(String.raw`,"\u0061":1`)],
    ['raw data', 'entity', entity(',"_rawData":[]')],
    ['a mapping', 'relationship', '{"_key":"k","_type":"t","_mapping":{}}'],
    ['an end in another scope', 'relationship', relationship(',"_toEntityScope":"s"')],
    ['an end by its id', 'relationship', relationship(',"_toEntityId":"s"')],
    [
      'an end whose key has an escape',
      'relationship',
      '{"_key":"k","_type":"t","_fromEntityKey":"\\u0061","_toEntityKey":"b"}',
    ],
    ['no end', 'relationship', '{"_key":"k","_type":"t","_fromEntityKey":"a"}'],
    ['a text of more than 256 KiB', 'entity', entity(`,"a":"${'x'.repeat(262_144)}"`)],
  ] as const)('%s', (_, kind, text) => {
    expect(encodeText(kind, text)).toBeUndefined();
  });

  it('whatever it does not write the same', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('é', '\0', '"'),
    );
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.maxSafeInteger());
    const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
    const name = fc.oneof(text, fc.constantFrom('a', 'tag.Name', '$', '．', '_id', '_source', '__proto__', '10', '2'));
    const properties = fc.dictionary(
      name.filter(
        (found) => !['_key', '_type', '_class'].includes(found) && !/^_(from|to)Entity|^_rawData|^_mapping/.test(found),
      ),
      fc.oneof(scalar, fc.array(scalar, { maxLength: 12 })),
      { maxKeys: 12 },
    );
    const head = { _key: 'k', _type: 't', _class: 'C', _fromEntityKey: 'f', _toEntityKey: 't' };
    fc.assert(
      fc.property(properties, fc.constantFrom('entity' as const, 'relationship' as const), (sent, kind) => {
        expectSame(kind, JSON.stringify({ ...head, ...sent }, undefined, Object.keys(sent).length % 3));
      }),
      { numRuns: 3_000 },
    );
  });
});

it.each([
  ['entity', '{"_key":"k","_class":["A","Ü"],"_type":"t\\u00e9"}', 'té', ['A', 'Ü']],
  ['entity', '{"_key":"k","_type":"tö","_class":"C"}', 'tö', ['C']],
  ['entity', '{"_key":"k","_type":"t","_class":[]}', 't', []],
  ['entity', '{"_key":"k","_type":"t"}', 't', []],
  ['relationship', relationship(''), 't', ['C']],
  ['relationship', '{"_key":"k","_fromEntityKey":"f","_toEntityKey":"t","_class":["Ü"],"_type":"é"}', 'é', ['Ü']],
  ['relationship', '{"_key":"k","_type":"t","_toEntityKey":"t","_fromEntityKey":"f"}', 't', []],
] as const)('the document encoder says of %s %s that it has type and classes', (kind, text, type, classes) => {
  expect(encodeText(kind, text)).toMatchObject({ type, classes });
});
