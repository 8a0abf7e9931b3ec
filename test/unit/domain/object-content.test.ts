import { readContent } from '../../../src/domain/graph/object-content';

describe('readContent', () => {
  it('takes an entity apart and leaves metadata of the server out', () => {
    const parsed = {
      _key: 'k',
      _type: ['t'],
      _class: 'C',
      _id: 'x',
      _version: 7,
      a: 1,
      b: null,
      'tag.Name': ['x', null],
    };
    expect(readContent('entity', parsed)).toEqual({
      key: 'k',
      type: 't',
      classes: ['C'],
      properties: { a: 1, b: null, 'tag.Name': ['x', null] },
    });
  });

  it('has no member for what was not sent or is empty', () => {
    expect(readContent('entity', { _key: '', _class: '', _type: '' })).toEqual({ properties: {} });
  });

  it.each([
    [
      { _fromEntityKey: 'a', _toEntityId: 'i' },
      { from: { key: 'a' }, to: { id: 'i' } },
    ],
    [
      { _fromEntityKey: 'a', _fromEntityScope: 's', _fromEntitySource: 'api', _toEntityScope: 'alone' },
      { from: { key: 'a', scope: 's', source: 'api' } },
    ],
  ])('reads the ends of a relationship from %j', (parsed, ends) => {
    expect(readContent('relationship', parsed)).toEqual({ properties: {}, ...ends });
    expect(readContent('entity', parsed)).toEqual({ properties: {} });
  });

  it('fills in what a mapping may leave out', () => {
    const _mapping = { sourceEntityKey: 'a', targetEntity: { _key: 't' } };
    expect(readContent('relationship', { _mapping }).mapping).toEqual({
      relationshipDirection: 'FORWARD',
      sourceEntityKey: 'a',
      targetFilterKeys: [['_type', '_key']],
      targetEntity: { _key: 't' },
      skipTargetCreation: false,
    });
  });

  it('takes an alternative of one name without its list', () => {
    const _mapping = { sourceEntityKey: 'a', targetEntity: {}, targetFilterKeys: ['email', ['_class', 'name']] };
    const keys = readContent('relationship', { _mapping }).mapping?.targetFilterKeys;
    expect(keys).toEqual([['email'], ['_class', 'name']]);
  });

  it('reads raw data in both wire forms', () => {
    const list = [{ name: 'default', rawData: { a: 1 } }, { rawData: 'plain' }];
    expect(readContent('entity', { _rawData: list }).rawData).toEqual([
      { name: 'default', contentType: 'application/json', text: '{"a":1}' },
      { name: 'default', contentType: 'text/plain', text: 'plain' },
    ]);
    const named = { page: { body: '<p>', contentType: 'text/html' } };
    expect(readContent('entity', { _rawData: named }).rawData).toEqual([
      { name: 'page', contentType: 'text/html', text: '<p>' },
    ]);
  });
});
