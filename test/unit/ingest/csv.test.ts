import type { ReadOptions } from '../../../src/domain/ingest/upload-reader';
import { readCell, readHeader, readRow } from '../../../src/domain/ingest/csv-columns';
import { bothLanes, bytesOf, errorOf, objectsOf, optionsOf, outcomeOf } from './reading';

const { fast: reader } = bothLanes();
const read = (lines: readonly string[], changes: Partial<ReadOptions> = {}) =>
  reader.read(bytesOf(lines.join('\n')), optionsOf({ format: 'csv', ...changes }));

describe('the samples of the JupiterOne documentation', () => {
  test('entities and relationships in one file', async () => {
    const upload = await read([
      '"_type","_class","_key","displayName","_fromEntityKey","_toEntityKey"',
      '"<a relationship type>","<a relationship class>","<a relationship key>","my_relationship_name","<an entity key>","<an entity key>"',
      '"<a entity type>","<a entity class>","<an entity key>","my_entity_name",,',
    ]);
    expect(objectsOf(upload, 'entities')).toEqual([
      { _type: '<a entity type>', _class: '<a entity class>', _key: '<an entity key>', displayName: 'my_entity_name' },
    ]);
    expect(objectsOf(upload, 'relationships')).toEqual([
      {
        ...{ _type: '<a relationship type>', _class: '<a relationship class>', _key: '<a relationship key>' },
        ...{ displayName: 'my_relationship_name', _fromEntityKey: '<an entity key>', _toEntityKey: '<an entity key>' },
      },
    ]);
  });

  test('relationships, with an _id column for which the row has no cell', async () => {
    const upload = await read(
      [
        '"_type","_class","_key","_id","displayName","_fromEntityKey","_toEntityKey"',
        '"<a relationship type>","<a relationship class>","<a relationship key>","my_relationship_name","<an entity key>","<an entity key>"',
      ],
      { shape: 'relationships' },
    );
    expect(objectsOf(upload, 'relationships')).toEqual([
      {
        ...{ _type: '<a relationship type>', _class: '<a relationship class>', _key: '<a relationship key>' },
        ...{ displayName: 'my_relationship_name', _fromEntityKey: '<an entity key>', _toEntityKey: '<an entity key>' },
      },
    ]);
  });

  test.each([
    [['"_type","_class","_key","_id","custom"', '"my_type","my_class","my_key","my_id","[""my_value"",100,true]"']],
    [
      [
        '"_type","_class","_key","_id","custom.0","custom.1","custom.2"',
        '"my_type","my_class","my_key","my_id","my_value","100","true"',
      ],
    ],
  ])('arrays: %s', async (lines) => {
    expect(objectsOf(await read(lines, { shape: 'entities' }), 'entities')).toEqual([
      { _type: 'my_type', _class: 'my_class', _key: 'my_key', _id: 'my_id', custom: ['my_value', 100, true] },
    ]);
  });
});

test.each([
  ['a', '12', 12],
  ['a', '-0.50', -0.5],
  ['a', '1e3', 1000],
  ['a', '00123', '00123'],
  ['a', '12345678901234567890', '12345678901234567890'],
  ['a', '1e999', '1e999'],
  ['a', 'TRUE', true],
  ['a', 'false', false],
  ['a', 'null', 'null'],
  ['a', '[1', '[1'],
  ['a', '{"b":1}', '{"b":1}'],
  ['_key', '12', '12'],
  ['_type', 'true', 'true'],
  ['_class', '["A","B"]', ['A', 'B']],
  ['_class', 'A;B', ['A', 'B']],
  ['_class', 'A', 'A'],
  ['_type', 'a;b', 'a;b'],
  ['a', 'x;y', 'x;y'],
  ['_fromEntityKey', '1', '1'],
  ['_toEntityId', '[1]', '[1]'],
  ['_rawData', '{"a":{"body":1}}', { a: { body: 1 } }],
])('cell %s %s', async (column, cell, value) => {
  expect(readCell(column, cell)).toEqual(value);
});

test('dot columns make an array only as a whole series beside nothing else', async () => {
  const row = (names: string[], cells: string[]) => readRow(readHeader(names), cells);
  expect(row(['a.0', 'a.1', 'a.2'], ['x', '', '3'])).toEqual({ a: ['x', null, 3] });
  expect(row(['a.1', 'a.0'], ['x', 'y'])).toEqual({ a: ['y', 'x'] });
  expect(row(['a.0', 'a.1'], ['x', ''])).toEqual({ a: ['x'] });
  expect(row(['a.0', 'a.1'], ['', ''])).toEqual({});
  expect(row(['a.1', 'a.2'], ['x', 'y'])).toEqual({ 'a.1': 'x', 'a.2': 'y' });
  expect(row(['a', 'a.0'], ['x', 'y'])).toEqual({ a: 'x', 'a.0': 'y' });
  expect(row(['tag.Name'], ['x'])).toEqual({ 'tag.Name': 'x' });
});

test('spreadsheet habits are taken: byte order mark, CRLF, blank and empty lines, line breaks in cells', async () => {
  const upload = await reader.read(
    bytesOf('\ufeff_key,_type,note\r\n1,t,"two\r\nlines"\r\n\r\n,,\r\n2,t,\r\n'),
    optionsOf({ format: 'csv' }),
  );
  expect(objectsOf(upload, 'entities')).toEqual([
    { _key: '1', _type: 't', note: 'two\r\nlines' },
    { _key: '2', _type: 't' },
  ]);
});

test('problems name their lines, all of them', async () => {
  const error = await errorOf(() =>
    read(['_key,_type,a', '1,t', ',t,x', '2,t,x,y', '3,t,"[[1]]"', '4,t,ok'], { shape: 'entities' }),
  );
  expect(error.code).toBe('ENTITY_UPLOAD_FAILED_VALIDATION');
  expect(error.problems.map(({ where, what }) => `${where} ${what}`)).toEqual([
    'line 3._key is required',
    'line 4 has 4 cells, the header has 3',
    'line 5.a an array holds strings, numbers, booleans and null only, found an array at [0]',
  ]);
});

test('a row may end with its last property, as j1 export writes it', async () => {
  const upload = await read(['_key,_type,a,b', '1,t', '2,t,x', '3,t,,5', '4,t,y,']);
  expect(objectsOf(upload, 'entities')).toEqual([
    { _key: '1', _type: 't' },
    { _key: '2', _type: 't', a: 'x' },
    { _key: '3', _type: 't', b: 5 },
    { _key: '4', _type: 't', a: 'y' },
  ]);
});

test('duplicates name their lines', async () => {
  const lines = ['_key,_type', '1,t', '2,t', '1,u'];
  expect((await errorOf(() => read(lines))).problems).toEqual([
    { where: 'line 4', what: 'duplicate _key "1", used by line 2 already' },
  ]);
  expect(objectsOf(await read(lines, { ignoreDuplicates: true }), 'entities')).toEqual([
    { _key: '2', _type: 't' },
    { _key: '1', _type: 'u' },
  ]);
});

test.each([
  [[''], 'there is nothing in it'],
  [['name,type', '1,2'], 'the first line must name the columns, "_key" or "_id" among them; found "name", "type"'],
  [['_key,_type,_key'], 'column "_key" is there twice'],
  [['_key,,_type'], 'column 2 has no name'],
  [['_key,_type', '1,"t', '2,t'], 'not valid CSV: line '],
  [['_key,_type', '1,"t"x'], 'not valid CSV: line 2'],
])('%j is no CSV upload', async (lines, message) => {
  const error = await errorOf(() => read(lines));
  expect(error.code).toBe('INVALID_BODY');
  expect(error.message).toContain(message);
});

test('rows, and the lines that problems name, are the same however often reading pauses', async () => {
  const { inPieces } = bothLanes();
  const options = optionsOf({ format: 'csv' });
  const csvOf = (row: (n: number) => string) =>
    bytesOf(['_key,_type,note', ...Array.from({ length: 40 }, (_, n) => row(n))].join('\n'));
  for (const body of [csvOf((n) => `k${n},t,"é\n${n}"`), csvOf((n) => (n % 9 === 5 ? ',t' : `k${n},t`))]) {
    const outcome = await outcomeOf(async () => await reader.read(body, options));
    expect(await outcomeOf(async () => await inPieces.read(body, options))).toEqual(outcome);
  }
});
