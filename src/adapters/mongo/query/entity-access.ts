import type { Document } from 'mongodb';
import type { Predicate, Scalar } from '../../../domain/query/plan/plan';

/** How entities are found: an index of `indexes.ts` by its name, and the part of the filter that it answers. */
export interface EntityAccess {
  readonly index: string;
  readonly hint: Document;
  /** Whether documents come in the order of ids without being sorted. */
  readonly isOrdered: boolean;
}

const byId: EntityAccess = { index: '_id_', hint: { _id: 1 }, isOrdered: true };
const byKey: EntityAccess = { index: '_accountId_1__key_1', hint: { _accountId: 1, _key: 1 }, isOrdered: false };
const byType: EntityAccess = { index: '_accountId_1__type_1', hint: { _accountId: 1, _type: 1 }, isOrdered: false };
const byClass: EntityAccess = { index: '_accountId_1__class_1', hint: { _accountId: 1, _class: 1 }, isOrdered: false };

/**
 * The way to the entities of a predicate: by the narrowest index that one of its members speaks of. Chosen here and not by mongod,
 * which would try plans against each other whenever a query has a new form.
 */
export function entityAccess(predicate: Predicate): EntityAccess {
  const members = predicate.kind === 'all' ? predicate.of : [predicate];
  const keys = new Set(members.map(keyOfEquality));
  if (keys.has('_id')) return byId;
  if (keys.has('_key')) return byKey;
  if (keys.has('_type')) return byType;
  return keys.has('_class') ? byClass : byId;
}

/** The one property that this member gives a value or a list of values for. */
function keyOfEquality(predicate: Predicate): string | undefined {
  const values = equality(predicate);
  return values?.key;
}

/** `p = value`, `p` in a list, or alternatives of these with one `p`. */
export function equality(
  predicate: Predicate,
): { readonly key: string; readonly values: readonly Scalar[] } | undefined {
  if (predicate.kind === 'any') {
    const parts = predicate.of.map(equality);
    const [first] = parts;
    if (!first || parts.some((part) => part?.key !== first.key)) return undefined;
    return { key: first.key, values: parts.flatMap((part) => part?.values ?? []) };
  }
  if (predicate.kind !== 'in' && (predicate.kind !== 'compare' || predicate.operator !== '=')) return undefined;
  if (predicate.subject.kind !== 'property') return undefined;
  const { key } = predicate.subject;
  return { key, values: predicate.kind === 'in' ? predicate.values : [predicate.value] };
}
