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
const groupBytes = 300;

/** The groups of a table. Paths go in and are forgotten. */
export class Groups {
  private readonly keys: readonly ((scope: Scope) => unknown)[];
  private readonly newTotals: readonly ReturnType<typeof compileAggregate>[];
  private readonly groups = new Map<string, Group>();

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
    const keys = this.keys.map((key) => key(scope) ?? null);
    const group = this.groupOf(keyOfValues(keys), keys);
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
    const ofKeys = keys.reduce((sum: number, key) => sum + sizeOfValue(key), 2 * text.length);
    this.budget.hold(groupBytes + 100 * this.newTotals.length + ofKeys);
    return group;
  }
}
