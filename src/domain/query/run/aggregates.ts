import type { Aggregate } from '../plan/plan';
import type { Budget } from './budget';
import { compileExpression, type Scope } from './expressions';
import { finite } from './functions';
import { compareForOrder } from './order';
import { keyOfValue } from './value-key';

/** Takes the paths of one group, one after the other. */
interface Total {
  add(scope: Scope): void;
  value(): unknown;
}

/** Estimated bytes of an entry of a set. */
const entryBytes = 80;

/**
 * Makes a new total for a group.
 * @param isStartInOrder paths of one start come one after the other, so that a start that comes again is the one that came last
 */
export function compileAggregate(
  { name, of, per }: Aggregate,
  { budget, isStartInOrder }: { readonly budget: Budget; readonly isStartInOrder: boolean },
): () => Total {
  const valueOf = compileExpression(of);
  const isNew = (): ((scope: Scope) => boolean) =>
    isStartInOrder && per.every((slot) => slot === 0) ? isOtherStart() : isOtherCombination(per, budget);
  switch (name) {
    case 'count':
      return of.kind === 'object' ? () => new Count(isNew(), valueOf) : () => new CountOfValues(valueOf, budget);
    case 'min':
    case 'max':
      return () => new Extreme(valueOf, name === 'min' ? -1 : 1);
    case 'sum':
    case 'avg':
      return () => new Sum(isNew(), valueOf, name === 'avg');
  }
}

function isOtherStart(): (scope: Scope) => boolean {
  let last: unknown = none;
  return ({ slots }) => {
    const id = slots[0]?.id;
    if (id === last) return false;
    last = id;
    return true;
  };
}

/** No id is this. */
const none = Symbol('none');

function isOtherCombination(per: readonly number[], budget: Budget): (scope: Scope) => boolean {
  const seen = new Set<string>();
  const [only] = per;
  const keyOf = (slots: Scope['slots']): string =>
    per.length === 1 && only !== undefined
      ? (slots[only]?.id ?? '')
      : per.map((slot) => keyOfValue(slots[slot]?.id)).join('');
  return ({ slots }) => {
    const before = seen.size;
    if (seen.add(keyOf(slots)).size === before) return false;
    budget.hold(entryBytes);
    return true;
  };
}

/** Of different objects. */
class Count implements Total {
  private count = 0;

  constructor(
    private readonly isNew: (scope: Scope) => boolean,
    private readonly valueOf: (scope: Scope) => unknown,
  ) {}

  add(scope: Scope): void {
    if (this.valueOf(scope) !== undefined && this.isNew(scope)) this.count += 1;
  }

  value(): number {
    return this.count;
  }
}

class CountOfValues implements Total {
  private readonly scalars = new Set();
  private readonly arrays = new Set<string>();

  constructor(
    private readonly valueOf: (scope: Scope) => unknown,
    private readonly budget: Budget,
  ) {}

  add(scope: Scope): void {
    const value = this.valueOf(scope);
    if (value === undefined || value === null) return;
    const before = this.value();
    if (typeof value === 'object') this.arrays.add(keyOfValue(value));
    else this.scalars.add(value);
    if (this.value() !== before) this.budget.hold(entryBytes + (typeof value === 'string' ? value.length : 0));
  }

  value(): number {
    return this.scalars.size + this.arrays.size;
  }
}

/** Of numbers, text and booleans; arrays are left out. */
class Extreme implements Total {
  private best: unknown = null;

  constructor(
    private readonly valueOf: (scope: Scope) => unknown,
    private readonly sign: 1 | -1,
  ) {}

  add(scope: Scope): void {
    const value = this.valueOf(scope);
    if (value === undefined || value === null || typeof value === 'object') return;
    if (this.best === null || this.sign * compareForOrder(value, this.best) > 0) this.best = value;
  }

  value(): unknown {
    return this.best;
  }
}

/** Of numbers; each different combination of objects counts once. */
class Sum implements Total {
  private sum = 0;
  private count = 0;

  constructor(
    private readonly isNew: (scope: Scope) => boolean,
    private readonly valueOf: (scope: Scope) => unknown,
    private readonly isAverage: boolean,
  ) {}

  add(scope: Scope): void {
    if (!this.isNew(scope)) return;
    const value = this.valueOf(scope);
    if (typeof value !== 'number') return;
    this.sum += value;
    this.count += 1;
  }

  value(): number | null {
    if (this.count === 0) return null;
    return finite(this.isAverage ? this.sum / this.count : this.sum);
  }
}
