import { wireEntity, wireRelationship } from '../../graph/wire-object';
import type { ColumnPlan, PlanExpression, QueryPlan, TablePlan } from '../plan/plan';
import { compileExpression, propertyOf, scopeOfPath, type Scope } from './expressions';
import type { FoundObject } from './graph-reader';
import { compilePredicate } from './holds';
import type { Slots } from './path';
import type { ResultRow } from './run-plan';
import { keyOfValues } from './value-key';

type Cell = (scope: Scope) => unknown;

/** The parts of a table as functions of a path or group. */
export class TableRows {
  private readonly cells: readonly Cell[];
  private readonly areNames: readonly boolean[];
  private readonly orderKeys: readonly Cell[];
  private readonly having: ((scope: Scope) => boolean) | undefined;
  private readonly unwinds: readonly ((slots: Slots) => unknown)[];
  private readonly named: QueryPlan['slots'];

  constructor(
    private readonly table: TablePlan,
    slots: QueryPlan['slots'],
    hasMetadata: boolean,
  ) {
    this.cells = table.columns.map(({ value }) => compileExpression(value));
    this.areNames = table.columns.map(({ value }) => isName(value, table));
    this.orderKeys = table.orderBy.map(({ by }) =>
      by.kind === 'column' ? this.cellAt(by.index) : compileExpression(by),
    );
    this.unwinds = table.unwinds.map(propertyOf);
    const { having } = table;
    this.having =
      having.kind === 'all' && having.of.length === 0
        ? undefined
        : compilePredicate<Scope>(having, {
            read: (subject) => (subject.kind === 'column' ? this.cellAt(subject.index) : () => undefined),
            bagAt: () => () => undefined,
          });
    this.named = hasMetadata && hasRowMetadata(table) ? slots : [];
  }

  /** One for each combination of members of what is unwound. */
  scopesOf(slots: Slots): readonly Scope[] {
    if (this.unwinds.length === 0) return [scopeOfPath(slots)];
    let combinations: readonly (readonly unknown[])[] = [[]];
    for (const read of this.unwinds) {
      const value = read(slots) ?? [];
      const members: readonly unknown[] = Array.isArray(value) ? value : [value];
      combinations = combinations.flatMap((each) => members.map((member) => [...each, member]));
    }
    return combinations.map((members) => scopeOfPath(slots, members));
  }

  /** Paths that are enough for all rows, if each path is a row. */
  get most(): number | undefined {
    const { skip, limit } = this.table;
    return limit === undefined || this.having || this.unwinds.length > 0 ? undefined : skip + limit;
  }

  isKept(scope: Scope): boolean {
    return this.having === undefined || this.having(scope);
  }

  orderKeysOf(scope: Scope): readonly unknown[] {
    return this.orderKeys.map((key) => key(scope));
  }

  /** The same for equal rows. */
  identityOf(scope: Scope): string {
    return keyOfValues(this.cells.map((cell) => cell(scope)));
  }

  rowOf(scope: Scope): ResultRow {
    const row: Record<string, unknown> = {};
    const { columns } = this.table;
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] as ColumnPlan;
      const value = this.cells[at]?.(scope);
      if (column.kind === 'value') row[column.name] = wireCell(this.areNames[at] === true ? oneOf(value) : value);
      else addAll(row, column.prefix, value as FoundObject | undefined | null);
    }
    if (this.named.length > 0) row['_meta'] = { byAlias: this.metadataOf(scope.slots) };
    return row;
  }

  /** A cell as HAVING and ORDER BY see it. */
  private cellAt(index: number): Cell {
    const column = this.table.columns[index];
    const cell = this.cells[index];
    if (column?.kind !== 'value' || !cell) return () => undefined;
    return (scope) => cell(scope) ?? undefined;
  }

  private metadataOf(slots: Slots): Readonly<Record<string, unknown>> {
    const byAlias: Record<string, unknown> = {};
    for (const [slot, { name, kind }] of this.named.entries()) {
      const id = slots[slot]?.properties['_id'];
      if (name === undefined || id === undefined) continue;
      byAlias[name] = { id, [kind === 'relationship' ? 'relationship' : 'entity']: { _id: id } };
    }
    return byAlias;
  }
}

/** Whether a row stands for one path, so that it can name the objects of it. */
export const hasRowMetadata = ({ isUnique, grouping }: TablePlan): boolean => !isUnique && !grouping;

/** Whether a column is the class or type of something. */
function isName(value: PlanExpression, { grouping }: TablePlan): boolean {
  const property = value.kind === 'key' ? grouping?.keys[value.index] : value;
  return property?.kind === 'property' && names.has(property.key);
}

const names = new Set(['_class', '_type']);

/** A class or type that is the only one stands by itself (contract 5.5). */
const oneOf = (value: unknown): unknown =>
  Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;

function wireCell(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const { properties } = value as FoundObject;
  return 'from' in value ? wireRelationship(properties) : wireEntity(properties);
}

function addAll(row: Record<string, unknown>, prefix: string, object: FoundObject | undefined | null): void {
  for (const [key, value] of Object.entries(object?.properties ?? {})) {
    if (value !== null && value !== undefined) row[`${prefix}.${key}`] = names.has(key) ? oneOf(value) : value;
  }
}
