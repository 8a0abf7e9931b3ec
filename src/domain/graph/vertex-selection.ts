import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../errors';
import type { Predicate, Scalar } from '../query/plan/plan';
import { all, any } from '../query/plan/predicates';

/** How the conditions of a selection go together; AND unless something else is said. */
export type FilterType = 'AND' | 'OR' | 'AND_WITH_SAME_FIELD_OR' | 'AND_WITH_CLASS_OR' | 'OR_WITH_CLASS_OR';

/** As clients send it: null, empty texts and empty lists say nothing. */
export interface SelectionRequest {
  readonly filters?: Readonly<Record<string, string | readonly (string | null)[] | null>> | null;
  /** Names and values of properties. */
  readonly propertyFilters?: unknown;
  readonly filterType?: FilterType | null;
  readonly search?: string | null;
}

export interface Selection {
  /** Speaks of slot 0. */
  readonly predicate: Predicate;
  /** Each of these words, in lower case, has to be part of one of `searchedNames`, in any case. */
  readonly words: readonly string[];
}

export const searchedNames = ['displayName', 'name', '_key', '_type', '_class'] as const;

/** Of one selection: names, and values of each. */
const maxValues = 1000;
/** Of all texts together; longer lists cannot be asked of a database at once. */
const maxCharacters = 1_000_000;
const maxWords = 10;

/**
 * Which entities a request asks for. Fields go together by AND or OR. Several values of one field are alternatives under OR and
 * AND_WITH_SAME_FIELD_OR, those of `_class` under the two with CLASS_OR as well; otherwise the entity must have all of them.
 * An entity has one `_type`, so its values are always alternatives.
 * @throws DomainError BAD_REQUEST for property filters that are none
 */
export function selectionOf({ filters, propertyFilters, filterType, search }: SelectionRequest): Selection {
  const type = filterType ?? 'AND';
  const fields = [...Object.entries(filters ?? {}), ...propertyEntries(propertyFilters)]
    .map(([key, values]) => [key, valuesOf(values)] as const)
    .filter(([, values]) => values.length > 0);
  if (fields.some(([, values]) => values.length > maxValues) || fields.length > maxValues) {
    throw refusal([{ where: 'filters', what: `may have ${maxValues} fields, and as many values of each` }]);
  }
  if (JSON.stringify(fields).length > maxCharacters) {
    throw refusal([{ where: 'filters', what: `may have ${maxCharacters} characters` }]);
  }
  const parts = fields.map(([key, values]) => {
    const conditions = values.map((value) => equal(key, value));
    return isAlternative(type, key) ? any(conditions) : all(conditions);
  });
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, maxWords);
  const isOr = type === 'OR' || type === 'OR_WITH_CLASS_OR';
  return { predicate: isOr && parts.length > 0 ? any(parts) : all(parts), words };
}

/** The value of this field where it is all that the selection asks for; else undefined. */
export function onlyField(selection: Selection, key: '_id' | '_type' | '_class'): string | undefined {
  const { predicate, words } = selection;
  if (words.length > 0 || predicate.kind !== 'compare' || predicate.operator !== '=') return undefined;
  const { subject, value } = predicate;
  return subject.kind === 'property' && subject.key === key && typeof value === 'string' ? value : undefined;
}

export const isEverything = ({ predicate, words }: Selection): boolean =>
  words.length === 0 && predicate.kind === 'all' && predicate.of.length === 0;

function isAlternative(type: FilterType, key: string): boolean {
  if (type === 'OR' || type === 'AND_WITH_SAME_FIELD_OR' || key === '_type') return true;
  return key === '_class' && (type === 'AND_WITH_CLASS_OR' || type === 'OR_WITH_CLASS_OR');
}

const equal = (key: string, value: Scalar): Predicate => ({
  kind: 'compare',
  subject: { kind: 'property', slot: 0, key },
  operator: '=',
  value,
});

const valuesOf = (values: unknown): readonly Scalar[] =>
  [values].flat().filter((value): value is Scalar => value !== null && value !== undefined && value !== '');

function propertyEntries(filters: unknown): readonly (readonly [string, unknown])[] {
  if (filters === null || filters === undefined || filters === '') return [];
  if (Array.isArray(filters) && filters.length === 0) return [];
  if (typeof filters !== 'object' || Array.isArray(filters)) {
    throw refusal([{ where: 'propertyFilters', what: 'must be an object of property names and values' }]);
  }
  const entries = Object.entries(filters);
  const problems = entries
    .filter(([, value]) => ![value].flat().every(isScalarOrNull))
    .map(([name]) => ({
      where: `propertyFilters.${name}`,
      what: 'must be a string, a number, a boolean or an array of these',
    }));
  if (problems.length > 0) throw refusal(problems);
  return entries;
}

const isScalarOrNull = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

const refusal = (problems: readonly Problem[]): DomainError =>
  new DomainError(ErrorCode.badRequest, `${problems[0]?.where ?? ''} ${problems[0]?.what ?? ''}.`, problems);
