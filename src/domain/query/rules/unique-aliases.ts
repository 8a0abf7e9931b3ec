import type { Rule } from './rule';

/** An alias names one thing. */
export const uniqueAliases: Rule = function* ({ aliases }) {
  for (const { name, at } of aliases.repeated) yield { at, what: `The alias "${name}" is already taken in this query` };
};
