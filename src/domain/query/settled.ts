import { columnFor, type Column } from './columns';
import type { Expression } from './syntax/ast';
import { referencesOf } from './walk';

/**
 * Whether all paths that a row of a table stands for have the same value of an expression: it is a column, or speaks only of what
 * is returned, alone or with all of its object.
 */
export function isSettled(expression: Expression, columns: readonly Column[]): boolean {
  if (columnFor(columns, expression)) return true;
  return [...referencesOf(expression)].every(({ alias, key }) =>
    columns.some(({ item: { expression: returned } }) => {
      if (returned.kind === 'all') return returned.alias === alias;
      return returned.kind === 'reference' && returned.alias === alias && (returned.key ?? key) === key;
    }),
  );
}
