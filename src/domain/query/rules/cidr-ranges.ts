import { parseRange } from '../cidr';
import { allConditionsOf } from '../walk';
import type { Rule } from './rule';

/** cidr() takes a range of IPv4 addresses. */
export const cidrRanges: Rule = function* ({ query }) {
  for (const condition of allConditionsOf(query)) {
    if (condition.kind === 'cidr' && parseRange(condition.range) === undefined) {
      yield {
        at: condition.at,
        what: `"${condition.range}" is no range of IPv4 addresses`,
        hint: "Such as '10.0.0.0/8'.",
      };
    }
  }
};
