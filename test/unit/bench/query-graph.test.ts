import {
  edgesFrom,
  edgesOf,
  entitiesOf,
  entityAt,
  hubDegree,
  indexOf,
  keyOf,
  relationshipCount,
  relationshipOf,
} from '../../../bench/query/graph';

const size = { entities: 10_000, hubEvery: 0 };
const withHubs = { entities: 10_000, hubEvery: 100 };

describe('The graph of the query bench', () => {
  it('has three relationships for each entity, as many as it says', () => {
    expect([...edgesOf(size)]).toHaveLength(30_000);
    expect(relationshipCount(size)).toBe(30_000);
  });

  it('has entities of all degrees from 0 to 6', () => {
    const degrees = new Set(Array.from({ length: 1_000 }, (_, index) => edgesFrom(size, index).length));
    expect([...degrees].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('has one hub in a hundred with at least a thousand further relationships, if asked for', () => {
    const hubs = Array.from({ length: 10_000 }, (_, index) => edgesFrom(withHubs, index).length).filter(
      (degree) => degree >= hubDegree,
    );
    expect(hubs).toHaveLength(100);
    expect([...edgesOf(withHubs)]).toHaveLength(relationshipCount(withHubs));
  });

  it.each([size, withHubs])('joins no two entities twice the same way ($hubEvery)', (of) => {
    for (let index = 0; index < 1_000; index++) {
      const ends = edgesFrom(of, index).map(({ to }) => to);
      expect(new Set(ends).size).toBe(ends.length);
    }
  });

  it.each([size, withHubs])('repeats nothing on a path of three hops ($hubEvery)', (of) => {
    const ahead = [...edgesOf(of)].map(({ from, to }) => (to - from + of.entities) % of.entities);
    expect(ahead.every((distance) => distance > 0 && distance < of.entities / 3)).toBe(true);
  });

  it('has a key for each index and an index for each key', () => {
    expect(new Set(Array.from({ length: 10_000 }, (_, index) => keyOf(index))).size).toBe(10_000);
    expect(indexOf(keyOf(9_999))).toBe(9_999);
    expect(indexOf(keyOf(4_711))).toBe(4_711);
  });

  it('is the same each time, and differs between variants in the score of one entity of a hundred', () => {
    expect([...entitiesOf(size)]).toEqual([...entitiesOf(size)]);
    const before = [...entitiesOf(size, 0)];
    const changed = [...entitiesOf(size, 1)].filter((entity, index) => entity.score !== before[index]?.score);
    expect(changed.length).toBeGreaterThan(95);
    expect(changed.length).toBeLessThanOrEqual(100);
    expect(entityAt(100, 1)).toEqual({ ...entityAt(100), score: entityAt(100, 1).score });
  });

  it('gives no two entities the same time, so that an order by it is the only one', () => {
    expect(new Set([...entitiesOf(size)].map(({ createdOn }) => createdOn)).size).toBe(10_000);
  });

  it('names relationships by their ends', () => {
    const [edge] = edgesFrom(size, 2).length > 0 ? edgesFrom(size, 2) : edgesFrom(size, 3);
    if (!edge) throw new Error('two neighbours share six relationships');
    const relationship = relationshipOf(edge);
    expect(relationship).toMatchObject({ _fromEntityKey: keyOf(edge.from), _toEntityKey: keyOf(edge.to) });
  });
});
