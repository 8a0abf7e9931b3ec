import type { Predicate, Scalar } from '../../../domain/query/plan/plan';
import { entityOrders, indexName } from '../indexes';

/** How the entities of a predicate are found. */
export interface EntityAccess {
  /** Names of indexes, for reports. */
  readonly index: string;
  /** Undefined where mongod joins two indexes. */
  readonly hint: Readonly<Record<string, 1>> | undefined;
  /** Few enough to be read at once and sorted here; the index gives them in another order than that of ids. */
  readonly isSmall: boolean;
}

const through = (hint: Readonly<Record<string, 1>>, isSmall = false): EntityAccess => ({
  index: hint === idOrder ? '_id_' : indexName(hint),
  hint,
  isSmall,
});
const idOrder = { _id: 1 } as const;

/** Streams that mongod merges in the order of ids; more of one index it would sort. */
const maxMerged = 200;
/** Keys of one read whose entities are sorted here. A key is in few scopes. */
const maxSmall = 1_000;

/**
 * The way to the entities of a predicate: by the narrowest index that one of its members speaks of. Chosen here and not by mongod,
 * which would try plans against each other whenever a query has a new form.
 */
export function entityAccess(predicate: Predicate): EntityAccess {
  const equalities = membersOf(predicate).flatMap((member) => equalityOf(member) ?? []);
  const of = (key: string, most: number) =>
    equalities.find((equality) => equality.key === key && equality.values.length <= most);
  if (of('_id', Infinity)) return through(idOrder);
  const byKey = of('_key', Infinity);
  if (byKey) return through(entityOrders.key, byKey.values.length <= maxSmall);
  if (of('_type', maxMerged)) return through(entityOrders.type);
  if (of('_class', maxMerged)) return through(entityOrders.class);
  return membersOf(predicate).some(isTypesAndClasses)
    ? { index: `${indexName(entityOrders.type)}, ${indexName(entityOrders.class)}`, hint: undefined, isSmall: false }
    : through(entityOrders.id);
}

export const membersOf = (predicate: Predicate): readonly Predicate[] =>
  predicate.kind === 'all' ? predicate.of : [predicate];

/** `p = value`, `p` in a list, or alternatives of these with one `p`. */
export function equalityOf(
  predicate: Predicate,
): { readonly key: string; readonly values: readonly Scalar[] } | undefined {
  if (predicate.kind === 'any') {
    const parts = predicate.of.map(equalityOf);
    const [first] = parts;
    if (!first || parts.some((part) => part?.key !== first.key)) return undefined;
    return { key: first.key, values: [...new Set(parts.flatMap((part) => part?.values ?? []))] };
  }
  if (predicate.kind !== 'in' && (predicate.kind !== 'compare' || predicate.operator !== '=')) return undefined;
  if (predicate.subject.kind !== 'property') return undefined;
  const { key } = predicate.subject;
  return { key, values: predicate.kind === 'in' ? predicate.values : [predicate.value] };
}

/** Alternatives that are all a type or a class, as `(Host|aws_instance)` is. */
const isTypesAndClasses = (predicate: Predicate): boolean =>
  predicate.kind === 'any' &&
  predicate.of.length <= maxMerged &&
  predicate.of.every((each) => ['_type', '_class'].includes(equalityOf(each)?.key ?? ''));
