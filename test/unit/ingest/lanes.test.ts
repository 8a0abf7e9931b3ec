import fc from 'fast-check';
import { generateEntity, generateRelationship } from '../../../bench/generate';
import { contentHash } from '../../../src/domain/ingest/content-hash';
import { endpointNames } from '../../../src/domain/ingest/object-rules';
import { SyncMode } from '../../../src/contracts/sync-job';
import type { ReadOptions } from '../../../src/domain/ingest/upload-reader';
import { bothLanes, bytesOf, contentOf, objectsOf, optionsOf, outcomeOf } from './reading';

const { fast, slow, inPieces } = bothLanes();

async function expectSameOutcome(body: unknown, options: ReadOptions): Promise<void> {
  const bytes = bytesOf(body);
  const outcome = await outcomeOf(async () => await fast.read(bytes, options));
  expect(outcome).toEqual(await outcomeOf(async () => await slow.read(bytes, options)));
  expect(await outcomeOf(async () => await inPieces.read(bytes, options))).toEqual(outcome);
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    'a',
    '\\',
    '"',
    '\u0000',
    'é',
    '😀',
    '\ud800',
    'x'.repeat(1024),
    'x'.repeat(1025),
    'é'.repeat(513),
  ),
);
const scalar = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const nested = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(text, scalar, { maxKeys: 3 }),
  fc.jsonValue(),
);
const name = fc.oneof(
  text,
  fc.constantFrom(
    'displayName',
    'tag.Name',
    '_key',
    '_id',
    '_type',
    '_class',
    '_source',
    '_scope',
    '_unknown',
    '_integrationName',
  ),
  fc.constantFrom(
    '_fromEntityKey',
    '_toEntityKey',
    '_fromEntityId',
    '_toEntityId',
    '_mapping',
    '_rawData',
    'entities',
    '__proto__',
  ),
);
const uuid = fc.uuid();
const rawData = fc.oneof(
  fc.array(fc.record({ name: fc.oneof(text, fc.constant('default')), rawData: nested }, { requiredKeys: [] }), {
    maxLength: 3,
  }),
  fc.dictionary(text, fc.record({ body: nested, contentType: text }, { requiredKeys: [] }), { maxKeys: 3 }),
  nested,
);
const metadata = fc.record(
  {
    _key: fc.oneof({ weight: 5, arbitrary: text.filter((key) => key !== '') }, { weight: 1, arbitrary: nested }),
    _id: fc.oneof(uuid, nested),
    _type: fc.oneof(
      { weight: 5, arbitrary: fc.constant('t') },
      { weight: 1, arbitrary: fc.oneof(nested, fc.constant(['t'])) },
    ),
    _class: fc.oneof(fc.constantFrom('A', ['A'], ['A', 'B'], [], [''], null), nested),
    _fromEntityKey: fc.oneof(fc.constant('from'), nested),
    _toEntityKey: fc.oneof(fc.constant('to'), nested),
    _fromEntityId: uuid,
    _toEntityId: uuid,
    _rawData: rawData,
    _mapping: fc.oneof(nested, fc.constant({ sourceEntityKey: 's', targetEntity: { _class: 'Person' } })),
  },
  { requiredKeys: [] },
);
const object = fc
  .tuple(fc.array(fc.tuple(name, nested), { maxLength: 5 }), metadata, fc.boolean())
  .map(([properties, known, first]) =>
    Object.fromEntries(first ? [...Object.entries(known), ...properties] : [...properties, ...Object.entries(known)]),
  );
const mode = fc.constantFrom(...Object.values(SyncMode));
const flags = fc.record({ syncMode: mode, ignoreDuplicates: fc.boolean(), ignoreIllegalProperties: fc.boolean() });

test('the lanes agree on any objects, accepted or not', async () => {
  const space = fc.constantFrom(undefined, 1, '\t');
  await fc.assert(
    fc.asyncProperty(
      fc.array(object, { maxLength: 4 }),
      fc.array(object, { maxLength: 3 }),
      flags,
      space,
      async (es, rs, chosen, indent) => {
        await expectSameOutcome(JSON.stringify({ entities: es, relationships: rs }, null, indent), optionsOf(chosen));
      },
    ),
    { numRuns: 2000 },
  );
});

test('the lanes agree on single objects, so that no error hides another', async () => {
  await fc.assert(
    fc.asyncProperty(object, flags, fc.constantFrom('entities', 'relationships'), async (one, chosen, part) => {
      await expectSameOutcome({ [part]: [one] }, optionsOf(chosen));
    }),
    { numRuns: 3000 },
  );
});

test('the lanes agree on objects one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(object, { maxLength: 4 }), flags, async (objects, chosen) => {
      const lines = objects.map((one) => JSON.stringify(one)).join('\n');
      await expectSameOutcome(lines, optionsOf({ ...chosen, format: 'auto' }));
    }),
    { numRuns: 1500 },
  );
});

test('the lanes agree on valid bodies with bytes changed, dropped and doubled', async () => {
  const rich = {
    entities: [
      generateEntity(1),
      { ...generateEntity(2), _rawData: [{ name: 'default', rawData: { deep: [{ a: [1, -0.5, 1e3] }], t: true } }] },
      {
        _key: 'kö',
        _type: 't',
        n: null,
        'tag.x': '\\"\u00e9',
        list: ['a', 1, false, null],
        _source: 'api',
        _createdOn: 1,
      },
    ],
    relationships: [
      generateRelationship(1, 10),
      { _key: 'r', _type: 't', _fromEntityId: 'a', _toEntityKey: 'b', _class: ['HAS'] },
    ],
    deleteEntities: [{ _key: 'x' }],
    more: { a: 1 },
  };
  const base = [Buffer.from(JSON.stringify(rich)), Buffer.from(JSON.stringify(rich, null, 2))] as const;
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('"\\{}[],:0-1eE.tfnu_ \n\t')));
  const edit = fc.record({ at: fc.nat(), byte, what: fc.constantFrom('set', 'insert', 'drop', 'cut') });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...base), fc.array(edit, { minLength: 1, maxLength: 3 }), async (body, edits) => {
      let bytes: Buffer = Buffer.from(body);
      for (const { at, byte: value, what } of edits) {
        const place = at % (bytes.length + 1);
        const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
        const one = Buffer.from([value]);
        if (what === 'set') bytes = Buffer.concat([before, one, after.subarray(1)]);
        if (what === 'insert') bytes = Buffer.concat([before, one, after]);
        if (what === 'drop') bytes = Buffer.concat([before, after.subarray(1)]);
        if (what === 'cut') bytes = Buffer.from(before);
      }
      await expectSameOutcome(bytes, optionsOf());
      await expectSameOutcome(bytes, optionsOf({ format: 'auto', syncMode: 'CREATE_OR_UPDATE' }));
    }),
    { numRuns: 3000 },
  );
});

test('the lanes agree on an accepted body, and the slow one is not what makes the fast one right', async () => {
  const entities = Array.from({ length: 3000 }, (_, i) => generateEntity(i));
  const relationships = Array.from({ length: 6000 }, (_, i) => generateRelationship(i, 3000));
  const body = bytesOf({ entities, relationships });
  const upload = await fast.read(body, optionsOf());
  expect(contentOf(upload)).toEqual(contentOf(await slow.read(body, optionsOf())));
  expect(objectsOf(upload, 'relationships')).toEqual(relationships);
});

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test.each([
  '"n":1e400',
  '"n":-1e400,"m":1e-400',
  `"n":${'9'.repeat(400)}`,
  '"n":-0,"m":0.10,"o":1E+2',
  '"n":01',
  '"n":1.',
  '"n":+1',
  '"n":.5',
  '"n":tru',
  '"n":nul',
  '"n":True',
  '"_key":"second"',
  '"_type":"second"',
  '"_type":7',
  '"\\u005fkey":"escaped"',
  '"\\u005fother":1',
  '"":1',
  '"a\\u0000b":1',
  '"__proto__":1',
  '"list":[[1]]',
  '"list":[{}]',
  '"list":[1,]',
  '"list":[,1]',
  '"a":1,',
  '"a" "b"',
  '"a":"\\x"',
  '"a":"\\u12g4"',
  '"a":"tab\tinside"',
  '"a":"\\ud800"',
  '"_rawData":[]',
  '"_rawData":null',
  '"_rawData":"x"',
  '"_rawData":[{"name":"a","rawData":{}},{"name":"a","rawData":{}}]',
  '"_rawData":[{"name":"a","rawData":{}},{"name":"\\u0061","rawData":{}}]',
  '"_rawData":[{"name":"a","rawData":[]}]',
  '"_rawData":[{"name":"a","rawData":1e999}]',
  '"_rawData":[{"name":"a","rawData":{"n":1e999}}]',
  '"_rawData":[{"rawData":{}}]',
  '"_rawData":[{"rawData":{}},{"name":"default","rawData":""}]',
  '"_rawData":[{"name":"a","rawData":"1"}],"_rawData":[{"name":"b","rawData":"1"},{"name":"c","rawData":"1"}]',
  `"_rawData":[${Array.from({ length: 40 }, (_, i) => `{"name":"n${i}","rawData":"x"}`).join(',')}]`,
  '"_rawData":{"a":{"body":1}}',
  `"_rawData":[{"name":"a","rawData":{"deep":${deep(59)}}}]`,
  `"_rawData":[{"name":"a","rawData":{"deep":${deep(60)}}}]`,
  `"_rawData":[{"name":"a","rawData":{"deep":${deep(61)}}}]`,
  `"nested":${deep(63)}`,
  `"nested":${deep(64)}`,
])('the lanes agree on %s', async (members) => {
  for (const ignoreIllegalProperties of [false, true]) {
    const head = '"_key":"k","_type":"t","_fromEntityKey":"f","_toEntityKey":"g"';
    for (const one of [`{${head},${members}}`, `{${members},${head}}`]) {
      await expectSameOutcome(`{"entities":[${one}]}`, optionsOf({ ignoreIllegalProperties }));
      await expectSameOutcome(
        `{"relationships":[${one},${one.replace('"k"', '"l"')}]}`,
        optionsOf({ ignoreIllegalProperties }),
      );
    }
  }
});

const known = [
  '_key',
  '_type',
  '_class',
  '_rawData',
  '_mapping',
  '_id',
  ...endpointNames,
  '_source',
  '_integrationClass',
];

test.each(known)('the lanes agree on names that are almost %s', async (name) => {
  const others = {
    _key: 'k',
    _type: 't',
    _fromEntityKey: 'f',
    _toEntityKey: 'g',
    _fromEntityId: 'h',
    _toEntityId: 'i',
  };
  for (let at = 1; at <= name.length; at++) {
    for (const near of [`${name.slice(0, at)}x${name.slice(at + 1)}`, `${name.slice(0, at)}${name.slice(at + 1)}`]) {
      const one = { ...Object.fromEntries(Object.entries(others).filter(([other]) => other !== name)), [near]: 'v' };
      for (const syncMode of Object.values(SyncMode)) {
        await expectSameOutcome({ entities: [one] }, optionsOf({ syncMode }));
        await expectSameOutcome({ relationships: [one] }, optionsOf({ syncMode }));
        const { _fromEntityKey, _toEntityKey, ...byId } = one as Record<string, unknown>;
        const { _fromEntityId, _toEntityId, ...byKey } = one as Record<string, unknown>;
        await expectSameOutcome({ relationships: [byId] }, optionsOf({ syncMode }));
        await expectSameOutcome({ relationships: [byKey] }, optionsOf({ syncMode }));
      }
    }
  }
});

test('objects larger than the window of the scanner, and keys at its borders', async () => {
  const entities = [10, 300_000, 200, 1_000_000, 262_144].map((size, i) => ({
    _key: `k${i}`,
    _type: 't',
    text: 'x'.repeat(size),
  }));
  await expectSameOutcome({ entities }, optionsOf());
  for (const { fast: f, slow: s } of [bothLanes({ maxObjectBytes: 1000 })]) {
    const body = bytesOf({ entities });
    expect(await outcomeOf(() => f.read(body, optionsOf()))).toEqual(await outcomeOf(() => s.read(body, optionsOf())));
  }
});

test('the content hash is MurmurHash3 x64 128', async () => {
  const hex = (input: string): string => {
    const view = new DataView(contentHash(Buffer.from(input)).buffer);
    return [0, 8].map((at) => view.getBigUint64(at, true).toString(16).padStart(16, '0')).join('');
  };
  // Reference values of the published algorithm with seed 0.
  expect(hex('')).toBe('00000000000000000000000000000000');
  expect(hex('The quick brown fox jumps over the lazy dog')).toBe('e34bbc7bbc071b6c7a433ca9c49a9347');
});
