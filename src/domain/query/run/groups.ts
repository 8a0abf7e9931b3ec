import type { Grouping } from '../plan/plan';
import { compileAggregate } from './aggregates';
import { sizeOfValue, type Budget } from './budget';
import { compileExpression, scopeOfGroup, type Scope } from './expressions';
import { keyOfValues } from './value-key';

interface Group {
  readonly keys: readonly unknown[];
  readonly totals: readonly ReturnType<ReturnType<typeof compileAggregate>>[];
}

/** Estimated bytes of a group with one aggregate. */
const groupBytes = 400;

/** The values of the first key, of the second below each of them, and so on; below the last ones are groups. */
type Level = Map<unknown, Level | Group>;

/** The groups of a table. Paths go in and are forgotten. */
export class Groups {
  private readonly keys: readonly ((scope: Scope) => unknown)[];
  private readonly newTotals: readonly ReturnType<typeof compileAggregate>[];
  private readonly groups = new Map<string, Group>();
  /** Those of nothing but scalars once more, so that no text has to be made to find one. */
  private readonly ofScalars: Level = new Map();
  private readonly values: unknown[] = [];

  constructor(
    { keys, aggregates }: Grouping,
    private readonly budget: Budget,
    isStartInOrder: boolean,
  ) {
    this.keys = keys.map(compileExpression);
    this.newTotals = aggregates.map((each) => compileAggregate(each, { budget, isStartInOrder }));
    // Without keys there is one group, even of no paths.
    if (keys.length === 0) this.groupOf('', []);
  }

  add(scope: Scope): void {
    const { keys, values } = this;
    let known: Level | Group | undefined = this.ofScalars;
    for (let at = 0; at < keys.length; at++) {
      const value = (values[at] = keys[at]?.(scope) ?? null);
      known = (known as Level | undefined)?.get(value);
    }
    const group = keys.length > 0 && known ? (known as Group) : this.groupOf(keyOfValues(values), values.slice());
    for (const total of group.totals) total.add(scope);
  }

  /** In the order of their first paths. */
  *scopes(): Iterable<Scope> {
    for (const { keys, totals } of this.groups.values()) {
      yield scopeOfGroup(
        keys,
        totals.map((total) => total.value()),
      );
    }
  }

  private groupOf(text: string, keys: readonly unknown[]): Group {
    const known = this.groups.get(text);
    if (known) return known;
    const group = { keys, totals: this.newTotals.map((make) => make()) };
    this.groups.set(text, group);
    if (keys.every((key) => typeof key !== 'object' || key === null)) this.keepByScalars(keys, group);
    const ofKeys = keys.reduce((sum: number, key) => sum + sizeOfValue(key), 2 * text.length);
    this.budget.hold(groupBytes + 100 * this.newTotals.length + ofKeys);
    return group;
  }

  private keepByScalars(keys: readonly unknown[], group: Group): void {
    let level = this.ofScalars;
    for (const [at, key] of keys.entries()) {
      if (at === keys.length - 1) level.set(key, group);
      else level = levelBelow(level, key);
    }
  }
}

function levelBelow(level: Level, key: unknown): Level {
  const known = level.get(key) as Level | undefined;
  if (known) return known;
  const below: Level = new Map();
  level.set(key, below);
  return below;
}
