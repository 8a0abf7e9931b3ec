import { versionDifference } from '../../../src/domain/graph/version-difference';

const metadata = { _id: 'i', _key: 'k', _type: 't', _class: ['C'], _accountId: 'a', _createdOn: 1 };

describe('versionDifference', () => {
  it.each([
    ['nothing', {}, {}, { added: {}, removed: {}, changed: {} }],
    ['a new property', {}, { a: 1 }, { added: { a: 1 } }],
    ['a property that went', { a: null }, {}, { removed: { a: null } }],
    ['a value', { a: 1 }, { a: 2 }, { changed: { a: { from: 1, to: 2 } } }],
    ['a type of value', { a: '1' }, { a: 1 }, { changed: { a: { from: '1', to: 1 } } }],
    ['a value for a list of it', { a: 'x' }, { a: ['x'] }, { changed: { a: { from: 'x', to: ['x'] } } }],
    ['the order of a list', { a: [1, 2] }, { a: [2, 1] }, { changed: { a: { from: [1, 2], to: [2, 1] } } }],
    ['the same list', { a: [1, 'x', true] }, { a: [1, 'x', true] }, { changed: {} }],
    ['type and class', { _type: 'u' }, { _class: ['C', 'D'] }, { changed: { _type: {}, _class: {} } }],
    ['an end', { _toEntityId: 'x' }, { _toEntityId: 'y' }, { changed: { _toEntityId: { from: 'x', to: 'y' } } }],
    ['an odd name', {}, JSON.parse('{"__proto__":1}') as object, { added: JSON.parse('{"__proto__":1}') as object }],
  ])('tells %s', (_, from, to, expected) => {
    expect(versionDifference({ ...metadata, ...from }, { ...metadata, ...to })).toMatchObject(expected);
  });

  it('leaves out what tells versions apart by nature', () => {
    const from = {
      ...metadata,
      _version: 1,
      _beginOn: 1,
      _endOn: 2,
      _latest: false,
      _deleted: true,
      _rawDataHashes: 'x',
    };
    const to = { ...metadata, _version: 2, _beginOn: 2, _latest: true, _deleted: false };
    expect(versionDifference(from, to)).toEqual({ added: {}, removed: {}, changed: {} });
  });
});
