import type { ColumnPlan, PlanExpression, SortKey, TablePlan } from '../../../src/domain/query/plan/plan';
import { valueOf, type GraphObject } from './graph';
import { holds, type Sight } from './run-predicate';
import { aggregate, calculate, callScalar, cellOf, compareForOrder, identityOf } from './values';

/** What a path has found, by slot. */
export type Slots = readonly (GraphObject | undefined)[];

export function tableOf(
  table: TablePlan,
  paths: readonly Slots[],
  subquery: Sight['subquery'],
): readonly Readonly<Record<string, unknown>>[] {
  const { unwinds, grouping, columns } = table;
  let records: readonly { readonly slots: Slots; readonly members: readonly unknown[] }[] = paths.map((slots) => ({
    slots,
    members: [],
  }));
  for (const property of unwinds) {
    records = records.flatMap((record) => {
      const value = valueAt(property, record.slots) ?? [];
      return (Array.isArray(value) ? (value as unknown[]) : [value]).map((member) => ({
        ...record,
        members: [...record.members, member],
      }));
    });
  }
  let rows: readonly ((by: PlanExpression) => unknown)[] = records.map(
    ({ slots, members }) =>
      (by) =>
        valueAt(by, slots, members),
  );
  if (grouping) {
    const { keys, aggregates } = grouping;
    const keysOf = (record: (typeof records)[number]): readonly unknown[] =>
      keys.map((key) => valueAt(key, record.slots, record.members) ?? null);
    const groups =
      keys.length === 0 ? [records] : [...Map.groupBy(records, (record) => identityOf(keysOf(record))).values()];
    rows = groups.map((group) => {
      const values = group[0] ? keysOf(group[0]) : [];
      const totals = aggregates.map(({ name, of, per }) => {
        const different = new Map(
          group.map(({ slots }) => [identityOf(per.map((slot) => slots[slot]?.id ?? null)), slots]),
        );
        return aggregate(
          name,
          [...different.values()].map((slots) => valueAt(of, slots)),
        );
      });
      return (by) => valueAt(by, [], [], { values, totals });
    });
  }
  const cells = rows
    .map((value) => {
      const row = rowOf(columns, value, grouping);
      const named = (index: number): unknown => {
        const column = columns[index];
        return (column?.kind === 'value' ? row[column.name] : undefined) ?? undefined;
      };
      return { row, named, keys: table.orderBy.map(({ by }) => (by.kind === 'column' ? named(by.index) : value(by))) };
    })
    .filter(({ named }) => {
      const cell: Sight['cell'] = (subject) => (subject.kind === 'column' ? named(subject.index) : undefined);
      return holds(table.having, { cell, object: () => undefined, subquery });
    });
  const inOrder = sorted(cells, table.orderBy).map(({ row }) => row);
  const isFirst = (row: object, at: number): boolean =>
    !inOrder.slice(0, at).some((each) => identityOf(each) === identityOf(row));
  return paged(table.isUnique ? inOrder.filter(isFirst) : inOrder, table);
}

const keyOf = (value: PlanExpression, grouping: TablePlan['grouping']): string | undefined => {
  const property = value.kind === 'key' ? grouping?.keys[value.index] : value;
  return property?.kind === 'property' ? property.key : undefined;
};

function rowOf(
  columns: readonly ColumnPlan[],
  value: (by: PlanExpression) => unknown,
  grouping: TablePlan['grouping'],
): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {};
  for (const column of columns) {
    if (column.kind === 'value') row[column.name] = cellOf(keyOf(column.value, grouping), value(column.value)) ?? null;
    else {
      const object = value(column.value) as GraphObject | null | undefined;
      for (const [key, cell] of Object.entries(object?.properties ?? {}))
        if (cell !== null && cell !== undefined) row[`${column.prefix}.${key}`] = cellOf(key, cell);
    }
  }
  return row;
}

interface Group {
  readonly values: readonly unknown[];
  readonly totals: readonly unknown[];
}

export function valueAt(
  by: PlanExpression | SortKey['by'],
  slots: Slots,
  members: readonly unknown[] = [],
  group?: Group,
): unknown {
  const inner = (each: PlanExpression): unknown => valueAt(each, slots, members, group);
  switch (by.kind) {
    case 'constant':
      return by.value;
    case 'property':
      return valueOf(slots[by.slot], by.key);
    case 'object':
      return slots[by.slot];
    case 'unwound':
      return members[by.index];
    case 'key':
      return group?.values[by.index];
    case 'aggregate':
      return group?.totals[by.index];
    case 'call':
      return callScalar(by.name, by.args.map(inner));
    case 'arithmetic':
      return calculate(by.operator, inner(by.left), inner(by.right));
    case 'column':
      throw new Error('a list has no columns');
  }
}

export function sorted<Row extends { readonly keys: readonly unknown[] }>(
  rows: readonly Row[],
  orderBy: readonly SortKey[],
): readonly Row[] {
  return rows.toSorted((a, b) => {
    for (const [at, { isDescending }] of orderBy.entries()) {
      const difference = compareForOrder(a.keys[at], b.keys[at]);
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return 0;
  });
}

export const paged = <Row>(
  rows: readonly Row[],
  { skip, limit }: { readonly skip: number; readonly limit: number | undefined },
): readonly Row[] => rows.slice(skip).slice(0, limit);
