import { compileAddressTest, compileMatch, matchesAny } from './match';
import type { PlanSubject, Predicate } from '../plan/plan';
import { compilePattern } from './linear-pattern';
import { propertyReader, type Bag } from './property-reader';

/** How a predicate sees what it speaks of. Absent and null are `undefined`. */
export interface Sight<Row> {
  readonly read: (subject: PlanSubject) => (row: Row) => unknown;
  /** All properties and metadata in a slot, as far as they were asked for. */
  readonly bagAt: (slot: number) => (row: Row) => Bag | undefined;
}

/**
 * A predicate as a function. It holds no subquery any more.
 * @throws DomainError VALIDATION_ERROR for a pattern that the rules would have refused
 */
export function compilePredicate<Row>(predicate: Predicate, sight: Sight<Row>): (row: Row) => boolean {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return compileJoined(predicate.kind, predicate.of, sight);
    case 'not': {
      const holds = compilePredicate(predicate.of, sight);
      return (row) => !holds(row);
    }
    case 'absent': {
      const read = sight.read(predicate.subject);
      return (row) => read(row) === undefined;
    }
    case 'compareBoth': {
      const [left, right] = [sight.read(predicate.left), sight.read(predicate.right)];
      return (row) => matchesAny(left(row), predicate.operator, right(row));
    }
    case 'compare':
      return ofMembers(sight.read(predicate.subject), compileMatch(predicate.operator, predicate.value));
    case 'in': {
      const values: ReadonlySet<unknown> = new Set(predicate.values);
      return ofMembers(sight.read(predicate.subject), (value) => values.has(value));
    }
    case 'pattern': {
      const matches = compilePattern(predicate);
      return ofMembers(sight.read(predicate.subject), (value) => typeof value === 'string' && matches(value));
    }
    case 'addressRange':
      return ofMembers(sight.read(predicate.subject), compileAddressTest(predicate));
    case 'words': {
      const bag = sight.bagAt(predicate.slot);
      return (row) => hasWords(bag(row), predicate.words);
    }
    case 'among':
      throw new Error('a subquery has not been answered before its predicate is used');
  }
}

/** For a predicate that speaks of one object, as those of nodes do. */
export function compileForBag(predicate: Predicate): (properties: Bag) => boolean {
  return compilePredicate<Bag>(predicate, {
    read: (subject) => (subject.kind === 'property' ? propertyReader(subject.key) : () => undefined),
    bagAt: () => (properties) => properties,
  });
}

function compileJoined<Row>(kind: 'all' | 'any', of: readonly Predicate[], sight: Sight<Row>): (row: Row) => boolean {
  const [first, second, ...more] = of.map((each) => compilePredicate(each, sight));
  if (first === undefined) return () => kind === 'all';
  if (second === undefined) return first;
  if (more.length > 0) {
    const each = [first, second, ...more];
    return kind === 'all' ? (row) => each.every((holds) => holds(row)) : (row) => each.some((holds) => holds(row));
  }
  return kind === 'all' ? (row) => first(row) && second(row) : (row) => first(row) || second(row);
}

/** On an array a leaf is true if it is for any member. */
function ofMembers<Row>(read: (row: Row) => unknown, matches: (value: unknown) => boolean): (row: Row) => boolean {
  return (row) => {
    const value = read(row);
    return Array.isArray(value) ? value.some(matches) : value !== undefined && matches(value);
  };
}

/** Of the metadata, full text looks at what says what an object is, not where it came from. */
const described: ReadonlySet<string> = new Set(['_key', '_type', '_class']);

function hasWords(bag: Bag | undefined, words: readonly string[]): boolean {
  const missing = new Set(words);
  for (const key in bag) {
    if (missing.size === 0) break;
    if (key.charCodeAt(0) === 95 /* _ */ && !described.has(key)) continue;
    const value = bag[key];
    for (const text of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof text !== 'string') continue;
      const lower = text.toLowerCase();
      for (const word of missing) if (lower.includes(word)) missing.delete(word);
    }
  }
  return missing.size === 0;
}
