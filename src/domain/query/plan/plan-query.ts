import { checkQuery } from '../check-query';
import type { Query, Subject } from '../syntax/ast';
import { PlanContext, type PlanOptions } from './context';
import { planFilter } from './plan-filter';
import { planResult } from './plan-result';
import { planPath } from './plan-steps';
import type { QueryPlan } from './plan';
import { always } from './predicates';
import { Slots } from './slots';

/**
 * The plan of a query text. Policies are enforced in it: whoever runs it cannot see more than they allow.
 * @throws QueryError PARSER_ERROR or VALIDATION_ERROR, also for a variable without a value
 */
export function planQuery(text: string, options: PlanOptions): QueryPlan {
  const { read = checkQuery } = options;
  return planChecked(read(text), new PlanContext(text, options));
}

function planChecked(query: Query, context: PlanContext): QueryPlan {
  const slots = new Slots(query);
  const planSubquery = (subquery: Query): QueryPlan => planChecked(subquery, context);
  const reading = { context, slots, planSubquery };
  const subjectOf = (subject: Subject) => ({
    kind: 'property' as const,
    slot: subject.kind === 'reference' ? slots.named(subject.alias) : 0,
    key: subject.key ?? '',
  });
  return {
    includeDeleted: context.options.includeDeleted ?? false,
    slots: slots.all,
    ...planPath(query, reading),
    where: query.where ? planFilter(query.where, { context, planSubquery, subjectOf }) : always,
    result: planResult(query, reading),
  };
}
