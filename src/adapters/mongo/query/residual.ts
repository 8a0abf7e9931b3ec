import { parseAddress } from '../../../domain/query/cidr';
import type { PlanSubject, Predicate } from '../../../domain/query/plan/plan';
import type { FoundObject, Wanted } from '../../../domain/query/run/graph-reader';

type Properties = Readonly<Record<string, unknown>>;

/** What is checked on each object because MongoDB cannot say it, and what has to be read for that. */
export function residualOf(
  residual: Predicate | undefined,
  wanted: Wanted,
): { readonly wanted: Wanted; readonly admits: (found: FoundObject) => boolean } {
  if (!residual) return { wanted, admits: () => true };
  const names = namesIn(residual);
  return {
    wanted: wanted === 'all' || names === 'all' ? 'all' : [...new Set([...wanted, ...names])],
    admits: ({ properties }) => holds(residual, properties),
  };
}

/** Properties that a predicate looks at. */
function namesIn(predicate: Predicate): Wanted {
  switch (predicate.kind) {
    case 'all':
    case 'any': {
      const each = predicate.of.map(namesIn);
      return each.includes('all') ? 'all' : each.flat();
    }
    case 'not':
      return namesIn(predicate.of);
    case 'words':
      return 'all';
    case 'compareBoth':
      return [keyOf(predicate.left), keyOf(predicate.right)];
    case 'absent':
    case 'compare':
    case 'pattern':
    case 'addressRange':
    case 'in':
    case 'among':
      return [keyOf(predicate.subject)];
  }
}

function keyOf(subject: PlanSubject): string {
  if (subject.kind !== 'property') throw new Error('a predicate on entities speaks of a column');
  return subject.key;
}

const membersOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function holds(predicate: Predicate, properties: Properties): boolean {
  const valueOf = (subject: PlanSubject) => properties[keyOf(subject)] ?? undefined;
  const anyOf = (subject: PlanSubject, test: (value: unknown) => boolean) => membersOf(valueOf(subject)).some(test);
  switch (predicate.kind) {
    case 'all':
      return predicate.of.every((each) => holds(each, properties));
    case 'any':
      return predicate.of.some((each) => holds(each, properties));
    case 'not':
      return !holds(predicate.of, properties);
    case 'absent':
      return valueOf(predicate.subject) === undefined;
    case 'compare':
      return anyOf(predicate.subject, (value) => matches(value, predicate.operator, predicate.value));
    case 'compareBoth':
      return anyOf(predicate.left, (left) =>
        anyOf(predicate.right, (right) => matches(left, predicate.operator, right)),
      );
    case 'pattern': {
      const { pattern, where, ignoresCase } = predicate;
      const tied = where === 'start' ? `^(?:${pattern})` : where === 'end' ? `(?:${pattern})$` : pattern;
      const expression = new RegExp(tied, ignoresCase ? 'i' : '');
      return anyOf(predicate.subject, (value) => typeof value === 'string' && expression.test(value));
    }
    case 'addressRange':
      return anyOf(predicate.subject, (value) => {
        const address = typeof value === 'string' ? parseAddress(value) : undefined;
        return address !== undefined && address >= predicate.from && address <= predicate.to;
      });
    case 'in':
      return anyOf(predicate.subject, (value) => (predicate.values as readonly unknown[]).includes(value));
    case 'among':
      throw new Error('a predicate reaches the reader with a subquery');
    case 'words': {
      const texts = Object.entries(properties)
        .filter(([key]) => !key.startsWith('_') || ['_key', '_type', '_class'].includes(key))
        .flatMap(([, value]) => membersOf(value))
        .filter((value) => typeof value === 'string')
        .map((text) => text.toLowerCase());
      return predicate.words.every((word) => texts.some((text) => text.includes(word)));
    }
  }
}

function matches(left: unknown, operator: string, right: unknown): boolean {
  if (typeof left !== typeof right || left === null || left === undefined) return false;
  if (operator === '=') return left === right;
  if (typeof left === 'string' && typeof right === 'string') {
    if (operator === 'contains') return left.includes(right);
    if (operator === 'startsWith') return left.startsWith(right);
    if (operator === 'endsWith') return left.endsWith(right);
    return inOrder(Buffer.compare(Buffer.from(left), Buffer.from(right)), operator);
  }
  return typeof left === 'number' && typeof right === 'number' && inOrder(left - right, operator);
}

function inOrder(difference: number, operator: string): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '>') return difference > 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>=' && difference >= 0;
}
