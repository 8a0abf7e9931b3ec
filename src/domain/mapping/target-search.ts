import type { Primitive } from '../graph/object-content';
import { matches, valuesOf, type TargetFilter } from './target-filter';

/** An entity that a filter may match. `property` reads one by its name. */
export interface Candidate<T> {
  readonly target: T;
  readonly property: (name: string) => unknown;
}

/** Properties that many entities share; another one tells more of who is meant. */
const broad: readonly string[] = ['_class', '_type'];

/**
 * Finds the matches of many filters over the same names in one pass over candidates. Keeps up to `limit` matches of a filter and
 * one more, which says that there were too many.
 */
export class TargetSearch<T> {
  private readonly found: T[][];
  private readonly byValue = new Map<Primitive, number[]>();
  private readonly pivot: number;

  constructor(
    private readonly filters: readonly TargetFilter[],
    private readonly limit: number,
  ) {
    this.found = filters.map(() => []);
    const narrow = filters[0]?.findIndex(({ name }) => !broad.includes(name)) ?? 0;
    this.pivot = Math.max(0, narrow);
    filters.forEach((filter, number) => {
      const value = filter[this.pivot]?.wanted[0];
      if (value === undefined) return;
      const list = this.byValue.get(value);
      if (list) list.push(number);
      else this.byValue.set(value, [number]);
    });
  }

  offer({ target, property }: Candidate<T>): void {
    const name = this.filters[0]?.[this.pivot]?.name;
    if (name === undefined) return;
    for (const value of new Set(valuesOf(property(name)))) {
      for (const number of this.byValue.get(value) ?? []) {
        const found = this.found[number];
        const filter = this.filters[number];
        if (found && filter && found.length <= this.limit && matches(filter, property)) found.push(target);
      }
    }
  }

  /** Matches of the filter with this number, in the order of the candidates. */
  matchesOf(number: number): readonly T[] {
    return this.found[number] ?? [];
  }
}
