import type { Grouping, TablePlan } from '../plan/plan';
import { countDense } from './dense-count';
import { scopeOfGroup, type Scope } from './expressions';
import type { PreparedRun } from './prepared-run';

/** Entities of which only the number is wanted, at a time. */
const pageSize = 5000;

/** The one group of a query that only counts objects, where that needs no paths to be kept; undefined for all others. */
export async function countOf(
  { keys, aggregates }: Grouping,
  { unwinds }: TablePlan,
  run: PreparedRun,
): Promise<Scope | undefined> {
  const isCount = unwinds.length === 0 && keys.length === 0;
  const slots = aggregates.flatMap(({ name, of }) => (name === 'count' && of.kind === 'object' ? [of.slot] : []));
  if (!isCount || slots.length < aggregates.length) return undefined;
  const counts = run.plan.steps.length > 0 ? await countDense(slots, run) : await countStarts(slots, run);
  return counts && scopeOfGroup([], counts);
}

async function countStarts(slots: readonly number[], { strategy, snapshot }: PreparedRun): Promise<readonly number[]> {
  const { predicate } = strategy.start;
  let count = await snapshot.count(predicate);
  if (count === undefined) {
    count = 0;
    for await (const page of snapshot.entities({ predicate, wanted: [], pageSize })) count += page.length;
  }
  return slots.map(() => count);
}
