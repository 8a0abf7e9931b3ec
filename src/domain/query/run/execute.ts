import type { QueryPlan, Scalar } from '../plan/plan';
import { Budget } from './budget';
import type { GraphSnapshot } from './graph-reader';
import { runList } from './list-run';
import { isScalar } from './match';
import type { PreparedRun } from './prepared-run';
import { usualSizes, type RunSizes } from './sizes';
import { chooseStrategy, isStreamed } from './strategy';
import { answerSubqueries } from './subqueries';
import { runTable } from './table-run';
import type { PlanRun, RunBatch, RunOptions } from './run-plan';
import { runTree } from './tree-run';
import { WantedProperties } from './wanted';

/** What is chosen for a run if it is not told. */
export interface Choices {
  readonly sizes?: RunSizes;
  /** Number of the node that the walk starts from, counted along the first hops. */
  readonly first?: number | undefined;
  /** That of the query whose subquery this is. */
  readonly budget?: Budget;
}

/** Behind `runPlan`, which chooses everything itself. */
export function execute(
  asked: QueryPlan,
  snapshot: GraphSnapshot,
  options: RunOptions,
  { sizes = usualSizes, first: decided, budget: given }: Choices = {},
): PlanRun {
  const plan = withoutIdleGroups(asked);
  const chosen = chooseStrategy(plan, decided);
  const isResumable = !chosen.isReversed && isStreamed(plan.result);
  async function* batches(): AsyncIterable<RunBatch> {
    const budget = given ?? new Budget(options.limits.maxBytes);
    const answered = await answerSubqueries(plan, async (subquery) => {
      const run = execute(subquery, snapshot, { limits: options.limits }, { sizes, budget });
      return await scalarsOf(run, budget);
    });
    const strategy = answered === plan ? chosen : chooseStrategy(answered, chosen.first);
    const wanted = new WantedProperties(plan.slots.length).ofWalk(strategy);
    const run = { plan: answered, strategy, snapshot, budget, options, sizes, isResumable, wanted };
    yield* batchesOf(run);
  }
  return { type: plan.result.kind, isResumable, batches };
}

function batchesOf(run: PreparedRun): AsyncIterable<RunBatch> {
  const { result } = run.plan;
  switch (result.kind) {
    case 'list':
      return runList(result, run);
    case 'table':
      return runTable(result, run);
    case 'tree':
      return runTree(run);
  }
}

/** A list needs one path of each start: groups that are left joins change nothing, unless WHERE asks for them. */
function withoutIdleGroups(plan: QueryPlan): QueryPlan {
  const { where, result, steps } = plan;
  if (result.kind !== 'list' || where.kind !== 'all' || where.of.length > 0) return plan;
  return { ...plan, steps: steps.filter((step) => step.kind !== 'optional' || !step.isTrailing) };
}

/** The values of the only column of a subquery. Members of arrays are values of their own; null is none. */
async function scalarsOf(run: PlanRun, budget: Budget): Promise<readonly Scalar[]> {
  const values = new Set<Scalar>();
  for await (const { rows } of run.batches()) {
    for (const row of rows) {
      for (const value of Object.values(row).flat()) {
        if (!isScalar(value) || values.has(value)) continue;
        budget.hold(40 + (typeof value === 'string' ? value.length : 0));
        values.add(value);
      }
    }
  }
  return [...values];
}
