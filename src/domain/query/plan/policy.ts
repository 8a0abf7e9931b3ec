import type { Predicate, Scalar } from './plan';
import { all, any } from './predicates';

/**
 * Which entities somebody may see (semantics 5): statements are alternatives; in one, each key must have one of its values.
 * No statement allows nothing; an empty statement allows everything.
 */
export type QueryPolicy = readonly PolicyStatement[];
export type PolicyStatement = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** As a condition on one node. An entity that fails it does not exist for the query: no path ends at it or passes through it. */
export function policyPredicate(policy: QueryPolicy, slot: number): Predicate {
  return any(
    policy.map((statement) =>
      all(
        Object.entries(statement).map(([key, values]) =>
          any(
            (typeof values === 'object' ? values : [values]).map((value) => ({
              kind: 'compare',
              subject: { kind: 'property', slot, key },
              operator: '=',
              value,
            })),
          ),
        ),
      ),
    ),
  );
}
