import { quoteNames } from '../aliases';
import { columnFor } from '../columns';
import { conditionsOf, valuesOf } from '../walk';
import type { Rule } from './rule';

/** HAVING filters rows of a table, and sees what is in them. */
export const havingColumns: Rule = function* ({ query, columns }) {
  if (query.having === undefined) return;
  if (query.returns?.kind !== 'columns') {
    yield { at: query.having.at, what: 'HAVING filters the rows of a table, and there is no RETURN with columns' };
    return;
  }
  const named = columns.filter(({ item }) => item.expression.kind !== 'all');
  for (const condition of conditionsOf(query.having)) {
    const right = condition.kind === 'comparison' ? [...valuesOf(condition.right)] : [];
    for (const each of [condition.left, ...right]) {
      if (each.kind !== 'reference' || columnFor(named, each)) continue;
      const name = each.key === undefined ? each.alias : `${each.alias}.${each.key}`;
      yield {
        at: each.at,
        what: `Invalid HAVING column provided: "${name}", valid columns are: ${quoteNames(named.map((column) => column.name))}`,
        hint: 'Return it with AS and use that name.',
      };
    }
  }
};
