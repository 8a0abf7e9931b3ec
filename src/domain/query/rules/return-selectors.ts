import { quoteNames } from '../aliases';
import type { Reference } from '../syntax/ast';
import { referencesOf } from '../walk';
import { hintForUnknown, type Rule } from './rule';

/** RETURN speaks only of what the query names. */
export const returnSelectors: Rule = function* ({ aliases, columns }) {
  const names = [...aliases.bound.keys()];
  for (const { item } of columns) {
    const { expression } = item;
    const references: Iterable<Reference> =
      expression.kind === 'all'
        ? [{ kind: 'reference', alias: expression.alias, key: '*', at: expression.at }]
        : referencesOf(expression);
    for (const reference of references) {
      if (aliases.bound.has(reference.alias)) continue;
      yield {
        at: reference.at,
        what: `Invalid return selector provided: "${reference.alias}", valid return selectors are: ${quoteNames(names)}`,
        hint: hintForUnknown(reference, names),
      };
    }
  }
};
