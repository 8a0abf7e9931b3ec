import type { Predicate } from '../../../domain/query/plan/plan';
import { subjectsOf } from '../../../domain/query/plan/subjects';
import type { FoundObject, Wanted } from '../../../domain/query/run/graph-reader';
import { compileForBag } from '../../../domain/query/run/holds';

/** What is checked on each object because MongoDB cannot say it, and what has to be read for that. */
export function residualOf(
  residual: Predicate | undefined,
  wanted: Wanted,
): { readonly wanted: Wanted; readonly admits: ((found: FoundObject) => boolean) | undefined } {
  if (!residual) return { wanted, admits: undefined };
  const holds = compileForBag(residual);
  const names = namesIn(residual);
  return {
    wanted: wanted === 'all' || names === 'all' ? 'all' : [...new Set([...wanted, ...names])],
    admits: ({ properties }) => holds(properties),
  };
}

/** Properties that a predicate looks at. */
function namesIn(predicate: Predicate): Wanted {
  const names: string[] = [];
  for (const subject of subjectsOf(predicate)) {
    if (subject.kind === 'whole') return 'all';
    if (subject.kind === 'column') throw new Error('a predicate on entities speaks of a column');
    names.push(subject.key);
  }
  return names;
}
