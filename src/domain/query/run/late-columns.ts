import type { TablePlan } from '../plan/plan';
import { always } from '../plan/predicates';
import type { Scope } from './expressions';
import type { FoundObject, IdKey } from './graph-reader';
import type { PreparedRun } from './prepared-run';
import { Selectivity, selectivityOf } from './selectivity';
import type { WantedProperties } from './wanted';

/**
 * Whether it pays to sort by what ORDER BY needs and to read the rest for the rows that are given: LIMIT keeps few of the paths,
 * and there may be many.
 */
export function isLate(table: TablePlan, { strategy }: PreparedRun): boolean {
  const { orderBy, limit, grouping, isUnique, unwinds, having } = table;
  return (
    orderBy.length > 0 &&
    limit !== undefined &&
    grouping === undefined &&
    !isUnique &&
    unwinds.length === 0 &&
    having.kind === 'all' &&
    having.of.length === 0 &&
    selectivityOf(strategy.start.predicate) <= Selectivity.class
  );
}

/** Reads what columns need of the entities in some rows. */
export class LateColumns {
  private readonly slots: readonly number[];

  /** @param columns what they need, slot by slot */
  constructor(
    private readonly run: PreparedRun,
    private readonly columns: WantedProperties,
  ) {
    const isEntity = (slot: number): boolean => run.plan.slots[slot]?.kind !== 'relationship';
    this.slots = [...run.plan.slots.keys()].filter((slot) => isEntity(slot) && columns.of(slot).length > 0);
  }

  async read(scopes: readonly Scope[]): Promise<readonly Scope[]> {
    const found = new Map<number, ReadonlyMap<IdKey, FoundObject>>();
    for (const slot of this.slots) {
      const ids = new Set(scopes.flatMap(({ slots }) => slots[slot]?.id ?? []));
      if (ids.size === 0) continue;
      const request = { ids: [...ids], predicate: always, wanted: this.columns.of(slot) };
      const read = await this.run.snapshot.entitiesById(request);
      found.set(slot, new Map(read.map((entity) => [entity.id, entity])));
    }
    return scopes.map((scope) => ({
      ...scope,
      slots: scope.slots.map((object, slot) => found.get(slot)?.get(object?.id ?? '') ?? object),
    }));
  }
}
