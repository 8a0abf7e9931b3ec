import type { PlanSubject, Predicate } from './plan';

/** What a leaf of a predicate looks at; `whole` stands for all texts of an object. */
type Looked = PlanSubject | { readonly kind: 'whole'; readonly slot: number };

/** Everything that a predicate looks at, as often as it does. Subqueries speak of slots of their own and are not entered. */
export function* subjectsOf(predicate: Predicate): Iterable<Looked> {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      for (const each of predicate.of) yield* subjectsOf(each);
      return;
    case 'not':
      yield* subjectsOf(predicate.of);
      return;
    case 'compareBoth':
      yield predicate.left;
      yield predicate.right;
      return;
    case 'words':
      yield { kind: 'whole', slot: predicate.slot };
      return;
    case 'absent':
    case 'compare':
    case 'pattern':
    case 'addressRange':
    case 'in':
    case 'among':
      yield predicate.subject;
  }
}
