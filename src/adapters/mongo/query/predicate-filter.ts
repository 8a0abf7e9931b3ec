import type { Binary } from 'mongodb';
import { type Document } from 'mongodb';
import { isUuid } from '../../../domain/graph/identity';
import type { MatchOperator, PlanSubject, Predicate, Scalar } from '../../../domain/query/plan/plan';
import { all } from '../../../domain/query/plan/predicates';
import { idFromText } from '../packed-ids';
import { encodePropertyName } from '../property-names';
import { isStored, latestName } from './found-objects';

export interface PredicateFilter {
  /** Lets through all that the predicate is true of, and more if there is a residual; undefined for nothing at all. */
  readonly filter: Document | undefined;
  /** What the filter does not say; to be checked on each object. */
  readonly residual: Predicate | undefined;
}

/** Translated, with MongoDB's meaning the same as the predicate's wherever `isExact`. */
interface Translated {
  readonly filter: Document;
  readonly isExact: boolean;
}

const anything: Document = {};
const impossible: Document = { $alwaysFalse: 1 };
const exactly = (filter: Document): Translated => ({ filter, isExact: true });
const atMost = (filter: Document): Translated => ({ filter, isExact: false });

/** mongod refuses conditions in each other 100 times, and `$nor` and `$and` of one level are two. */
const maxDepth = 30;
/** A command is at most 16 MB. */
const maxListBytes = 4_000_000;
/** Patterns of PCRE are at most 32 KB. */
const maxPattern = 4_000;

/**
 * A predicate on entities as a filter of MongoDB. What cannot be said there exactly becomes a wider filter and a residual: of a
 * conjunction only those members.
 */
export function filterOf(predicate: Predicate): PredicateFilter {
  const parts = predicate.kind === 'all' ? predicate.of : [predicate];
  const translated = parts.map((part) => ({ part, ...translate(part, true, 0) }));
  const filter = conjunction(translated);
  const rest = translated.filter(({ isExact }) => !isExact).map(({ part }) => part);
  return { filter: filter === impossible ? undefined : filter, residual: rest.length === 0 ? undefined : all(rest) };
}

/** @param isAffirmed false for the negation of the predicate */
function translate(predicate: Predicate, isAffirmed: boolean, depth: number): Translated {
  switch (predicate.kind) {
    case 'not':
      return translate(predicate.of, !isAffirmed, depth);
    case 'all':
    case 'any': {
      if (depth >= maxDepth) return atMost(anything);
      const parts = predicate.of.map((part) => translate(part, isAffirmed, depth + 1));
      const filter = (predicate.kind === 'all') === isAffirmed ? conjunction(parts) : disjunction(parts);
      return { filter, isExact: parts.every(({ isExact }) => isExact) };
    }
    case 'absent':
    case 'compare':
    case 'compareBoth':
    case 'pattern':
    case 'addressRange':
    case 'in':
    case 'among':
    case 'words': {
      const leaf = translateLeaf(predicate);
      if (isAffirmed) return leaf;
      return leaf.isExact ? exactly(negation(leaf.filter)) : atMost(anything);
    }
  }
}

function conjunction(parts: readonly Translated[]): Document {
  const filters = parts.map(({ filter }) => filter).filter((filter) => filter !== anything);
  if (filters.includes(impossible)) return impossible;
  return filters.length > 1 ? { $and: filters } : (filters[0] ?? anything);
}

function disjunction(parts: readonly Translated[]): Document {
  const filters = parts.map(({ filter }) => filter).filter((filter) => filter !== impossible);
  if (filters.includes(anything)) return anything;
  return filters.length > 1 ? { $or: filters } : (filters[0] ?? impossible);
}

function negation(filter: Document): Document {
  if (filter === anything) return impossible;
  return filter === impossible ? anything : { $nor: [filter] };
}

type Leaf = Exclude<Predicate, { readonly kind: 'all' | 'any' | 'not' }>;

function translateLeaf(leaf: Leaf): Translated {
  switch (leaf.kind) {
    case 'absent':
      return onField(leaf.subject, {
        // An array that holds null is there.
        stored: (field) => exactly({ [field]: { $eq: null, $not: { $type: 'array' } } }),
        id: () => exactly(impossible),
        latest: () => exactly(impossible),
        hidden: () => exactly(anything),
      });
    case 'compare':
      return compare(leaf.subject, leaf.operator, leaf.value);
    case 'in':
      return isOneOf(leaf.subject, leaf.values);
    case 'pattern':
    case 'addressRange':
      return onField(leaf.subject, {
        stored: (field) => atMost({ [field]: { $type: 'string' } }),
        id: () => atMost(anything),
        latest: () => exactly(impossible),
        hidden: () => exactly(impossible),
      });
    case 'compareBoth':
      return atMost(conjunction([isThere(leaf.left), isThere(leaf.right)]));
    case 'words':
      return atMost(anything);
    case 'among':
      throw new Error('a predicate reaches the reader with a subquery');
  }
}

const isThere = (subject: PlanSubject): Translated =>
  onField(subject, {
    stored: (field) => atMost({ [field]: { $exists: true } }),
    id: () => atMost(anything),
    latest: () => atMost(anything),
    hidden: () => exactly(impossible),
  });

function compare(subject: PlanSubject, operator: MatchOperator, value: Scalar): Translated {
  if (operator === '=') return isOneOf(subject, [value]);
  if (typeof value === 'boolean') return exactly(impossible);
  return onField(subject, {
    stored: (field) => {
      const order = orderOperators[operator];
      if (order !== undefined) return isStorable(value) ? exactly({ [field]: { [order]: value } }) : atMost(anything);
      return typeof value === 'string' ? part(field, operator, value) : exactly(impossible);
    },
    id: () => atMost(anything),
    latest: () => exactly(impossible),
    hidden: () => exactly(impossible),
  });
}

const orderOperators: Partial<Record<MatchOperator, string>> = { '<': '$lt', '>': '$gt', '<=': '$lte', '>=': '$gte' };

/** Where a part of a text lies; `\z` is the very end, `$` would also be before a last line break. */
function part(field: string, operator: MatchOperator, text: string): Translated {
  if (!isStorable(text) || text.includes('\0') || text.length > maxPattern)
    return atMost({ [field]: { $type: 'string' } });
  const quoted = text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  const pattern = operator === 'startsWith' ? `^${quoted}` : operator === 'endsWith' ? `${quoted}\\z` : quoted;
  return exactly({ [field]: { $regex: pattern } });
}

function isOneOf(subject: PlanSubject, values: readonly Scalar[]): Translated {
  return onField(subject, {
    stored: (field) => {
      // Text that has no UTF-8 form is in no document.
      const storable = values.filter(isStorable);
      if (sizeOf(storable) > maxListBytes) return atMost({ [field]: { $exists: true } });
      return exactly(equalToAny(field, storable));
    },
    id: (field) => {
      const ids = values.filter((value) => typeof value === 'string' && isUuid(value) && value === value.toLowerCase());
      if (ids.length * 24 > maxListBytes) return atMost(anything);
      return exactly(
        equalToAny(
          field,
          ids.map((id) => idFromText(id as string)),
        ),
      );
    },
    latest: () => exactly(values.includes(true) ? anything : impossible),
    hidden: () => exactly(impossible),
  });
}

function equalToAny(field: string, values: readonly (Scalar | Binary)[]): Document {
  if (values.length === 0) return impossible;
  return { [field]: values.length === 1 ? { $eq: values[0] } : { $in: values } };
}

const isStorable = (value: Scalar): boolean => typeof value !== 'string' || value.isWellFormed();
const sizeOf = (values: readonly Scalar[]): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? 3 * value.length + 16 : 16), 0);

/** What a name means decides what can be said of it. Of entities, only `_id` is an id. */
function onField<Result>(
  subject: PlanSubject,
  cases: {
    readonly stored: (field: string) => Result;
    readonly id: (field: string) => Result;
    readonly latest: () => Result;
    /** No entity that queries see has it. */
    readonly hidden: () => Result;
  },
): Result {
  if (subject.kind !== 'property') throw new Error('a predicate on entities speaks of a column');
  const { key } = subject;
  if (key === latestName) return cases.latest();
  if (!isStored(key)) return cases.hidden();
  return key === '_id' ? cases.id(key) : cases.stored(encodePropertyName(key));
}
