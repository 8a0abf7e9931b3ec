import { quoteNames } from '../aliases';
import { columnFor } from '../columns';
import { hasAggregate } from '../functions';
import type { Reference } from '../syntax/ast';
import { referencesOf } from '../walk';
import { hintForUnknown, type Fault, type Rule, type Scope } from './rule';

/**
 * What a result can be ordered by: a list by properties of its start entity, a table by its columns and by
 * properties of anything named.
 */
export const orderKeys: Rule = function* (scope) {
  const { query, columns } = scope;
  if (query.returns?.kind === 'tree') return;
  for (const { expression, at } of query.orderBy) {
    if (columnFor(columns, expression)) continue;
    if (hasAggregate(expression)) {
      yield {
        at,
        what: 'ORDER BY an aggregate needs it among the columns of RETURN',
        hint: 'Name it there with AS and order by that name.',
      };
      continue;
    }
    for (const reference of referencesOf(expression)) yield* faultOf(reference, scope);
  }
};

function* faultOf(reference: Reference, scope: Scope): Iterable<Fault> {
  const { query, aliases, columns } = scope;
  const bound = aliases.bound.get(reference.alias);
  const names = [...new Set([...columns.map(({ name }) => name), ...aliases.bound.keys()])];
  const { at } = reference;
  if (query.returns === undefined) {
    const start = names.filter((name) => isStart(scope, name));
    if (!isStart(scope, reference.alias) || reference.key === undefined) {
      const what = `Invalid order selector provided: "${reference.alias}", valid order selectors are: ${quoteNames(start)}`;
      const hint = bound
        ? 'Without RETURN the result is ordered by properties of its start entity.'
        : hintForUnknown(reference, start);
      yield { at, what, hint };
    }
  } else if (bound === undefined || reference.key === undefined) {
    const what = `Invalid order selector provided: "${reference.alias}", valid order selectors are: ${quoteNames(names)}`;
    yield { at, what, hint: bound ? '' : hintForUnknown(reference, [...aliases.bound.keys()]) };
  }
}

function isStart({ query, aliases }: Scope, name: string): boolean {
  const bound = aliases.bound.get(name);
  return bound?.kind === 'entity' && bound.pattern === query.start;
}
