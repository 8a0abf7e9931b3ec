import type { Grouping, TablePlan } from '../plan/plan';
import { scopeOfGroup, type Scope } from './expressions';
import type { PreparedRun } from './prepared-run';

/** Entities of which only the number is wanted, at a time. */
const pageSize = 5000;

/** The one group of a query that only counts the entities of its start; undefined for all others. */
export async function countOf(
  { keys, aggregates }: Grouping,
  { unwinds }: TablePlan,
  { plan, strategy, snapshot }: PreparedRun,
): Promise<Scope | undefined> {
  const isCount =
    plan.steps.length === 0 &&
    unwinds.length === 0 &&
    keys.length === 0 &&
    aggregates.every(({ name, of }) => name === 'count' && of.kind === 'object');
  if (!isCount) return undefined;
  const { predicate } = strategy.start;
  let count = await snapshot.count(predicate);
  if (count === undefined) {
    count = 0;
    for await (const page of snapshot.entities({ predicate, wanted: [], pageSize })) count += page.length;
  }
  return scopeOfGroup(
    [],
    aggregates.map(() => count),
  );
}
