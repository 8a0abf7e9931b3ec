import type { Mapping, ObjectContent } from '../../../src/domain/graph/object-content';
import { decideMapping, type MappedRelationship } from '../../../src/domain/mapping/decide-mapping';

const mapping: Mapping = {
  relationshipDirection: 'FORWARD',
  sourceEntityKey: 's',
  targetFilterKeys: [['_class', 'email']],
  targetEntity: { _class: 'Person', email: 'e' },
  skipTargetCreation: false,
};
const current: MappedRelationship = { type: 't', classes: ['IS'], properties: { p: 1, q: 2 }, mapping };
const content = (more: Partial<ObjectContent>): ObjectContent => ({ key: 'k', type: 't', properties: {}, ...more });

const decide = (
  mode: 'DIFF' | 'CREATE_OR_UPDATE',
  more: Partial<ObjectContent>,
  of: { current?: MappedRelationship | undefined; isStale?: boolean } = { current },
) => decideMapping({ content: content(more), current: of.current, isStale: of.isStale ?? false, mode });

const same = { classes: ['IS'], properties: { q: 2, p: 1 }, mapping: { ...mapping } };

it.each(['DIFF', 'CREATE_OR_UPDATE'] as const)('%s: nothing to do for the same in another order', (mode) => {
  expect(decide(mode, same)).toEqual({ action: 'none' });
  expect(decide(mode, { ...same, properties: { p: 1, q: 2, r: null } })).toEqual({ action: 'none' });
});

it.each(['DIFF', 'CREATE_OR_UPDATE'] as const)('%s: evaluated when new, stale or changed', (mode) => {
  const next = { type: 't', classes: ['IS'], properties: { p: 1, q: 2 }, mapping };
  expect(decide(mode, same, {})).toEqual({ action: 'evaluate', next });
  expect(decide(mode, same, { current, isStale: true })).toEqual({ action: 'evaluate', next });
  const turned: Mapping = { ...mapping, relationshipDirection: 'REVERSE' };
  expect(decide(mode, { ...same, mapping: turned })).toEqual({
    action: 'evaluate',
    next: { ...next, mapping: turned },
  });
});

it('DIFF replaces and CREATE_OR_UPDATE merges', () => {
  const change = { properties: { p: null, r: 3 }, mapping };
  expect(decide('DIFF', change)).toMatchObject({ action: 'evaluate', next: { classes: [], properties: { r: 3 } } });
  expect(decide('CREATE_OR_UPDATE', change)).toEqual({
    action: 'evaluate',
    next: { type: 't', classes: ['IS'], properties: { q: 2, r: 3 }, mapping },
  });
  expect(decide('CREATE_OR_UPDATE', { properties: { p: 5 } })).toMatchObject({
    action: 'evaluate',
    next: { properties: { p: 5, q: 2 }, mapping },
  });
});

it.each<[string, ObjectContent]>([
  ['no key', { type: 't', properties: {}, mapping }],
  ['no type', { key: 'k', properties: {}, mapping }],
  ['no mapping', { key: 'k', type: 't', properties: {} }],
])('a new one with %s is an error', (_, incomplete) => {
  const decision = decideMapping({ content: incomplete, current: undefined, isStale: false, mode: 'CREATE_OR_UPDATE' });
  expect(decision).toEqual({
    action: 'error',
    reason: 'there is no such mapped relationship, and a new one needs _key, _type and _mapping',
  });
});
