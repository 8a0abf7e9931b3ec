import type { QueryPlan, TablePlan } from '../plan/plan';
import { sizeOfBag } from './budget';
import { eachScope, groupsDense } from './dense-table';
import { scopeOfPath, type Scope } from './expressions';
import { countOf } from './fast-count';
import { Groups } from './groups';
import { isLate, LateColumns } from './late-columns';
import { Ordered } from './order-by';
import type { Paths } from './path';
import { pause } from '../../../lib/pause';
import { paged, startKeyOf, type Placed } from './positions';
import type { PreparedRun } from './prepared-run';
import type { RunBatch } from './run-plan';
import { pathsOf } from './started-walk';
import { TableRows } from './table-rows';
import { WantedProperties } from './wanted';

/** Rows that are made of groups or sorted paths at once. */
const pieceSize = 4000;
/** Rows of which twice as many are sorted in one go. */
const maxFirstRows = 2000;

export function runTable(table: TablePlan, run: PreparedRun): AsyncIterable<RunBatch> {
  const { options, isResumable, plan, wanted } = run;
  const hasMetadata = options.rowMetadata ?? false;
  for (const { by } of table.orderBy) {
    const cell = by.kind === 'column' ? table.columns[by.index]?.value : by;
    if (cell) wanted.expression(cell);
  }
  const columns = new WantedProperties(plan.slots.length);
  wantColumns(table, hasMetadata ? plan.slots : [], columns);
  const late = isLate(table, run) ? new LateColumns(run, columns) : undefined;
  for (const [slot, { kind }] of plan.slots.entries()) {
    if (!late || kind === 'relationship') wanted.slot(slot, columns.of(slot));
  }
  wanted.positions(plan);
  const rows = new TableRows(table, plan.slots, hasMetadata);
  const { skip, limit } = table;
  const scopes = isResumable ? scopesInOrder(rows, run) : unplaced(wholeTable(table, rows, run));
  const paging = { skip, limit, from: options.from, isOnePerStart: false };
  return paged(scopes, paging, async (items) => {
    const complete = late ? await late.read(items) : items;
    return complete.map((scope) => rows.rowOf(scope));
  });
}

function wantColumns(table: TablePlan, named: QueryPlan['slots'], columns: WantedProperties): void {
  for (const unwound of table.unwinds) columns.expression(unwound);
  for (const { value } of table.columns) columns.expression(value);
  for (const key of table.grouping?.keys ?? []) columns.expression(key);
  for (const { of } of table.grouping?.aggregates ?? []) if (of.kind !== 'object') columns.expression(of);
  for (const [slot, { name }] of named.entries()) if (name !== undefined) columns.key(slot, '_id');
}

async function* scopesInOrder(rows: TableRows, run: PreparedRun): AsyncIterable<readonly Placed<Scope>[]> {
  const after = startKeyOf(run.options.from);
  const most = run.plan.steps.length === 0 ? rows.most : undefined;
  for await (const paths of pathsOf({ ...run, oncePerStart: false }, { after, isPaged: true, most })) {
    const piece: Placed<Scope>[] = [];
    for (const { slots, root } of paths) {
      for (const item of rows.scopesOf(slots)) if (rows.isKept(item)) piece.push({ item, start: root.start.id });
    }
    yield piece;
  }
}

async function* unplaced<Item>(pieces: AsyncIterable<readonly Item[]>): AsyncIterable<readonly Placed<Item>[]> {
  for await (const piece of pieces) yield piece.map((item) => ({ item, start: '' }));
}

/** With groups, UNIQUE and ORDER BY. */
async function* wholeTable(table: TablePlan, rows: TableRows, run: PreparedRun): AsyncIterable<readonly Scope[]> {
  const first = await firstRows(table, rows, run);
  if (first) return yield* inPieces(first);
  const found = table.grouping
    ? inPieces(await groupsOf(table, rows, run))
    : scopesOf(pathsOf({ ...run, oncePerStart: false }, { isPaged: false }), rows);
  const kept = filtered(found, (scope) => rows.isKept(scope));
  if (table.orderBy.length > 0) yield* inPieces(await orderedScopes(table, kept, rows, run));
  else if (table.isUnique) yield* uniqueScopes(kept, rows, run);
  else yield* kept;
}

async function groupsOf(table: TablePlan, rows: TableRows, run: PreparedRun): Promise<Iterable<Scope>> {
  const { grouping = { keys: [], aggregates: [] } } = table;
  const counted = await countOf(grouping, table, run);
  if (counted) return [counted];
  const dense = await groupsDense(grouping, table, run);
  if (dense) return dense.scopes();
  const groups = new Groups(grouping, run.budget, !run.strategy.isReversed);
  for await (const scopes of scopesOf(pathsOf({ ...run, oncePerStart: false }, { isPaged: false }), rows)) {
    for (const scope of scopes) groups.add(scope);
  }
  return groups.scopes();
}

async function* scopesOf(paths: Paths, rows: TableRows): AsyncIterable<readonly Scope[]> {
  for await (const piece of paths) yield piece.flatMap(({ slots }) => rows.scopesOf(slots));
}

async function* filtered(
  pieces: AsyncIterable<readonly Scope[]>,
  isKept: (scope: Scope) => boolean,
): AsyncIterable<readonly Scope[]> {
  for await (const piece of pieces) yield piece.filter(isKept);
}

async function* uniqueScopes(
  pieces: AsyncIterable<readonly Scope[]>,
  rows: TableRows,
  { budget }: PreparedRun,
): AsyncIterable<readonly Scope[]> {
  const seen = new Set<string>();
  for await (const piece of pieces) {
    yield piece.filter((scope) => {
      const identity = rows.identityOf(scope);
      if (seen.has(identity)) return false;
      budget.hold(60 + identity.length);
      seen.add(identity);
      return true;
    });
  }
}

/** The first paths by ORDER BY; undefined where the graph is not in this process, or there may be many. */
async function firstRows(table: TablePlan, rows: TableRows, run: PreparedRun): Promise<readonly Scope[] | undefined> {
  const { orderBy, isUnique, skip, limit, grouping } = table;
  const most = limit === undefined ? Infinity : skip + limit;
  if (grouping || isUnique || orderBy.length === 0 || most > maxFirstRows) return undefined;
  const ordered = new Ordered<Scope>(orderBy, most, run.budget);
  const isWhole = await eachScope(table, run, (scope) => {
    if (!rows.isKept(scope)) return;
    ordered.add(() => scopeOfPath(scope.slots.slice()), rows.orderKeysOf(scope), sizeOfScope);
    if (ordered.isFull) ordered.shrinkNow();
  });
  return isWhole ? await ordered.sorted() : undefined;
}

/** Of equal rows of UNIQUE the first in the order stays. */
async function orderedScopes(
  table: TablePlan,
  pieces: AsyncIterable<readonly Scope[]>,
  rows: TableRows,
  { budget }: PreparedRun,
): Promise<readonly Scope[]> {
  const { orderBy, isUnique, skip, limit } = table;
  const most = limit === undefined || isUnique ? Infinity : skip + limit;
  const ordered = new Ordered<Scope>(orderBy, most, budget);
  for await (const piece of pieces) {
    for (const scope of piece) ordered.add(() => scope, rows.orderKeysOf(scope), sizeOfScope);
    if (ordered.isFull) await ordered.shrink();
  }
  const sorted = await ordered.sorted();
  if (!isUnique) return sorted;
  const seen = new Set<string>();
  return sorted.filter((scope) => seen.size < seen.add(rows.identityOf(scope)).size);
}

function sizeOfScope({ slots, keys, totals }: Scope): number {
  let bytes = 200 + 16 * (keys.length + totals.length);
  for (const object of slots) if (object) bytes += 8 + sizeOfBag(object.properties);
  return bytes;
}

async function* inPieces(scopes: Iterable<Scope>): AsyncIterable<readonly Scope[]> {
  let piece: Scope[] = [];
  for (const scope of scopes) {
    if (piece.push(scope) < pieceSize) continue;
    yield piece;
    piece = [];
    await pause();
  }
  if (piece.length > 0) yield piece;
}
