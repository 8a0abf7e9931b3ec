import type { Grouping, TablePlan } from '../plan/plan';
import { canWalkDense, DenseRun } from './dense-paths';
import { scopeOfPath } from './expressions';
import type { FoundObject, FoundRelationship } from './graph-reader';
import { Groups } from './groups';
import type { PreparedRun } from './prepared-run';

/**
 * The groups of all paths. No path is made: groups keep nothing of what they are given.
 * @returns undefined where the graph is not in this process, or not until the end
 */
export async function groupsDense(
  grouping: Grouping,
  { unwinds }: TablePlan,
  prepared: PreparedRun,
): Promise<Groups | undefined> {
  const { dense } = prepared.snapshot;
  const request = { ...prepared, oncePerStart: false };
  if (!dense?.isHeld() || unwinds.length > 0 || !canWalkDense(request)) return undefined;
  // In the order of the engine, as groups come in the order of their first paths.
  const run = new DenseRun(request, dense, true);
  const { fuel, walk, startMaker } = run;
  const fill = run.filler();
  const slots = new Array<FoundObject | FoundRelationship | undefined>(prepared.plan.slots.length);
  const scope = scopeOfPath(slots);
  const groups = new Groups(grouping, prepared.budget, !prepared.strategy.isReversed);
  for (const entity of run.starts(undefined)) {
    if (entity >= 0) {
      const start = startMaker(entity);
      run.begin(entity);
      for (let outcome = walk.next(); outcome !== 'end'; outcome = walk.next()) {
        if (outcome === 'path') {
          fill(slots, start);
          groups.add(scope);
        }
        if (fuel.left < 0) await run.rest();
        if (!dense.isHeld()) return undefined;
      }
    } else await run.rest();
    if (!dense.isHeld()) return undefined;
  }
  return groups;
}
