import { queryLimits } from '../limits';
import { faultOfPattern } from '../pattern';
import type { ComparisonOperator } from '../syntax/ast';
import { allConditionsOf, valuesOf } from '../walk';
import type { Rule } from './rule';

const ordering: ReadonlySet<ComparisonOperator> = new Set(['<', '>', '<=', '>=']);

/** Patterns that can be matched in linear time, with no flag but i. */
export const regularExpressions: Rule = function* ({ query }) {
  for (const condition of allConditionsOf(query)) {
    if (condition.kind !== 'comparison') continue;
    for (const value of valuesOf(condition.right)) {
      if (value.kind !== 'regex') continue;
      const { pattern, flags, at } = value;
      if (ordering.has(condition.operator)) {
        yield { at, what: `A regular expression cannot be compared with ${condition.operator}` };
      }
      if (flags !== '' && flags !== 'i')
        yield { at, what: `"${flags}" is no flag of a regular expression`, hint: 'There is i, for any case.' };
      const what =
        pattern.length > queryLimits.pattern
          ? `A regular expression has ${queryLimits.pattern} characters at most`
          : faultOfPattern(pattern);
      if (what !== undefined) yield { at, what };
    }
  }
};
