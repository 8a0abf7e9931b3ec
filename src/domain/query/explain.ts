import { printQuery } from './syntax/print';
import { checkQuery } from './check-query';
import { hintsOn, type KnownNames } from './hints';
import type { QueryPlan } from './plan/plan';
import type { QueryPolicy } from './plan/policy';
import type { ExplainedRead, Explanation } from './queries';
import { pageRows } from './query-pages';
import type { GraphSnapshot, ReadReport } from './run/graph-reader';
import { runPlan } from './run/run-plan';

/** Runs a query up to its first page and says what was read for it. */
export async function explain(request: {
  readonly text: string;
  readonly plan: QueryPlan;
  readonly snapshot: GraphSnapshot;
  readonly names: KnownNames;
  readonly policies: readonly QueryPolicy[];
  readonly limits: { readonly maxBytes: number };
  readonly now: () => number;
}): Promise<Explanation> {
  const { text, plan, snapshot, names, policies, limits, now } = request;
  const begin = now();
  const run = runPlan(plan, snapshot, { limits });
  let rows = 0;
  for await (const batch of run.batches()) {
    rows += batch.rows.length;
    if (run.isResumable && rows > pageRows) break;
  }
  const ms = now() - begin;
  const reads = summed(snapshot.reads);
  const hints = await hintsOn(plan, { snapshot, names, policies });
  return {
    query: printQuery(checkQuery(text)),
    plan,
    reads,
    rows: Math.min(rows, pageRows),
    isStreamed: run.isResumable,
    ms,
    hints,
  };
}

function summed(reports: readonly ReadReport[]): readonly ExplainedRead[] {
  const kinds = Map.groupBy(reports, ({ read, index }) => `${read} ${index}`);
  return [...kinds.values()].flatMap((group) => {
    const [first] = group;
    const sum = (of: (report: ReadReport) => number): number => group.reduce((total, each) => total + of(each), 0);
    return first === undefined
      ? []
      : [
          {
            read: first.read,
            index: first.index,
            calls: group.length,
            rows: sum(({ rows }) => rows),
            ms: Math.round(1000 * sum(({ ms }) => ms)) / 1000,
          },
        ];
  });
}
