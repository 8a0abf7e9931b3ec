import { allConditionsOf, valuesOf } from '../walk';
import type { Rule } from './rule';

/** A subquery gives the values of one property, for = and !=. */
export const subqueryShape: Rule = function* ({ query, columns, isSubquery }) {
  for (const condition of allConditionsOf(query)) {
    if (condition.kind !== 'comparison') continue;
    const { operator } = condition;
    for (const value of valuesOf(condition.right)) {
      if (value.kind === 'subquery' && operator !== '=' && operator !== '!=') {
        yield { at: value.at, what: `A subquery can be compared with = and != only, not with ${operator}` };
      }
    }
  }
  if (!isSubquery) return;
  const expression = columns[0]?.item.expression;
  const isWhole = expression?.kind === 'all' || (expression?.kind === 'reference' && expression.key === undefined);
  if (columns.length !== 1 || isWhole) {
    yield {
      at: query.returns?.at ?? query.at,
      what: 'A subquery must return exactly one property',
      hint: 'Such as RETURN a.accountId.',
    };
  }
};
