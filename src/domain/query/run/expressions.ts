import type { PlanExpression, PropertyOfSlot } from '../plan/plan';
import { calculate, callScalar } from './functions';
import type { Slots } from './path';
import { propertyReader } from './property-reader';

/** What an expression is computed from: a path with the members that UNWIND has chosen, or a group. */
export interface Scope {
  readonly slots: Slots;
  readonly members: readonly unknown[];
  /** Values of the keys and aggregates of a group. */
  readonly keys: readonly unknown[];
  readonly totals: readonly unknown[];
}

const none: readonly unknown[] = [];

export const scopeOfPath = (slots: Slots, members: readonly unknown[] = none): Scope => ({
  slots,
  members,
  keys: none,
  totals: none,
});

export const scopeOfGroup = (keys: readonly unknown[], totals: readonly unknown[]): Scope => ({
  slots: [],
  members: none,
  keys,
  totals,
});

/** An empty slot has no properties. */
export function propertyOf({ slot, key }: PropertyOfSlot): (slots: Slots) => unknown {
  const read = propertyReader(key);
  return (slots) => {
    const object = slots[slot];
    return object === undefined ? undefined : read(object.properties);
  };
}

/** An expression as a function. Absent values are undefined or null; a whole object is what the reader has given. */
export function compileExpression(by: PlanExpression): (scope: Scope) => unknown {
  switch (by.kind) {
    case 'constant': {
      const { value } = by;
      return () => value;
    }
    case 'property': {
      const read = propertyOf(by);
      return ({ slots }) => read(slots);
    }
    case 'object': {
      const { slot } = by;
      return ({ slots }) => slots[slot];
    }
    case 'unwound': {
      const { index } = by;
      return ({ members }) => members[index];
    }
    case 'key': {
      const { index } = by;
      return ({ keys }) => keys[index];
    }
    case 'aggregate': {
      const { index } = by;
      return ({ totals }) => totals[index];
    }
    case 'call': {
      const { name } = by;
      const args = by.args.map(compileExpression);
      return (scope) =>
        callScalar(
          name,
          args.map((arg) => arg(scope)),
        );
    }
    case 'arithmetic': {
      const { operator } = by;
      const [left, right] = [compileExpression(by.left), compileExpression(by.right)];
      return (scope) => calculate(operator, left(scope), right(scope));
    }
  }
}
