import type { Predicate } from '../plan/plan';
import { subjectsOf } from '../plan/subjects';

/** The slots that a predicate speaks of. */
export function slotsOfPredicate(predicate: Predicate): ReadonlySet<number> {
  const slots = new Set<number>();
  for (const subject of subjectsOf(predicate)) if (subject.kind !== 'column') slots.add(subject.slot);
  return slots;
}
