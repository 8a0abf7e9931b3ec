import { quoteNames } from '../aliases';
import type { Reference } from '../syntax/ast';
import { conditionsOf, valuesOf } from '../walk';
import { hintForUnknown, type Fault, type Rule } from './rule';

/** WHERE compares properties of what the query names. */
export const predicateSelectors: Rule = function* ({ query, aliases }) {
  const names = [...aliases.bound.keys()];
  for (const condition of conditionsOf(query.where)) {
    const right = condition.kind === 'comparison' ? [...valuesOf(condition.right)] : [];
    for (const each of [condition.left, ...right]) {
      if (each.kind !== 'reference') continue;
      if (aliases.bound.has(each.alias)) yield* wholeObject(each);
      else yield unknownSelector(each, names, each !== condition.left);
    }
  }
};

function unknownSelector(reference: Reference, names: readonly string[], isValue: boolean): Fault {
  const { alias, key, at } = reference;
  return {
    at,
    what: `Invalid predicate filter selector provided: "${alias}", valid predicate selectors are: ${quoteNames(names)}`,
    hint: isValue && key === undefined ? `Text is written in quotes: '${alias}'.` : hintForUnknown(reference, names),
  };
}

function* wholeObject({ alias, key, at }: Reference): Iterable<Fault> {
  if (key !== undefined) return;
  yield {
    at,
    what: `"${alias}" is a whole object, and WHERE compares properties`,
    hint: `Write ${alias}._id, for example.`,
  };
}
