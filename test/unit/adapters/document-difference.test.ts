import { Binary } from 'mongodb';
import { documentDifference } from '../../../src/adapters/mongo/document-difference';
import type { GraphDocument } from '../../../src/adapters/mongo/collections';

const id = (byte: number) => new Binary(new Uint8Array(16).fill(byte), Binary.SUBTYPE_UUID);
const document = (more: Record<string, unknown>) => ({ _id: id(1), _key: 'k', ...more }) as unknown as GraphDocument;
const difference = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  documentDifference(document(before), document(after));

describe('documentDifference', () => {
  it.each([
    ['a changed value', { a: 1, b: 2 }, { a: 1, b: 3 }, { $set: { b: 3 } }],
    ['a new and a lost property', { a: 1 }, { b: 1 }, { $set: { b: 1 }, $unset: { a: '' } }],
    ['the same list, another list', { a: [1, 'x'], b: [1] }, { a: [1, 'x'], b: [1, 2] }, { $set: { b: [1, 2] } }],
    ['the same id, another id', { a: id(2), b: id(3) }, { a: id(2), b: id(4) }, { $set: { b: id(4) } }],
    ['an object, which is not looked into', { a: { x: 1 } }, { a: { x: 1 } }, { $set: { a: { x: 1 } } }],
    ['null and nothing', { a: null }, { a: null, b: null }, { $set: { b: null } }],
    ['zero and negative zero', { a: 0 }, { a: -0 }, { $set: { a: -0 } }],
    ['another type', { a: 1 }, { a: '1' }, { $set: { a: '1' } }],
  ])('%s', (_, before, after, expected) => {
    expect(difference(before, after)).toEqual(expected);
  });

  it('leaves the id alone', () => {
    expect(documentDifference(document({}), { ...document({}), _id: id(9) })).toEqual({ $set: {} });
  });
});
