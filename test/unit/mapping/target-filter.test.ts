import type { Mapping } from '../../../src/domain/graph/object-content';
import { filtersOf, matches, valuesOf } from '../../../src/domain/mapping/target-filter';
import { TargetSearch } from '../../../src/domain/mapping/target-search';

const mapping = (targetFilterKeys: Mapping['targetFilterKeys'], targetEntity: Record<string, unknown>): Mapping => ({
  relationshipDirection: 'FORWARD',
  sourceEntityKey: 's',
  targetFilterKeys,
  targetEntity: targetEntity as Mapping['targetEntity'],
  skipTargetCreation: false,
});

describe('filtersOf', () => {
  it.each([
    ['the default', [['_type', '_key']], { _type: 't', _key: 'k' }, [{ _key: ['k'], _type: ['t'] }]],
    ['a list as a set', [['_class']], { _class: ['B', 'A', 'B'] }, [{ _class: ['A', 'B'] }]],
    ['numbers and booleans', [['n', 'b']], { n: 0, b: false }, [{ b: [false], n: [0] }]],
    ['a name twice', [['n', 'n']], { n: 1 }, [{ n: [1] }]],
    ['alternatives in their order', [['z'], ['a']], { a: 1, z: 2 }, [{ z: [2] }, { a: [1] }]],
    ['only alternatives that have all values', [['a', 'b'], ['a']], { a: 1 }, [{ a: [1] }]],
    ['no value in null, an empty list or a list of null', [['a'], ['b'], ['c']], { a: null, b: [], c: [null] }, []],
    ['an empty text for a property, not for a key', [['_key'], ['a']], { _key: '', a: '' }, [{ a: [''] }]],
    ['nothing without names', [[]], { a: 1 }, []],
    ['no other metadata', [['_id'], ['_scope']], { _id: 'x', _scope: 's' }, []],
    ['own properties only', [['toString'], ['constructor']], {}, []],
  ])('takes %s', (_, keys, targetEntity, expected) => {
    const filters = filtersOf(mapping(keys, targetEntity));
    expect(filters.map((filter) => Object.fromEntries(filter.map(({ name, wanted }) => [name, wanted])))).toEqual(
      expected,
    );
  });

  it('sorts names and values, so that the same wish has one form', () => {
    const one = filtersOf(mapping([['b', 'a']], { a: ['y', 1, 'x', true], b: 'c' }));
    const other = filtersOf(mapping([['a', 'b']], { b: ['c', null], a: [true, 'x', 'y', 1] }));
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });
});

describe('matches', () => {
  it.each<[wanted: unknown, present: unknown, expected: boolean]>([
    ['a', 'a', true],
    ['a', 'A', false],
    ['a', ['b', 'a'], true],
    [['a', 'b'], ['b', 'c', 'a'], true],
    [['a', 'b'], ['a'], false],
    [['a'], 'a', true],
    [['a', 'b'], 'a', false],
    [1, '1', false],
    [1, 1, true],
    [true, 'true', false],
    [false, false, true],
    ['a', undefined, false],
    ['a', null, false],
    ['a', [null], false],
  ])('wanted %j, present %j: %s', (wanted, present, expected) => {
    const [filter] = filtersOf(mapping([['p']], { p: wanted }));
    expect(matches(filter ?? [], (name) => (name === 'p' ? present : undefined))).toBe(expected);
  });

  it('wants all names', () => {
    const [filter = []] = filtersOf(mapping([['_class', 'email']], { _class: 'Person', email: 'e' }));
    const entity: Record<string, unknown> = { _class: ['Person', 'Employee'], email: 'e' };
    expect(matches(filter, (name) => entity[name])).toBe(true);
    expect(matches(filter, (name) => (name === 'email' ? 'other' : entity[name]))).toBe(false);
  });
});

describe('TargetSearch', () => {
  const entities = [
    { _class: ['Person'], email: 'a', n: 1 },
    { _class: ['Person'], email: ['a', 'b'], n: 2 },
    { _class: ['Robot'], email: 'a', n: 3 },
    { _class: 'Person', n: 4 },
  ] as const;
  const find = (wishes: readonly Record<string, unknown>[], names: readonly string[], limit = 10) => {
    const search = new TargetSearch<number>(
      wishes.map((wish) => filtersOf(mapping([names], wish))[0] ?? []),
      limit,
    );
    for (const entity of entities) {
      search.offer({ target: entity.n, property: (name) => (entity as Record<string, unknown>)[name] });
    }
    return wishes.map((_, i) => search.matchesOf(i));
  };

  it('finds for each filter its own', () => {
    const wishes = [
      { _class: 'Person', email: 'a' },
      { _class: 'Person', email: ['b', 'a'] },
      { _class: 'Robot', email: 'a' },
      { _class: 'Person', email: 'c' },
    ];
    expect(find(wishes, ['_class', 'email'])).toEqual([[1, 2], [2], [3], []]);
    expect(find([{ _class: 'Person' }, { _class: 'Robot' }], ['_class'])).toEqual([[1, 2, 4], [3]]);
  });

  it('stops one after the limit', () => {
    expect(find([{ _class: 'Person' }], ['_class'], 1)).toEqual([[1, 2]]);
  });

  it('has no matches without filters', () => {
    expect(find([], ['_class'])).toEqual([]);
  });
});

it.each([
  ['a', ['a']],
  [0, [0]],
  [
    [null, 1, 'x'],
    [1, 'x'],
  ],
  [null, []],
  [undefined, []],
  [{}, []],
])('valuesOf %j is %j', (value, expected) => {
  expect(valuesOf(value)).toEqual(expected);
});
