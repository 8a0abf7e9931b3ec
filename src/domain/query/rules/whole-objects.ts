import type { Expression } from '../syntax/ast';
import type { Fault, Rule } from './rule';

/** A whole entity or relationship is a cell of its own or is counted; functions and arithmetic take values. */
export const wholeObjects: Rule = function* ({ columns, aliases }) {
  for (const { item } of columns) {
    if (item.expression.kind !== 'all' && item.expression.kind !== 'reference') {
      yield* faultsIn(item.expression, (alias) => aliases.bound.has(alias));
    }
  }
};

function* faultsIn(expression: Expression, isKnown: (alias: string) => boolean): Iterable<Fault> {
  switch (expression.kind) {
    case 'reference':
      if (expression.key === undefined && isKnown(expression.alias)) {
        const { alias, at } = expression;
        yield {
          at,
          what: `"${alias}" is a whole object, and a value is needed here`,
          hint: `Write ${alias}.displayName, for example.`,
        };
      }
      return;
    case 'call':
      if (expression.name.toLowerCase() === 'count') return;
      for (const arg of expression.args) yield* faultsIn(arg, isKnown);
      return;
    case 'negative':
      yield* faultsIn(expression.of, isKnown);
      return;
    case 'arithmetic':
      yield* faultsIn(expression.left, isKnown);
      yield* faultsIn(expression.right, isKnown);
      return;
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
      return;
  }
}
