import type { ReadOptions } from '../../../src/domain/ingest/upload-reader';
import { bothLanes, bytesOf, errorOf, objectsOf, optionsOf } from './reading';

const { fast: reader } = bothLanes();
const read = (text: string, changes: Partial<ReadOptions> = {}) =>
  reader.read(bytesOf(text), optionsOf({ format: 'yaml', ...changes }));
const errorFor = (text: string, changes: Partial<ReadOptions> = {}) => errorOf(() => read(text, changes));

test('a body of parts', async () => {
  const upload = await read(`
entities:
  - _key: "1"
    _type: fake_entity
    _class: [DataStore]
    since: 2021-01-01
    size: 0x10
    nothing: ~
relationships:
  - { _key: a, _type: r, _fromEntityKey: "1", _toEntityKey: "2" }
deleteEntities:
  - _key: x
`);
  expect(objectsOf(upload, 'entities')).toEqual([
    { _key: '1', _type: 'fake_entity', _class: ['DataStore'], since: '2021-01-01', size: 16, nothing: null },
  ]);
  expect(upload.relationships.count).toBe(1);
  expect(upload.deleteEntities.ids).toHaveLength(16);
});

test('a bare list is the part of its endpoint, or told apart by ends', async () => {
  const list = '- {_key: a, _type: t}\n- {_key: b, _type: t, _fromEntityKey: x, _toEntityKey: y}';
  expect((await read(list, { shape: 'entities' })).entities.count).toBe(2);
  expect((await read(list)).relationships.count).toBe(1);
});

test.each([
  ['entities:\n  - _key: "1\n', 'not valid YAML: line '],
  ['just text', 'should hold an object or a list, but holds a string'],
  ['', 'not valid YAML: expected a document'],
  ['~', 'holds null'],
  ['entites: []', 'has none of "entities"'],
  [`entities: ${'['.repeat(100)}${']'.repeat(100)}`, 'line 1, column'],
  ['a: &a [1]\nb: &b [*a,*a]\nentities: !!js/function x', 'not valid YAML: line 3'],
])('%.40j is no YAML upload', async (text, message) => {
  const error = await errorFor(text);
  expect(error.code).toBe('INVALID_BODY');
  expect(error.message).toContain(message);
});

test('aliases are followed, but do not make a small text large', async () => {
  expect((await read('x: &x {_type: t, _key: k}\nentities: [*x]')).entities.count).toBe(1);
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`);
  expect((await errorFor(`l0: &l0 x\n${levels.join('\n')}\nentities: []`)).message).toContain('grows too large');
  expect((await errorFor('entities: &e [*e]')).code).toMatch(/INVALID_BODY/);
});

test('problems are those of JSON', async () => {
  expect((await errorFor('entities: [{_key: 1, _type: t}]')).problems).toEqual([
    { where: 'entities[0]._key', what: 'must be a string, found a number' },
  ]);
  expect((await errorFor('entities: [{_key: a, _type: t, n: .inf}]')).problems[0]?.what).toBe(
    'the number is out of range',
  );
  expect((await errorFor('entities: {}')).code).toBe('ENTITY_IS_NOT_ARRAY');
});

test('a large text is refused before it is parsed', async () => {
  const error = await errorFor(`entities: [] ${' '.repeat(16 * 1024 * 1024)}`);
  expect(error.code).toBe('RequestEntityTooLargeException');
});
