import type { PlanSubject, Predicate } from '../plan/plan';

/** The slots that a predicate speaks of. */
export function slotsOfPredicate(predicate: Predicate): ReadonlySet<number> {
  return new Set(slotsIn(predicate));
}

function* slotsIn(predicate: Predicate): Iterable<number> {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      for (const each of predicate.of) yield* slotsIn(each);
      return;
    case 'not':
      yield* slotsIn(predicate.of);
      return;
    case 'compareBoth':
      yield* slotOf(predicate.left);
      yield* slotOf(predicate.right);
      return;
    case 'words':
      yield predicate.slot;
      return;
    case 'absent':
    case 'compare':
    case 'pattern':
    case 'addressRange':
    case 'in':
    case 'among':
      yield* slotOf(predicate.subject);
  }
}

const slotOf = (subject: PlanSubject): readonly number[] => (subject.kind === 'property' ? [subject.slot] : []);
