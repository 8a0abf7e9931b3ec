import type { Grouping, TablePlan } from '../plan/plan';
import { denseRunOf } from './dense-paths';
import { scopeOfPath, type Scope } from './expressions';
import type { FoundObject, FoundRelationship } from './graph-reader';
import { Groups } from './groups';
import type { PreparedRun } from './prepared-run';

/**
 * Calls `visit` with all paths in the order of the engine, where the graph is in this process. No path is made: there is one scope,
 * whose slots change.
 * @returns false where it is not, or not until the end
 */
export async function eachScope(
  { unwinds }: TablePlan,
  prepared: PreparedRun,
  visit: (scope: Scope) => void,
): Promise<boolean> {
  const run = unwinds.length > 0 ? undefined : denseRunOf(prepared, true);
  if (!run) return false;
  const { startMaker } = run;
  const fill = run.filler();
  const slots = new Array<FoundObject | FoundRelationship | undefined>(prepared.plan.slots.length).fill(undefined);
  const scope = scopeOfPath(slots);
  let [last, start]: [number, FoundObject | undefined] = [-1, undefined];
  return await run.each((entity) => {
    if (entity !== last || !start) [last, start] = [entity, startMaker(entity)];
    fill(slots, start);
    visit(scope);
  });
}

/** The groups of all paths; undefined where the graph is not in this process, or not until the end. */
export async function groupsDense(
  grouping: Grouping,
  table: TablePlan,
  prepared: PreparedRun,
): Promise<Groups | undefined> {
  const groups = new Groups(grouping, prepared.budget, !prepared.strategy.isReversed);
  return (await eachScope(table, prepared, (scope) => groups.add(scope))) ? groups : undefined;
}
