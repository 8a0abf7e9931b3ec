import type { Document, Filter } from 'mongodb';
import { isUuid } from '../../domain/graph/identity';
import { searchedNames, type Selection } from '../../domain/graph/vertex-selection';
import type { Predicate } from '../../domain/query/plan/plan';
import type { GraphDocument } from './collections';
import { idFromText } from './packed-ids';
import { encodePropertyName } from './property-names';

const nothing: Document = { $alwaysFalse: 1 };
const idNames: ReadonlySet<string> = new Set(['_id', '_fromEntityId', '_toEntityId']);
/** Stored beside the members of an object, but none. */
const hiddenNames: ReadonlySet<string> = new Set(['_overrides', '_touched']);

/** A selection, or a policy, as a filter: they say nothing but which properties are equal to what. */
export function selectionFilter({ predicate, words }: Selection): Filter<GraphDocument> {
  const searched = words.map((word) => {
    const pattern = word.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
    return { $or: searchedNames.map((name) => ({ [name]: { $regex: pattern, $options: 'i' } })) };
  });
  const equal = predicateFilter(predicate);
  return searched.length === 0 ? equal : { $and: [equal, ...searched] };
}

/** @throws for conditions other than `=` on a property, and `all` and `any` of these */
export function predicateFilter(predicate: Predicate): Document {
  if (predicate.kind === 'all') return predicate.of.length === 0 ? {} : { $and: predicate.of.map(predicateFilter) };
  if (predicate.kind === 'any') return predicate.of.length === 0 ? nothing : anyOf(predicate.of);
  if (predicate.kind === 'compare' && predicate.operator === '=' && predicate.subject.kind === 'property') {
    return equalTo(predicate.subject.key, [predicate.value]);
  }
  throw new Error(`a selection has a condition of the kind ${predicate.kind}`);
}

/** Values of one property as one list, which an index answers at once. */
function anyOf(alternatives: readonly Predicate[]): Document {
  const keys = new Set(
    alternatives.map((each) => (each.kind === 'compare' && each.subject.kind === 'property' ? each.subject.key : '')),
  );
  const [key] = keys;
  if (!key || keys.size > 1) return { $or: alternatives.map(predicateFilter) };
  return equalTo(
    key,
    alternatives.flatMap((each) => (each.kind === 'compare' ? [each.value] : [])),
  );
}

function equalTo(key: string, values: readonly unknown[]): Document {
  if (key === '_latest') return values.includes(true) ? {} : nothing;
  if (key === '' || hiddenNames.has(key) || key.includes('\0')) return nothing;
  const stored = idNames.has(key)
    ? values.filter((value) => typeof value === 'string' && isUuid(value)).map((id) => idFromText(id as string))
    : values.filter((value) => typeof value !== 'string' || value.isWellFormed());
  if (stored.length === 0) return nothing;
  return { [encodePropertyName(key)]: stored.length === 1 ? { $eq: stored[0] } : { $in: stored } };
}
