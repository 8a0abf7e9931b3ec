import fc from 'fast-check';
import { SyncMode } from '../../../src/contracts/sync-job';
import { decideChange, withoutPins, type ObjectState, type WriteMode } from '../../../src/domain/graph/decide-change';
import type { ObjectContent } from '../../../src/domain/graph/object-content';

const content = (properties: ObjectContent['properties'], more: Partial<ObjectContent> = {}): ObjectContent => ({
  key: 'k',
  type: 't',
  classes: ['C'],
  properties,
  ...more,
});
const held = (properties: ObjectState['properties'], more: Partial<ObjectState> = {}): ObjectState => ({
  type: 't',
  classes: ['C'],
  properties,
  isDeleted: false,
  ...more,
});
const { diff, createOrUpdate, patch, override } = SyncMode;

describe('decideChange', () => {
  it.each([
    ['nothing there', diff, content({ a: 1 }), undefined, 'create', { a: 1 }],
    ['nothing there', createOrUpdate, content({ a: 1, b: null }), undefined, 'create', { a: 1 }],
    ['nothing there', patch, content({ a: 1 }), undefined, 'updateError', undefined],
    ['nothing there', override, content({ a: 1 }), undefined, 'updateError', undefined],
    ['an ended one', diff, content({ a: 1 }), held({ a: 1 }, { isDeleted: true }), 'create', { a: 1 }],
    ['an ended one', patch, content({ a: 1 }), held({ a: 1 }, { isDeleted: true }), 'updateError', undefined],
    ['the same', diff, content({ a: 1, b: null }), held({ a: 1 }), 'none', undefined],
    ['less', diff, content({ a: 1, b: 2 }), held({ a: 1 }), 'update', { a: 1, b: 2 }],
    ['more', diff, content({ a: 1 }), held({ a: 1, b: 2 }), 'update', { a: 1 }],
    ['more', createOrUpdate, content({ a: 1 }), held({ a: 1, b: 2 }), 'none', undefined],
    ['more', patch, content({ b: null }), held({ a: 1, b: 2 }), 'update', { a: 1 }],
    ['another type of value', diff, content({ a: '1' }), held({ a: 1 }), 'update', { a: '1' }],
    ['the same list', diff, content({ a: [1, null] }), held({ a: [1, null] }), 'none', undefined],
    ['the list in another order', diff, content({ a: [1, 2] }), held({ a: [2, 1] }), 'update', { a: [1, 2] }],
    ['an override', diff, content({ a: 1 }), held({ a: 9 }, { overrides: { a: 9 } }), 'none', undefined],
    ['an override', patch, content({ a: 1, b: 2 }), held({ a: 9 }, { overrides: { a: 9 } }), 'update', { a: 9, b: 2 }],
    ['no override yet', override, content({ a: 9 }), held({ a: 1 }), 'update', { a: 9 }],
  ] as const)('where the graph holds %s, mode %s', (_, mode, uploaded, current, action, properties) => {
    const decision = decideChange({ content: uploaded, current, mode });
    expect(decision.action).toBe(action);
    if (properties) expect(decision).toMatchObject({ state: { properties } });
    if ('state' in decision) expect(decision.state.properties).toEqual(properties);
  });

  it('keeps type and class that a merging upload does not name, and asks for a key and a type of a new object', () => {
    const bare: ObjectContent = { properties: { b: 2 } };
    expect(decideChange({ content: bare, current: held({ a: 1 }), mode: createOrUpdate })).toMatchObject({
      action: 'update',
      state: { type: 't', classes: ['C'], properties: { a: 1, b: 2 } },
    });
    expect(decideChange({ content: bare, current: undefined, mode: createOrUpdate }).action).toBe('updateError');
  });

  it('moves the ends of a relationship only where they are named', () => {
    const current = held({}, { fromId: 'f', toId: 't' });
    const ends = { fromId: undefined, toId: 'u' };
    expect(decideChange({ content: content({}), ends, current, mode: createOrUpdate })).toMatchObject({
      action: 'update',
      state: { fromId: 'f', toId: 'u' },
    });
    const same = { fromId: 'f', toId: 't' };
    expect(decideChange({ content: content({}), ends: same, current, mode: diff }).action).toBe('none');
  });

  it('finds nothing left to do in what it has decided, in every mode', () => {
    const value = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.array(fc.option(fc.integer())));
    const properties = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(value));
    const present = fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), { nil: undefined });
    const pinned = fc.option(fc.dictionary(fc.constantFrom('a', 'b'), fc.integer()), { nil: undefined });
    fc.assert(
      fc.property(
        fc.constantFrom<WriteMode[]>(...Object.values(SyncMode), 'EDIT'),
        fc.boolean(),
        properties,
        present,
        pinned,
        (mode, isOwn, sent, there, overrides) => {
          const current = there && held(overrides ? { ...there, ...overrides } : there, { overrides });
          const first = decideChange({ content: content(sent), current, mode, isOwn });
          if (!('state' in first)) return;
          const again = decideChange({
            content: content(sent),
            current: { ...first.state, isDeleted: false },
            mode,
            isOwn,
          });
          expect(again.action).toBe('none');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('an edit', () => {
  it.each([
    ['own, with new values', true, { a: 2, b: null }, { a: 1, b: 1 }, undefined, { a: 2 }, undefined],
    ['own, the same', true, { a: 1 }, { a: 1 }, undefined, undefined, undefined],
    ['own, where something is pinned', true, { a: 2 }, { a: 9, c: 9 }, { a: 9, c: 9 }, { a: 2, c: 9 }, { c: 9 }],
    ['own, as it is pinned', true, { a: 9 }, { a: 9 }, { a: 9 }, undefined, undefined],
    ["another's", false, { a: 2, b: null }, { a: 1, b: 1 }, undefined, { a: 2 }, { a: 2, b: null }],
    ["another's, the same", false, { a: 1, b: null }, { a: 1 }, undefined, undefined, undefined],
    ["another's, in part the same", false, { a: 1, b: 2 }, { a: 1, b: 1 }, undefined, { a: 1, b: 2 }, { b: 2 }],
    ["another's, pinned before", false, { a: 3 }, { a: 2, b: 1 }, { a: 2, c: null }, { a: 3, b: 1 }, { a: 3, c: null }],
  ] as const)('of an object that is %s', (_, isOwn, sent, there, overrides, properties, pinned) => {
    const current = held(there, { overrides });
    const decision = decideChange({ content: { properties: sent }, current, mode: 'EDIT', isOwn });
    expect(decision.action).toBe(properties ? 'update' : 'none');
    if (!('state' in decision)) return;
    expect([decision.state.properties, decision.state.overrides]).toEqual([properties, pinned]);
    expect(decision.state).toMatchObject({ type: 't', classes: ['C'] });
  });

  it('that brings an object back counts where something was pinned', () => {
    const current = held({ a: 9, b: 9 }, { isDeleted: true, overrides: { a: 9, b: 9 } });
    const decision = decideChange({ content: content({ a: 1 }), current, mode: 'EDIT' });
    expect(decision).toMatchObject({ action: 'create', state: { properties: { a: 1, b: 9 }, overrides: { b: 9 } } });
  });

  it.each([
    ['some names', ['a', 'x'], { a: 1, b: 9 }, { b: 9, c: null }],
    ['all', undefined, { a: 1, c: 3 }, undefined],
  ] as const)('is taken back: %s', (_, names, properties, overrides) => {
    const current = held({ a: 9, b: 9 }, { overrides: { a: 9, b: 9, c: null } });
    const earlier: Record<string, number> = { a: 1, c: 3 };
    const decision = withoutPins(current, names, (name) => earlier[name]);
    expect(decision).toMatchObject({ action: 'update', state: { properties, overrides } });
    expect(withoutPins(held({ a: 1 }), undefined, () => undefined)).toEqual({ action: 'none' });
    expect(withoutPins(current, ['x'], () => undefined)).toEqual({ action: 'none' });
  });
});
