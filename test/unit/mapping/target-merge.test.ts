import fc from 'fast-check';
import { TargetMerge, type Contribution } from '../../../src/domain/mapping/target-merge';

const merged = (...contributions: readonly Contribution[]) => {
  const merge = new TargetMerge();
  for (const contribution of contributions) merge.add(contribution);
  return merge.content();
};
const says = (contributor: string, at: number, targetEntity: Record<string, unknown>): Contribution => ({
  contributor,
  at,
  targetEntity: targetEntity as Contribution['targetEntity'],
});

it.each([
  [{ _class: 'UserGroup' }, 'user_group'],
  [{ _class: ['Person', 'User'] }, 'person'],
  [{}, 'mapped_entity'],
  [{ _class: 'Person', _type: 'employee' }, 'employee'],
  [{ _class: 'Person', _type: ['employee'] }, 'employee'],
])('the type of %j is %s', (targetEntity, type) => {
  expect(merged(says('a', 1, targetEntity)).type).toBe(type);
});

it('takes key, type, classes and properties, and leaves out metadata and null', () => {
  const entity = { _key: 'k', _type: 't', _class: ['A', 'B'], _id: 'x', p: 1, 'tag.Q': ['y', null], gone: null };
  expect(merged(says('a', 1, entity))).toEqual({
    key: 'k',
    type: 't',
    classes: ['A', 'B'],
    properties: { p: 1, 'tag.Q': ['y', null] },
  });
});

it('the latest word counts, of the same time that of the greater contributor', () => {
  const early = says('z', 1, { _class: ['A'], p: 'early', q: 'early', r: 'early' });
  const a = says('a', 2, { _class: ['B', 'C'], p: 'a', q: 'a' });
  const b = says('b', 2, { _class: ['C', 'D'], p: 'b' });
  expect(merged(early, a, b)).toEqual({
    type: 'c',
    classes: ['C', 'D', 'B', 'A'],
    properties: { p: 'b', q: 'a', r: 'early' },
  });
});

it('gives the same in whatever order contributors come', () => {
  const value = fc.constantFrom('x', 1, null);
  const entity = fc.dictionary(fc.constantFrom('p', 'q', '_type', '_key'), value, { maxKeys: 4 });
  const classes = fc.uniqueArray(fc.constantFrom('A', 'B', 'C'));
  const contribution = fc.tuple(fc.nat(2), entity, classes).map(([at, e, _class]) => ({ at, e: { ...e, _class } }));
  fc.assert(
    fc.property(fc.array(contribution, { minLength: 1, maxLength: 5 }), fc.nat(), (list, turn) => {
      const all = list.map(({ at, e }, i) => says(`c${i}`, at, e));
      const turned = [...all.slice(turn % all.length), ...all.slice(0, turn % all.length)].reverse();
      expect(merged(...turned)).toEqual(merged(...all));
    }),
  );
});
