import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';

export interface MalformedBody {
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const valid = JSON.stringify({
  entities: [
    {
      _key: 'a',
      _type: 't',
      _class: ['Host'],
      name: 'x',
      tags: ['a', 1, true],
      _rawData: [{ name: 'd', rawData: { a: 1 } }],
    },
  ],
  relationships: [{ _key: 'r', _type: 't', _fromEntityKey: 'a', _toEntityKey: 'b' }],
  deleteEntities: [{ _key: 'c' }],
});

export const isJson = (bytes: Uint8Array): boolean => {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
};

/** Damages `text` in a way that leaves no valid JSON: every prefix, and bytes that JSON has nowhere outside strings. */
export const brokenJson = fc.oneof(
  fc.nat(valid.length - 1).map((length) => Buffer.from(valid.slice(0, length))),
  fc.tuple(fc.nat(valid.length - 1), fc.constantFrom(0x00, 0x01, 0x1f, 0xff, 0xc0)).map(([at, byte]) => {
    const bytes = Buffer.from(valid);
    bytes[at] = byte;
    return bytes;
  }),
  fc
    .uint8Array({ maxLength: 300 })
    .filter((bytes) => !isJson(bytes))
    .map((bytes) => Buffer.from(bytes)),
);

export const brokenGzip = fc
  .tuple(fc.nat(200), fc.nat(255), fc.boolean())
  .map(([at, byte, cut]) => {
    const bytes = gzipSync(valid);
    if (cut) return bytes.subarray(0, at % bytes.length);
    const place = 10 + (at % (bytes.length - 10));
    bytes[place] = (bytes[place] ?? 0) ^ (byte || 1);
    return bytes;
  })
  // A few bits of a gzip mean nothing.
  .filter((bytes) => !isGzip(bytes));

function isGzip(bytes: Buffer): boolean {
  try {
    gunzipSync(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Well-formed JSON that is no upload: the top level or one element is of the wrong kind. */
export const wrongShape = fc.oneof(
  fc
    .oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { minLength: 1 }))
    .map((value) => JSON.stringify(value)),
  fc
    .tuple(
      fc.constantFrom('entities', 'relationships', 'deleteEntities', 'deleteRelationships'),
      fc.oneof(
        fc.string(),
        fc.integer(),
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.constant(true),
      ),
    )
    .map(([part, value]) => JSON.stringify({ [part]: value })),
  fc
    .tuple(
      fc.constantFrom('entities', 'relationships'),
      fc.oneof(
        fc.integer(),
        fc.string(),
        fc.constant(null),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.jsonValue()),
      ),
    )
    .map(([part, element]) => JSON.stringify({ [part]: [element] })),
);

const entity = (members: string): string => `{"entities":[{"_key":"a","_type":"t"},{${members}}]}`;
const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const inKey = (...wrong: number[]): Buffer => bytes('{"entities":[{"_key":"a', wrong, '","_type":"t"}]}');

const json: Readonly<Record<string, string | Buffer>> = {
  'an array of arrays without an end': '['.repeat(100_000),
  'arrays in arrays': deep('[', ']', 100_000),
  'objects in objects': deep('{"entities":', '}', 50_000),
  'an element of great depth': `{"entities":[${deep('[', ']', 50_000)}]}`,
  'a property of great depth': entity(`"_key":"b","_type":"t","p":${deep('[', ']', 50_000)}`),
  'raw data of great depth': entity(
    `"_key":"b","_type":"t","_rawData":[{"name":"d","rawData":${deep('[', ']', 50_000)}}]`,
  ),
  'an unknown member of great depth': `{"other":${deep('{"a":', '}', 50_000).replace('{"a":}', '{}')}}`,
  'a nested object': entity('"_key":"b","_type":"t","p":{"q":1}'),
  'a number without an end': entity('"_key":"b","_type":"t","n":1e'),
  'a number with a leading zero': entity('"_key":"b","_type":"t","n":01'),
  'a number that is none': entity('"_key":"b","_type":"t","n":NaN'),
  'a number beyond all numbers': entity('"_key":"b","_type":"t","n":1e999'),
  'a number with a plus': entity('"_key":"b","_type":"t","n":+1'),
  'a number as key': entity('"_key":5,"_type":"t"'),
  'half a character': entity('"_key":"b\\ud800","_type":"t"'),
  'half an escape': entity('"_key":"b\\u12","_type":"t"'),
  'an unknown escape': entity('"_key":"b\\x","_type":"t"'),
  'a single quote': "{'entities':[]}",
  'a comment': '{"entities":[]/* none */}',
  'a comma too many': '{"entities":[{"_key":"a","_type":"t"},]}',
  'two values': '{"entities":[{"_key":"a","_type":"t"}]} {}',
  'a NUL byte behind the text': bytes('{"entities":[{"_key":"a","_type":"t"}]}', [0]),
  'a NUL byte in a text': inKey(0),
  'a line break in a text': inKey(10),
  'NUL bytes alone': Buffer.alloc(100),
  'a byte that UTF-8 has nowhere': inKey(0xff),
  'a continuation without a beginning': inKey(0x80),
  'a beginning without continuation': inKey(0xe2, 0x82),
  'an overlong slash': inKey(0xc0, 0xaf),
  'a surrogate in UTF-8': inKey(0xed, 0xa0, 0x80),
  'a character beyond Unicode': inKey(0xf4, 0x90, 0x80, 0x80),
  'UTF-16': Buffer.from('\ufeff{"entities":[{"_key":"a","_type":"t"}]}', 'utf16le'),
  'two byte order marks': `\ufeff\ufeff${valid}`,
  'the same part twice':
    '{"entities":[{"_key":"a","_type":"t"}],"entities":[{"_key":"a","_type":"t"},{"_key":"a","_type":"t"}]}',
  'a key that is too long': entity(`"_key":"${'k'.repeat(1_025)}","_type":"t"`),
  'an empty key': entity('"_key":"","_type":"t"'),
  'a reserved name': entity('"_key":"b","_type":"t","__proto__":1'),
};

const csv: Readonly<Record<string, string | Buffer>> = {
  'no header': 'a,t,1\nb,t,2\n',
  'a header without a key': '_type,n\nt,1\n',
  'a column twice': '_key,_type,n,n\na,t,1,2\n',
  'a column without a name': '_key,_type,\na,t,1\n',
  'a quote without an end': '_key,_type\na,"t\n',
  'a quote inside a cell': '_key,_type\na,t"x"\n',
  'a row that ends before its type': '_key,_type,n,m\na,t,1,1\nb\n',
  'a row that is too long': '_key,_type\na,t\nb,t,1\n',
  'a row without a type': '_key,_type\na,t\nb,\n',
  'a row without a key': '_key,_type\na,t\n,t\n',
  'a key twice': '_key,_type\na,t\na,t\n',
  'half a relationship': '_key,_type,_fromEntityKey,_toEntityKey\na,t,x,\n',
  'a byte that UTF-8 has nowhere': bytes('_key,_type\na,', [0xff], '\n'),
  'bytes of a picture': bytes([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
  JSON: valid.replaceAll(',', ';'),
};

const yaml: Readonly<Record<string, string | Buffer>> = {
  'a bracket without an end': 'entities: [{_key: a, _type: t}',
  'a tab for an indentation': 'entities:\n\t- _key: a\n\t  _type: t\n',
  'a wrong indentation': 'entities:\n  - _key: a\n _type: t\n',
  'a name twice': 'entities:\n  - _key: a\n    _key: b\n    _type: t\n',
  'a scalar': 'entities',
  'a number': '5',
  'a function': 'entities:\n  - _key: !!js/function "function () {}"\n    _type: t\n',
  'an unknown anchor': 'entities: *nowhere\n',
  'anchors that multiply': [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...[...'bcdefghi'].map(
      (name, i) =>
        `${name}: &${name} [${Array(10)
          .fill(`*${'abcdefghi'[i] ?? ''}`)
          .join(', ')}]`,
    ),
    'entities: [{_key: a, _type: t, p: *i}]',
  ].join('\n'),
  'an object that holds itself': 'entities: &e\n  - _key: a\n    _type: t\n    p: *e\n',
  'two documents': 'entities: []\n---\nentities: []\n',
  'entities that are no list': 'entities: {_key: a, _type: t}\n',
  'an entity without a type': 'entities:\n  - _key: a\n',
  'a key that is a number': 'entities:\n  - _key: 5\n    _type: t\n',
  'an endless depth': `entities: ${deep('[', ']', 20_000)}`,
  'a NUL byte': bytes('entities:\n  - _key: a', [0], '\n    _type: t\n'),
  'a byte that UTF-8 has nowhere': bytes('entities:\n  - _key: a', [0xff], '\n    _type: t\n'),
};

const named = (type: string, bodies: Readonly<Record<string, string | Buffer>>): MalformedBody[] =>
  Object.entries(bodies).map(([what, body]) => ({
    what: `${type}: ${what}`,
    headers: { 'content-type': type },
    body: Buffer.from(body),
  }));

/** Each must be refused with a 4xx at `…/upload` of a DIFF job, and write nothing. */
export const malformedBodies: readonly MalformedBody[] = [
  ...named('application/json', json),
  ...named('text/csv', csv),
  ...named('application/yaml', yaml),
];

/** The same in gzip. */
export const gzipped = ({ what, headers, body }: MalformedBody): MalformedBody => ({
  what: `${what}, in gzip`,
  headers: { ...headers, 'content-encoding': 'gzip' },
  body: gzipSync(body),
});

/** Every body that a client may have been cut off in, in gzip. */
export const cutGzip: readonly MalformedBody[] = Array.from({ length: gzipSync(valid).length }, (_, length) => ({
  what: `gzip cut off after ${length} bytes`,
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  body: gzipSync(valid).subarray(0, length),
}));
