import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { generateEntity, generateRelationship } from '../../../bench/generate';
import { DomainError } from '../../../src/domain/errors';
import type { ScannedUpload } from '../../../src/domain/ingest/staged-rows';
import type { ReadOptions, UploadReader } from '../../../src/domain/ingest/upload-reader';
import { cutGzip, gzipped, malformedBodies } from '../../support/malformed-bodies';
import { bothLanes, bytesOf, contentOf, objectsOf, optionsOf } from './reading';

const { fast, slow } = bothLanes();
const options = (changes: Partial<ReadOptions> = {}): ReadOptions => optionsOf({ format: 'auto', ...changes });

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function batchesOf(
  body: unknown,
  { reader = fast, changes = {}, batchBytes = 1000, sizes = [1 << 20] }: ReadRequest = {},
): Promise<ScannedUpload[]> {
  const batches: ScannedUpload[] = [];
  const source = inPieces(bytesOf(body), sizes);
  for await (const batch of reader.readStream(source, options(changes), batchBytes)) batches.push(batch);
  return batches;
}
interface ReadRequest {
  readonly reader?: UploadReader;
  readonly changes?: Partial<ReadOptions>;
  readonly batchBytes?: number;
  readonly sizes?: readonly number[];
}

async function errorFor(body: unknown, request: ReadRequest = {}): Promise<DomainError> {
  const error: unknown = await batchesOf(body, request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error('should have failed with a DomainError', { cause: error });
  expect(error.code).toBe('BAD_BULK_DATA');
  return error;
}

const all = (batches: readonly ScannedUpload[], part: 'entities' | 'relationships'): unknown[] =>
  batches.flatMap((batch) => objectsOf(batch, part));

const entities = Array.from({ length: 30 }, (_, i) => generateEntity(i));
const relationships = Array.from({ length: 40 }, (_, i) => generateRelationship(i, 30));
const csv = (list: readonly Readonly<Record<string, unknown>>[]): string => {
  const names = Object.keys(list[0] ?? {});
  const cell = (value: unknown): string =>
    `"${String(typeof value === 'object' ? JSON.stringify(value) : value).replaceAll('"', '""')}"`;
  return [names.join(','), ...list.map((one) => names.map((name) => cell(one[name])).join(','))].join('\n');
};
const deletes = Array.from({ length: 60 }, (_, i) => ({ _key: `gone ${i}` }));
const files = {
  json: JSON.stringify({ entities, relationships, deleteEntities: deletes, extra: [1] }),
  'pretty json': JSON.stringify({ other: { a: [1] }, relationships, entities, deleteEntities: deletes }, null, 3),
  'json with large gaps': `{"entities":[${entities.map((one) => JSON.stringify(one)).join(`,${' '.repeat(70_000)}`)}],"deleteEntities":${JSON.stringify(deletes)}${' '.repeat(90_000)},"relationships":${JSON.stringify(relationships)}}${'\n'.repeat(80_000)}`,
  array: JSON.stringify([...entities, ...relationships]),
  ndjson: [...entities, ...relationships].map((one) => JSON.stringify(one)).join('\n'),
  'ndjson of bodies': [{ relationships }, ...entities.map((one) => ({ entities: [one] })), { deleteEntities: deletes }]
    .map((one) => JSON.stringify(one))
    .join('\r\n'),
  yaml: `---\n${JSON.stringify({ entities, relationships, deleteEntities: deletes })}`,
};
const withDeletes = new Set(['json', 'pretty json', 'json with large gaps', 'ndjson of bodies', 'yaml']);

describe.each(Object.entries(files))('%s', (name, text) => {
  test('holds every object once, in order, in batches of the size that was asked for', async () => {
    for (const body of [bytesOf(text), gzipSync(text)]) {
      const batches = await batchesOf(body, { batchBytes: 5000 });
      expect(batches.length).toBeGreaterThan(5);
      expect(all(batches, 'entities')).toEqual(entities);
      expect(all(batches, 'relationships')).toEqual(relationships);
      for (const { body: part } of batches) expect(part.length).toBeLessThan(5000 + 1000 + 65_536);
      const ids = batches.reduce((sum, { deleteEntities }) => sum + deleteEntities.ids.length / 16, 0);
      expect(ids).toBe(withDeletes.has(name) ? deletes.length : 0);
    }
  });

  test('comes in the same batches whatever the pieces, in both lanes', async () => {
    const whole = (await batchesOf(text, { batchBytes: 3000 })).map(contentOf);
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 70_000 })), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.constantFrom(fast, slow), async (pieces, reader) => {
        expect((await batchesOf(text, { reader, batchBytes: 3000, sizes: pieces })).map(contentOf)).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });
});

test('CSV and gzip of CSV', async () => {
  for (const body of [csv(entities), gzipSync(csv(entities))]) {
    const batches = await batchesOf(body, { batchBytes: 5000, sizes: [7, 1000] });
    expect(batches.length).toBeGreaterThan(3);
    expect(all(batches, 'entities').length).toBe(30);
    expect(all(batches, 'entities')[3]).toEqual(entities[3]);
  }
  expect(all(await batchesOf(csv(relationships)), 'relationships')).toEqual(relationships);
});

test('request bodies of format auto are told apart by the same rules', async () => {
  for (const text of [files.json, files.ndjson, files.array, files['ndjson of bodies'], files.yaml]) {
    const upload = await fast.read(bytesOf(text), options());
    expect(objectsOf(upload, 'entities')).toEqual(entities);
    expect(objectsOf(upload, 'relationships')).toEqual(relationships);
  }
});

test('a body of unknown members that is larger than an object may be is not taken for one', async () => {
  const { fast: small } = bothLanes({ maxObjectBytes: 20_000 });
  const text = JSON.stringify({ version: 3, entities });
  expect(all(await batchesOf(text, { reader: small, sizes: [100] }), 'entities')).toEqual(entities);
});

test.each([
  ['', 'byte 0: there is nothing in it'],
  ['{"entities":[{"_key":"a","_type":"t"},', 'byte 38: the text ends too early'],
  ['{"_key":"a","_type":"t"}\n{"_key":"b","_type":"t"', 'byte 48: the text ends too early'],
  ['{"_key":"a","_type":"t"}\n{"_key":"b",,}', 'byte 37: expected a property name in double quotes, found ","'],
  ['{"_key":"a","_type":"t"}\n[]', 'byte 25: expected an object, found "["'],
  ['[{"_key":"a","_type":"t"}]\n{}', 'byte 27: expected the end of the text, found "{"'],
  ['{"_key":"a","_type":"t"}\n{"_key":"b","x":{}}', 'Error in object 2 at byte 25._type (reason=is required)'],
  [
    '{"entities":[{"_key":"a","_type":"t"},{"_key":"b"}]}',
    'Error in entities[1] at byte 38._type (reason=is required)',
  ],
  [
    '{"entities":[{"_key":"a","_type":"t"},{"_key":"a","_type":"u"}]}',
    'entities at byte 38 (reason=duplicate _key "a", used by entities at byte 13',
  ],
  ['_key,_type\na,t\nb', 'Error in line 3._type (reason=is required)'],
  ['_key,_type\na,t\nb,t,x', 'Error in line 3 (reason=has 3 cells, the header has 2)'],
  ['_key,_type\na,"t', 'not valid CSV: line 2'],
  ['_key,_type\na,t"x"', 'not valid CSV: line 2, cell 2'],
  ['_key,_type\na,t\na,u', 'Error in line 3 (reason=duplicate _key "a", used by line 2 already)'],
  ['entities: [', 'not valid YAML: line 1'],
  ['%PDF-1.4', 'The format was not recognised'],
  [Buffer.from('{"entities":[{"_key":"\xff","_type":"t"}]}', 'latin1'), 'not UTF-8: byte 22 cannot stand there'],
  [Buffer.from('_key,_type\na\xff,t', 'latin1'), 'not UTF-8'],
  [gzipSync('{"entities":[]}').subarray(0, 20), 'The gzip data is damaged or cut off'],
  [Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(50, 7)]), 'The gzip data is damaged or cut off'],
])('a bad file says where and why: %.50j', async (body, message) => {
  for (const sizes of [[1], [1 << 20]]) expect((await await errorFor(body, { sizes })).message).toContain(message);
});

test.each([
  ['_key,_type\na,t"x"', 'line 2, cell 2'],
  ['_key,_type,_key\na,t,b', 'line 1'],
  ['entities: [', 'line 1, column 12'],
  ['{"entities":[', 'byte 13'],
  [Buffer.from('{"entities":[{"_key":"\xff","_type":"t"}]}', 'latin1'), 'byte 22'],
  [gzipSync('{"entities":[]}').subarray(0, 20), 'the whole file'],
  ['%PDF-1.4', 'the whole file'],
])('the report of a bad file names the place: %.50j', async (body, where) => {
  const { problems } = await errorFor(body);
  expect(problems).toEqual([{ where, what: expect.stringMatching(/./) as string }]);
});

test('a malformed file ends in an error that says so: any other would be tried again for ever', async () => {
  const outcomes = [...malformedBodies, ...malformedBodies.map(gzipped), ...cutGzip].map(async ({ body }) => {
    try {
      // Some are files all the same, such as two JSON values one after the other.
      return (await batchesOf(body)).length > 0 ? 'read' : 'empty';
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return 'refused';
    }
  });
  const refused = (await Promise.all(outcomes)).filter((outcome) => outcome === 'refused');
  expect(refused.length).toBeGreaterThan(0.9 * outcomes.length);
});

test('an object over the limit ends the reading before it fills the memory', async () => {
  const { fast: small } = bothLanes({ maxObjectBytes: 100_000 });
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"entities":[{"_key":"a","_type":"t","x":"');
    for (; given < 1e9; given += 10_000) yield Buffer.alloc(10_000, 'x');
  }
  const reading = small.readStream(endless(), options())[Symbol.asyncIterator]().next();
  await expect(reading).rejects.toMatchObject({
    code: 'BAD_BULK_DATA',
    message: expect.stringContaining('byte 13: what begins here is longer'),
  });
  expect(given).toBeLessThan(10_000_000);
});

test('failures of the source pass through, and a reader that stops early lets go of it', async () => {
  const broken = new Error('connection lost');
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield gzipSync(files.json).subarray(0, 100);
    throw broken;
  }
  await expect(fast.readStream(failing(), options())[Symbol.asyncIterator]().next()).rejects.toBe(broken);

  let closed = false;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from(files.ndjson + '\n');
    } finally {
      closed = true;
    }
  }
  for await (const batch of fast.readStream(watched(), options({ ignoreDuplicates: true }), 2000)) {
    expect(batch.entities.count).toBeGreaterThan(0);
    break;
  }
  expect(closed).toBe(true);
});

test('readings may go on side by side', async () => {
  const one = fast.readStream(inPieces(bytesOf(files.json), [999]), options(), 2000)[Symbol.asyncIterator]();
  const other = fast
    .readStream(inPieces(bytesOf(files.ndjson), [777]), options({ entityNamespace: new Uint8Array(16) }), 2000)
    [Symbol.asyncIterator]();
  const alone = (await batchesOf(files.json, { batchBytes: 2000 })).map(contentOf);
  const mixed: unknown[] = [];
  for (;;) {
    const [next] = await Promise.all([one.next(), other.next()]);
    await fast.read(bytesOf({ entities }), optionsOf({ relationshipNamespace: new Uint8Array(16) }));
    if (next.done === true) break;
    mixed.push(contentOf(next.value));
  }
  expect(mixed).toEqual(alone);
});
