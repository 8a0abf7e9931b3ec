import { entity, errorFor, idOf, read, relationship } from './json-reading';
import {
  bothLanes,
  bytesOf,
  entityNamespace,
  errorOf,
  objectsOf,
  optionsOf,
  relationshipNamespace,
  rowsOf,
} from './reading';

describe('an upload body', () => {
  test('of the JupiterOne documentation is taken as it is', async () => {
    const body = bytesOf(
      JSON.stringify(
        { entities: [entity, { ...entity, _key: '2', _class: 'Database' }], relationships: [relationship] },
        null,
        2,
      ),
    );
    const upload = await read(body);
    expect(upload.body).toBe(body);
    expect(rowsOf(upload, 'entities').map(({ id }) => id)).toEqual([
      idOf(entityNamespace, '1'),
      idOf(entityNamespace, '2'),
    ]);
    expect(rowsOf(upload, 'relationships').map(({ id }) => id)).toEqual([idOf(relationshipNamespace, 'a')]);
    expect(objectsOf(upload, 'relationships')).toEqual([relationship]);
  });

  test.each([
    ['{}', {}],
    ['{"entities":null,"deleteEntities":null}', {}],
    ['{"entities":[],"version":{"of":["the","client"]}}', { shape: 'entities' }],
    ['\ufeff {"relationships" : [ ] } \n', { shape: 'relationships' }],
  ] as const)('may be empty: %s', async (body, changes) => {
    expect((await read(body, changes)).entities.count).toBe(0);
  });

  test.each([
    ['', 'line 1, column 1: there is nothing in it'],
    ['  \n ', 'line 2, column 2: there is nothing in it'],
    ['[]', 'line 1, column 1: expected an object with "entities"'],
    ['nonsense', 'found "n"'],
    ['{"entities":[{"_key":"1","_type":"t"}', 'line 1, column 38: the text ends too early'],
    ['{"entities":[{"_key":"1",\n"_type":t}]}', 'line 2, column 9: expected true'],
    ['{"entities":[]} x', 'line 1, column 17: expected the end of the text, found "x"'],
    ['{"entities":[],}', 'expected a member name in double quotes, found "}"'],
    ['{"entities":[{"_key":"1" "_type":"t"}]}', 'line 1, column 26: expected "," or "}", found """'],
    ['{"entities":[{"_key":"é","_type":"t",}]}', 'line 1, column 38: expected a property name'],
    ['{"entities":[],"entities":[]}', '"entities" is given twice'],
    [
      '{"entites":[]}',
      'The body has none of "entities", "relationships", "deleteEntities", "deleteRelationships"; its members are "entites"',
    ],
    [
      `{"entities":[{"_key":"1","_type":"t","_rawData":${'['.repeat(70)}${']'.repeat(70)}}]}`,
      'nested deeper than 64 levels',
    ],
    [`{"x":${'['.repeat(100_000)}`, 'nested deeper than 64 levels'],
    [Buffer.from('{"entities":[{"_key":"\n\xff","_type":"t"}]}', 'latin1'), 'not UTF-8 text: line 2, column 1'],
  ])('that cannot be read says where and why: %.60s', async (body, message) => {
    const error = await errorFor(body);
    expect(error.code).toBe('INVALID_BODY');
    expect(error.message).toContain(message);
  });

  test.each([
    ['{"entities":{}}', 'upload', 'ENTITY_IS_NOT_ARRAY', '"entities" should be an array'],
    ['{"relationships":"x"}', 'upload', 'RELATIONSHIP_IS_NOT_ARRAY', '"relationships" should be an array'],
    ['{"deleteEntities":1}', 'upload', 'DELETE_UPLOAD_FAILED_VALIDATION', '"deleteEntities" should be an array'],
    ['{}', 'entities', 'ENTITY_IS_NOT_ARRAY', '"entities" should be an array: the body has no "entities"'],
    ['{"relationships":null}', 'relationships', 'RELATIONSHIP_IS_NOT_ARRAY', 'the body has no "relationships"'],
    ['{"entities":[],"relationships":[]}', 'entities', 'INVALID_BODY', 'send it to the upload endpoint'],
  ] as const)('with a part that is not what it must be: %s', async (body, shape, code, message) => {
    const error = await errorFor(body, { shape });
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe('validation', () => {
  test('names every offending item of all parts in one error', async () => {
    const error = await errorFor({
      entities: [entity, { _type: 't' }, { ...entity, _key: '3', owner: { name: 'x' }, _mine: 1 }, 7],
      relationships: [
        { ...relationship, _toEntityKey: '' },
        { ...relationship, _key: 'b', list: [1] },
      ],
      deleteEntities: [{}, { entity: { _id: 'x' } }],
    });
    expect(error.code).toBe('ENTITY_UPLOAD_FAILED_VALIDATION');
    expect(error.message).toMatch(
      /^8 validation error\(s\): - Error in entities\[1\]\._key \(reason=is required\) - Error in /,
    );
    expect(error.problems.map(({ where }) => where)).toEqual([
      ...['entities[1]._key', 'entities[2].owner', 'entities[2]._mine', 'entities[3]'],
      ...['relationships[0]', 'relationships[1].list', 'deleteEntities[0]', 'deleteEntities[1]'],
    ]);
    expect(error.problems[7]?.what).toBe('lacks "_id" or "_key" (it is nested in "entity": send that object itself)');
  });

  test('lists fifty items and counts the rest', async () => {
    const error = await errorFor({
      relationships: Array.from({ length: 80 }, (_, i) => ({ ...relationship, _key: `${i}`, list: [] })),
    });
    expect(error.code).toBe('RELATIONSHIP_UPLOAD_FAILED_VALIDATION');
    expect(error.problems).toHaveLength(50);
    expect(error.message).toMatch(/^80 validation.*- and 30 more$/);
  });

  test.each([
    [{ _key: '' }, '_key', 'must not be empty'],
    [{ _key: 5 }, '_key', 'must be a string, found a number'],
    [{ _key: 'x'.repeat(1025) }, '_key', 'is 1025 bytes long, the limit is 1024'],
    [{ _type: undefined }, '_type', 'is required'],
    [{ _type: ['a', 'b'] }, '_type', 'must be a non-empty string, found an array'],
    [{ _class: [1] }, '_class', 'must be a non-empty string or an array of these, found a number'],
    [{ list: ['a', ['b']] }, 'list', 'an array holds strings, numbers, booleans and null only, found an array at [1]'],
    [
      { 'tag.Name': {} },
      '["tag.Name"]',
      'must be a string, number, boolean, null or an array of these, found an object',
    ],
    [{ _rawData: 'x' }, '_rawData', 'must be an array of {"name", "rawData"} or an object'],
    [
      {
        _rawData: [
          { name: 'a', rawData: 'x' },
          { name: 'a', rawData: {} },
        ],
      },
      '_rawData[1].name',
      '"a" is used twice',
    ],
    [{ _rawData: { page: { contentType: 'text/html' } } }, '_rawData.page.body', 'is required'],
  ])('of an entity with %j', async (changes, where, what) => {
    const { problems } = await errorFor({ entities: [{ ...entity, ...changes }] });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.where).toBe(where.startsWith('[') ? `entities[0]${where}` : `entities[0].${where}`);
    expect(problems[0]?.what).toContain(what);
  });

  test('accepts what exports and clients send', async () => {
    const entities = [
      {
        _key: 'a',
        _type: ['t'],
        _class: ['A', 'B'],
        _id: 'no uuid',
        _source: 'api',
        _version: 2,
        _integrationName: 'x',
        n: null,
      },
      {
        _key: 'b',
        _type: 't',
        mixed: ['my_value', 100, true],
        'tag.0': '',
        _rawData: [{ name: 'default', rawData: { a: [{}] } }],
      },
      { _key: 'c', _type: 't', _rawData: { one: { body: [1], contentType: 'application/json' }, two: { body: 'x' } } },
      { _key: 'd', _type: 't', _rawData: [{ rawData: 'text' }] },
    ];
    const relationships = [
      { ...relationship, _class: ['HAS'], _fromEntityScope: 'other', _toEntitySource: 'api' },
      {
        _key: 'm',
        _type: 't',
        _mapping: { sourceEntityKey: 's', targetFilterKeys: [['_class', 'email']], targetEntity: { _class: 'Person' } },
      },
    ];
    const upload = await read({ entities, relationships });
    expect(objectsOf(upload, 'entities')).toEqual(entities);
    expect(objectsOf(upload, 'relationships')).toEqual(relationships);
    expect(upload.rawDataEntries).toBe(4);
  });

  test('drops illegal properties where the job asks for it', async () => {
    const upload = await read(
      {
        entities: [
          { ...entity, _mine: 1, nested: {}, kept: [1], _rawData: 5 },
          { ...entity, _key: '2' },
        ],
      },
      { ignoreIllegalProperties: true },
    );
    expect(objectsOf(upload, 'entities')).toEqual([
      { ...entity, kept: [1] },
      { ...entity, _key: '2' },
    ]);
    expect(
      (await errorFor({ entities: [{ _type: 't', _mine: 1 }] }, { ignoreIllegalProperties: true })).problems,
    ).toHaveLength(1);
  });
});

describe('duplicate keys', () => {
  const twice = {
    entities: [{ ...entity, v: 1 }, { ...entity, _key: '2' }, { ...entity, v: 2 }, entity],
    relationships: [],
  };

  test('are all listed with both positions', async () => {
    const error = await errorFor(twice);
    expect(error.code).toBe('DUPLICATE_KEY');
    expect(error.problems).toEqual([
      { where: 'entities[2]', what: 'duplicate _key "1", used by entities[0] already' },
      { where: 'entities[3]', what: 'duplicate _key "1", used by entities[2] already' },
    ]);
  });

  test('leave the latest object where the job asks for it', async () => {
    const upload = await read(
      { entities: [{ ...twice.entities[0], _rawData: [{ name: 'a', rawData: 'x' }] }, ...twice.entities.slice(1)] },
      { ignoreDuplicates: true },
    );
    expect(objectsOf(upload, 'entities')).toEqual([{ ...entity, _key: '2' }, entity]);
    expect(upload.rawDataEntries).toBe(0);
  });

  test('may be shared by an entity and a relationship', async () => {
    expect(
      (await read({ entities: [{ ...entity, _key: 'a' }], relationships: [relationship] })).relationships.count,
    ).toBe(1);
  });
});

test('the limits of a reader are its own', async () => {
  const { fast, slow } = bothLanes({ maxObjectBytes: 100, maxKeyBytes: 4, maxDepth: 5 });
  for (const small of [fast, slow]) {
    const error = await errorOf(() =>
      small.read(
        bytesOf({
          entities: [
            { ...entity, _key: '12345' },
            { ...entity, text: 'x'.repeat(100) },
          ],
        }),
        optionsOf(),
      ),
    );
    expect(error.problems.map(({ what }) => what)).toEqual([
      'is 5 bytes long, the limit is 4',
      'is 144 bytes long, the limit for one object is 100',
    ]);
  }
});
