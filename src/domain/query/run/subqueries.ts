import type { NodePlan, Predicate, QueryPlan, Scalar, StepPlan } from '../plan/plan';

/** A plan whose subqueries have been answered: `among` has become `in`. Equal subqueries are asked once. */
export async function answerSubqueries(
  plan: QueryPlan,
  answer: (subquery: QueryPlan) => Promise<readonly Scalar[]>,
): Promise<QueryPlan> {
  const subqueries = new Map<string, QueryPlan>();
  for (const predicate of predicatesOf(plan)) collect(predicate, subqueries);
  if (subqueries.size === 0) return plan;
  const answers = new Map<string, readonly Scalar[]>();
  for (const [text, subquery] of subqueries) answers.set(text, await answer(subquery));
  return mapPredicates(plan, (predicate) => answered(predicate, answers));
}

/** Plans are data: equal texts, equal plans. */
const textOf = (plan: QueryPlan): string => JSON.stringify(plan);

function collect(predicate: Predicate, into: Map<string, QueryPlan>): void {
  if (predicate.kind === 'among') into.set(textOf(predicate.plan), predicate.plan);
  if (predicate.kind === 'not') collect(predicate.of, into);
  if (predicate.kind === 'all' || predicate.kind === 'any') for (const each of predicate.of) collect(each, into);
}

function answered(predicate: Predicate, answers: ReadonlyMap<string, readonly Scalar[]>): Predicate {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return { ...predicate, of: predicate.of.map((each) => answered(each, answers)) };
    case 'not':
      return { ...predicate, of: answered(predicate.of, answers) };
    case 'among':
      return { kind: 'in', subject: predicate.subject, values: answers.get(textOf(predicate.plan)) ?? [] };
    case 'absent':
    case 'compare':
    case 'compareBoth':
    case 'pattern':
    case 'addressRange':
    case 'in':
    case 'words':
      return predicate;
  }
}

function predicatesOf({ start, steps, where, result }: QueryPlan): readonly Predicate[] {
  const ofStep = (step: StepPlan): readonly Predicate[] =>
    step.kind === 'hop' ? [step.node.predicate] : step.steps.flatMap(ofStep);
  return [start.predicate, ...steps.flatMap(ofStep), where, ...(result.kind === 'table' ? [result.having] : [])];
}

function mapPredicates(plan: QueryPlan, map: (predicate: Predicate) => Predicate): QueryPlan {
  const ofNode = (node: NodePlan): NodePlan => ({ ...node, predicate: map(node.predicate) });
  const ofStep = (step: StepPlan): StepPlan =>
    step.kind === 'hop' ? { ...step, node: ofNode(step.node) } : { ...step, steps: step.steps.map(ofStep) };
  const { result } = plan;
  return {
    ...plan,
    start: ofNode(plan.start),
    steps: plan.steps.map(ofStep),
    where: map(plan.where),
    result: result.kind === 'table' ? { ...result, having: map(result.having) } : result,
  };
}
