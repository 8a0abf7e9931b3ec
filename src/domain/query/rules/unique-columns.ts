import type { Column } from '../columns';
import type { Rule } from './rule';

/** Two columns of one name would share one cell. The same column twice is harmless. */
export const uniqueColumns: Rule = function* ({ columns }) {
  const seen = new Map<string, Column>();
  for (const column of columns) {
    const { name, item, text } = column;
    const earlier = seen.get(name);
    if (earlier === undefined) seen.set(name, column);
    else if (earlier.text !== text) {
      yield {
        at: item.at,
        what: `Two columns have the name "${name}"`,
        hint: 'Give one of them another name with AS.',
      };
    }
  }
};
