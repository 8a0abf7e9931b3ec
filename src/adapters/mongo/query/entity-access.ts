import type { Predicate, Scalar } from '../../../domain/query/plan/plan';
import { all, any, not } from '../../../domain/query/plan/predicates';
import { entityOrders, indexName } from '../indexes';

/** How the entities of a predicate are found. */
export interface EntityAccess {
  /** Name of the index. */
  readonly index: string;
  readonly hint: Readonly<Record<string, 1>>;
  /** Few enough to be read at once and sorted here; the index gives them in another order than that of ids. */
  readonly isSmall: boolean;
  /** By one key, which few have. */
  readonly isOneKey?: boolean;
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
  if (byKey) {
    return { ...through(entityOrders.key, byKey.values.length <= maxSmall), isOneKey: byKey.values.length === 1 };
  }
  if (of('_type', maxMerged)) return through(entityOrders.type);
  if (of('_class', maxMerged)) return through(entityOrders.class);
  return through(entityOrders.id);
}

/**
 * Alternatives of types and classes, as `(Host|aws_instance)`, in two parts with no entity in common: each has an index, and mongod
 * would rather look at all entities than join the two. Undefined for all other predicates.
 */
export function typesAndClasses(predicate: Predicate): readonly [Predicate, Predicate] | undefined {
  const members = membersOf(predicate);
  const both = members.find(isTypesAndClasses);
  if (both?.kind !== 'any') return undefined;
  const rest = members.filter((member) => member !== both);
  const [types, classes] = ['_type', '_class'].map((key) =>
    any(both.of.filter((each) => equalityOf(each)?.key === key)),
  ) as [Predicate, Predicate];
  return [all([types, ...rest]), all([classes, not(types), ...rest])];
}

/**
 * The order in which those of some ids are looked up: an index of type or class passes over the others without reading them.
 */
export function idAccess(predicate: Predicate): EntityAccess {
  const equalities = membersOf(predicate).flatMap((member) => equalityOf(member) ?? []);
  const of = (key: string) => equalities.some((equality) => equality.key === key && equality.values.length === 1);
  if (of('_type')) return through(entityOrders.type);
  return through(of('_class') ? entityOrders.class : idOrder);
}

const membersOf = (predicate: Predicate): readonly Predicate[] =>
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

const isTypesAndClasses = (predicate: Predicate): boolean =>
  predicate.kind === 'any' &&
  predicate.of.every((each) => ['_type', '_class'].includes(equalityOf(each)?.key ?? '')) &&
  equalityOf(predicate) === undefined;
