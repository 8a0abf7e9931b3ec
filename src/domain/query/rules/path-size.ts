import { queryLimits } from '../limits';
import { stepsOf, subqueriesOf } from '../walk';
import type { Rule } from './rule';

/** Bounds on what one query may ask of the graph. */
export const pathSize: Rule = function* ({ query }) {
  const steps = [...stepsOf(query.steps)];
  const hop = steps.filter(({ kind }) => kind === 'hop')[queryLimits.hops];
  if (hop) yield { at: hop.at, what: `A query has ${queryLimits.hops} traversals at most` };
  const group = steps.filter(({ kind }) => kind === 'optional')[queryLimits.optionalGroups];
  if (group) yield { at: group.at, what: `A query has ${queryLimits.optionalGroups} optional traversals at most` };
  const subquery = [...subqueriesOf(query)][queryLimits.subqueries];
  if (subquery) yield { at: subquery.at, what: `A query has ${queryLimits.subqueries} subqueries at most` };
};
