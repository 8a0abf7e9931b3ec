import type { Document } from 'mongodb';
import { searchedNames, type Selection } from '../../domain/graph/vertex-selection';
import type { Predicate } from '../../domain/query/plan/plan';
import { filterOf } from './query/predicate-filter';

const nothing: Document = { $alwaysFalse: 1 };

/** A selection as a filter of MongoDB. */
export function selectionFilter({ predicate, words }: Selection): Document {
  const searched = words.map((word) => {
    const pattern = word.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
    return { $or: searchedNames.map((name) => ({ [name]: { $regex: pattern, $options: 'i' } })) };
  });
  return searched.length === 0 ? exactFilter(predicate) : { $and: [exactFilter(predicate), ...searched] };
}

/** Of the predicates of selections and policies, which say what is equal to what. @throws for one that MongoDB cannot decide alone */
export function exactFilter(predicate: Predicate): Document {
  const { filter = nothing, residual } = filterOf(predicate);
  if (residual) throw new Error(`a selection has a condition of the kind ${residual.kind}`);
  return filter;
}
