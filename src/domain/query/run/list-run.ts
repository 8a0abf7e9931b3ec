import { wireEntity } from '../../graph/wire-object';
import type { ListPlan, SortKey } from '../plan/plan';
import { always } from '../plan/predicates';
import { sizeOfBag } from './budget';
import { compileExpression, scopeOfPath } from './expressions';
import type { FoundObject, IdKey } from './graph-reader';
import { Ordered } from './order-by';
import type { Paths } from './path';
import { paged, startKeyOf, type Placed } from './positions';
import type { PreparedRun } from './prepared-run';
import type { ResultRow, RunBatch } from './run-plan';
import { pathsOf } from './started-walk';

/** The different start entities of all paths. */
export function runList(list: ListPlan, run: PreparedRun): AsyncIterable<RunBatch> {
  const { plan, strategy, options, isResumable } = run;
  const { skip, limit, orderBy } = list;
  // What a list shows is read for the rows that are given; where each start is one, with the start itself.
  const isPlain = plan.steps.length === 0 && orderBy.length === 0;
  const { wanted } = run;
  if (isPlain) wanted.all(strategy.start.slot);
  for (const { by } of orderBy) wanted.expression(by);
  wanted.positions(plan);
  const most = isPlain && limit !== undefined ? skip + limit : undefined;
  const paths = pathsOf(
    { ...run, oncePerStart: true },
    {
      after: isResumable ? startKeyOf(options.from) : undefined,
      isPaged: isResumable,
      most,
    },
  );
  const starts = isResumable
    ? startsOf(paths, Math.min(run.sizes.rows, limit === undefined ? Infinity : skip + limit))
    : orderedStarts(list, paths, run);
  const rowsOf = async (items: readonly FoundObject[]): Promise<readonly ResultRow[]> =>
    (isPlain ? items : await wholeOf(items, run)).map(({ properties }) => ({ ...wireEntity(properties) }));
  return paged(starts, { skip, limit, from: options.from, isOnePerStart: isResumable }, rowsOf);
}

async function* startsOf(paths: Paths, pieceSize: number): AsyncIterable<readonly Placed<FoundObject>[]> {
  let piece: Placed<FoundObject>[] = [];
  let last: unknown;
  for await (const found of paths) {
    for (const { root } of found) {
      if (root === last) continue;
      [last, root.isDone] = [root, true];
      piece.push({ item: root.start, start: root.start.id });
    }
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

async function* orderedStarts(
  { orderBy, skip, limit }: ListPlan,
  paths: Paths,
  { budget, plan, strategy, sizes }: PreparedRun,
): AsyncIterable<readonly Placed<FoundObject>[]> {
  // By id, as in a list that is given start by start.
  const byId: SortKey = { by: { kind: 'object', slot: plan.start.slot }, isDescending: false };
  const order = orderBy.length > 0 ? orderBy : [byId];
  const keys = order.map(({ by }) => (by.kind === 'column' ? () => undefined : compileExpression(by)));
  const ordered = new Ordered<FoundObject>(order, limit === undefined ? Infinity : skip + limit, budget);
  const seen = new Set<IdKey>();
  for await (const found of paths) {
    for (const { root, slots } of found) {
      const start = slots[plan.start.slot] as FoundObject;
      if (seen.has(start.id)) continue;
      if (!strategy.isReversed) root.isDone = true;
      seen.add(start.id);
      budget.hold(80);
      const scope = scopeOfPath(slots);
      ordered.add(
        () => start,
        keys.map((key) => key(scope)),
        sizeOfStart,
      );
    }
    if (ordered.isFull) await ordered.shrink();
  }
  const sorted = await ordered.sorted();
  for (let from = 0; from < sorted.length; from += sizes.rows) {
    yield sorted.slice(from, from + sizes.rows).map((item) => ({ item, start: '' }));
  }
}

const sizeOfStart = ({ properties }: FoundObject): number => 100 + sizeOfBag(properties);

/** The same entities with all their properties, in the same order. */
async function wholeOf(items: readonly FoundObject[], { snapshot }: PreparedRun): Promise<readonly FoundObject[]> {
  const ids = items.map(({ id }) => id);
  const whole = await snapshot.entitiesById({ ids, predicate: always, wanted: 'all' });
  const byId = new Map(whole.map((each) => [each.id, each]));
  return items.flatMap(({ id }) => byId.get(id) ?? []);
}
