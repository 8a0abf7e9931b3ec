import { columnFor, columnsOf, type Column } from '../../../src/domain/query/columns';
import { factsOf, hasAggregate, isAggregate, type Call } from '../../../src/domain/query/functions';
import type { Expression, Literal, OrderKey, Query, Subject } from '../../../src/domain/query/syntax/ast';
import { partsOf, referencesOf } from '../../../src/domain/query/walk';
import { isSettled } from '../../../src/domain/query/settled';
import { holds } from './evaluate-filter';
import type { Path } from './evaluate-paths';
import { valueOf, type Entity, type GraphObject } from './graph';
import { aggregate, calculate, callScalar, cellOf, compareForOrder, identityOf } from './values';

/** Scalars, arrays of them, null, or a whole object. */
export type Cell = unknown;
export type Row = Readonly<Record<string, Cell>>;

interface ResultWorld {
  readonly literal: (literal: Literal) => unknown;
  readonly subquery: (query: Query) => readonly Cell[];
  readonly objectOf: (path: Path, alias: string) => GraphObject | undefined;
}

/** One path with one member chosen for each UNWIND. */
interface PathRecord {
  readonly path: Path;
  readonly members: ReadonlyMap<string, unknown>;
}

export function evaluateList(query: Query, paths: readonly Path[], world: ResultWorld): readonly Entity[] {
  const firstOf = new Map(paths.map((path) => [path.found.get(query.start) as Entity, path]));
  const keysOf = (entity: Entity): readonly unknown[] => {
    const records = [{ path: firstOf.get(entity) as Path, members: new Map() }];
    return query.orderBy.map(({ expression }) => valueOver(expression, records, world));
  };
  return paged(query, sorted([...firstOf.keys()], query.orderBy, keysOf));
}

export function evaluateTable(query: Query, paths: readonly Path[], world: ResultWorld): readonly Row[] {
  const columns = columnsOf(query);
  const expressions = columns.flatMap(({ item }) => (item.expression.kind === 'all' ? [] : [item.expression]));
  const records = unwound(paths, expressions, world);
  const isGrouped = expressions.some(hasAggregate);
  const groups = isGrouped ? grouped(records, columns, world) : records.map((record) => [record]);
  const rows = groups.map((group) => ({
    row: rowOf(columns, group, world),
    keys: query.orderBy.map(({ expression, isDescending }) => {
      const found = columnFor(columns, expression)?.item.expression;
      if (found && found.kind !== 'all') return valueOver(found, group, world);
      if (!isGrouped || isSettled(expression, columns)) return valueOver(expression, group, world);
      // The paths of a group differ in it: the least or greatest decides.
      return aggregate(isDescending ? 'max' : 'min', valuesOfEach(expression, group, world));
    }),
  }));
  const { having } = query;
  const kept = rows.filter(({ row }) => {
    const read = (subject: Subject): unknown => cellNamed(row, columns, subject) ?? undefined;
    return having === undefined || holds(having, { literal: world.literal, subquery: world.subquery, read });
  });
  const inOrder = sorted(kept, query.orderBy, ({ keys }) => keys).map(({ row }) => row);
  return paged(query, query.isUnique ? firstOfEqual(inOrder) : inOrder);
}

function firstOfEqual(rows: readonly Row[]): readonly Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => seen.size < seen.add(identityOf(row)).size);
}

function cellNamed(row: Row, columns: readonly Column[], subject: Subject): Cell {
  const column = subject.kind === 'reference' ? columnFor(columns, subject) : undefined;
  return column && row[column.name];
}

function rowOf(columns: readonly Column[], group: readonly PathRecord[], world: ResultWorld): Row {
  const row: Record<string, Cell> = {};
  for (const { name, item } of columns) {
    const { expression } = item;
    if (expression.kind !== 'all') {
      const key = expression.kind === 'reference' ? expression.key : undefined;
      row[name] = cellOf(key, valueOver(expression, group, world)) as Cell;
      row[name] ??= null;
    } else {
      const [first] = group;
      const object = first && world.objectOf(first.path, expression.alias);
      for (const [key, value] of Object.entries(object?.properties ?? {})) {
        if (value !== null && value !== undefined) row[`${expression.alias}.${key}`] = cellOf(key, value) as Cell;
      }
    }
  }
  return row;
}

/** The cross product of the members of all that is unwound. */
function unwound(
  paths: readonly Path[],
  expressions: readonly Expression[],
  world: ResultWorld,
): readonly PathRecord[] {
  let records: readonly PathRecord[] = paths.map((path) => ({ path, members: new Map() }));
  const calls = expressions
    .flatMap((expression) => [...partsOf(expression)])
    .filter((part) => part.kind === 'call' && isUnwind(part)) as Call[];
  for (const [name, call] of new Map(calls.map((each) => [nameOf(each), each]))) {
    records = records.flatMap((record) => {
      const value = valueOver(call.args[0] as Expression, [record], world);
      const members = Array.isArray(value)
        ? (value as unknown[])
        : value === null || value === undefined
          ? []
          : [value];
      return members.map((member) => ({ ...record, members: new Map([...record.members, [name, member]]) }));
    });
  }
  return records;
}

const isUnwind = (part: Expression): boolean => part.kind === 'call' && factsOf(part)?.kind === 'unwind';
const nameOf = (call: Call): string => {
  const [property] = call.args;
  return property?.kind === 'reference' ? JSON.stringify([property.alias, property.key]) : '';
};

/** Groups of the same values in all that is not aggregated. All of one group if there is nothing such. */
function grouped(
  records: readonly PathRecord[],
  columns: readonly Column[],
  world: ResultWorld,
): readonly (readonly PathRecord[])[] {
  const keys = columns.flatMap(({ item: { expression } }): Expression[] => {
    if (expression.kind === 'all')
      return [{ kind: 'reference', alias: expression.alias, key: undefined, at: expression.at }];
    return hasAggregate(expression) ? loose(expression) : [...referencesOf(expression)].length > 0 ? [expression] : [];
  });
  if (keys.length === 0) return [records];
  const groups = Map.groupBy(records, (record) =>
    identityOf(keys.map((key) => valueOver(key, [record], world) ?? null)),
  );
  return [...groups.values()];
}

/** What stands beside the aggregates of one expression. */
function loose(expression: Expression): Expression[] {
  if (isAggregate(expression)) return [];
  if (expression.kind === 'reference' || isUnwind(expression)) return [expression];
  if (expression.kind === 'call') return expression.args.flatMap(loose);
  if (expression.kind === 'negative') return loose(expression.of);
  return expression.kind === 'arithmetic' ? [...loose(expression.left), ...loose(expression.right)] : [];
}

/** The value of an expression over a group of records, which agree in all that is not aggregated. */
function valueOver(expression: Expression, group: readonly PathRecord[], world: ResultWorld): unknown {
  const [first] = group;
  switch (expression.kind) {
    case 'reference': {
      const object = first && world.objectOf(first.path, expression.alias);
      return expression.key === undefined ? object : valueOf(object, expression.key);
    }
    case 'negative':
      return calculate('-', 0, valueOver(expression.of, group, world));
    case 'arithmetic':
      return calculate(
        expression.operator,
        valueOver(expression.left, group, world),
        valueOver(expression.right, group, world),
      );
    case 'call': {
      if (isUnwind(expression)) return first?.members.get(nameOf(expression));
      const name = expression.name.toLowerCase();
      if (!isAggregate(expression))
        return callScalar(
          name,
          expression.args.map((arg) => valueOver(arg, group, world)),
        );
      return aggregate(name, valuesOfEach(expression.args[0] as Expression, group, world));
    }
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
      return world.literal(expression);
  }
}

/** Each different combination of the objects that the expression speaks of counts once. */
function valuesOfEach(expression: Expression, group: readonly PathRecord[], world: ResultWorld): readonly unknown[] {
  const aliases = [...referencesOf(expression)].map(({ alias }) => alias);
  const different = new Map(
    group.map((record) => [identityOf(aliases.map((alias) => world.objectOf(record.path, alias)?.id ?? null)), record]),
  );
  return [...different.values()].map((record) => valueOver(expression, [record], world));
}

function sorted<Item>(
  items: readonly Item[],
  orderBy: readonly OrderKey[],
  keysOf: (item: Item) => readonly unknown[],
): readonly Item[] {
  const withKeys = items.map((item) => ({ item, keys: keysOf(item) }));
  return withKeys
    .toSorted((a, b) => {
      for (const [at, { isDescending }] of orderBy.entries()) {
        const difference = compareForOrder(a.keys[at], b.keys[at]);
        if (difference !== 0) return isDescending ? -difference : difference;
      }
      return 0;
    })
    .map(({ item }) => item);
}

const paged = <Item>({ skip, limit }: Query, items: readonly Item[]): readonly Item[] =>
  items.slice(skip?.value ?? 0).slice(0, limit?.value);
