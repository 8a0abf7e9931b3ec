import type { PlanSubject, Predicate } from '../../../domain/query/plan/plan';
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
  switch (predicate.kind) {
    case 'all':
    case 'any': {
      const each = predicate.of.map(namesIn);
      return each.includes('all') ? 'all' : each.flat();
    }
    case 'not':
      return namesIn(predicate.of);
    case 'words':
      return 'all';
    case 'compareBoth':
      return [keyOf(predicate.left), keyOf(predicate.right)];
    case 'absent':
    case 'compare':
    case 'pattern':
    case 'addressRange':
    case 'in':
    case 'among':
      return [keyOf(predicate.subject)];
  }
}

function keyOf(subject: PlanSubject): string {
  if (subject.kind !== 'property') throw new Error('a predicate on entities speaks of a column');
  return subject.key;
}
