import { GraphChanges } from '../../../src/adapters/mongo/graph-changes';
import { bytesOf, idAt } from '../../../src/adapters/mongo/packed-ids';

const idOf = (number: number): Buffer => {
  const id = Buffer.alloc(16);
  id.writeUInt32BE(number, 12);
  return id;
};

it('says nothing when nothing has changed', () => {
  expect(new GraphChanges().documents('a')).toEqual([]);
});

it('copies ids, and keeps the kinds apart', () => {
  const changes = new GraphChanges();
  const id = idOf(1);
  changes.add('entity', id);
  id.fill(9);
  changes.addAll('relationship', [idAt(idOf(2), 0), idAt(idOf(3), 0)]);
  const [record, ...others] = changes.documents('a');
  expect(others).toEqual([]);
  expect(record?.account).toBe('a');
  expect(record && Buffer.from(bytesOf(record.entities))).toEqual(idOf(1));
  expect(record && Buffer.from(bytesOf(record.relationships))).toEqual(Buffer.concat([idOf(2), idOf(3)]));
});

it.each([
  [64, 1],
  [65, 1],
  [250_000, 1],
  [250_001, 2],
])('keeps %i ids whole in %i records', (count, records) => {
  const changes = new GraphChanges();
  const ids = Array.from({ length: count }, (_, i) => idOf(i));
  for (const id of ids) changes.add('entity', id);
  const documents = changes.documents('a');
  expect(documents).toHaveLength(records);
  const stored = Buffer.concat(documents.map(({ entities }) => bytesOf(entities)));
  expect(stored.equals(Buffer.concat(ids))).toBe(true);
});
