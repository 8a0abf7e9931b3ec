import { parseAddress, type AddressRange } from '../../../src/domain/query/cidr';

/** Positive comparison of two values that are no arrays. Values of different kinds match nothing. */
function matchesOne(left: unknown, operator: string, right: unknown): boolean {
  if (typeof left !== typeof right || left === null || left === undefined) return false;
  if (operator === '=') return left === right;
  if (typeof left === 'string' && typeof right === 'string') {
    if (operator === 'contains') return left.includes(right);
    if (operator === 'startsWith') return left.startsWith(right);
    if (operator === 'endsWith') return left.endsWith(right);
    return inOrder(compareText(left, right), operator);
  }
  return typeof left === 'number' && typeof right === 'number' && inOrder(left - right, operator);
}

function inOrder(difference: number, operator: string): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '>') return difference > 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>=' && difference >= 0;
}

const membersOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** An array matches by any of its members, on either side. */
export const matches = (left: unknown, operator: string, right: unknown): boolean =>
  membersOf(left).some((each) => membersOf(right).some((other) => matchesOne(each, operator, other)));

export function matchesPattern(value: unknown, pattern: string, ignoresCase: boolean, where: string): boolean {
  const tied = where === 'start' ? `^(?:${pattern})` : where === 'end' ? `(?:${pattern})$` : pattern;
  const expression = new RegExp(tied, ignoresCase ? 'i' : '');
  return membersOf(value).some((each) => typeof each === 'string' && expression.test(each));
}

export function isInRange(value: unknown, { from, to }: AddressRange): boolean {
  return membersOf(value).some((each) => {
    const address = typeof each === 'string' ? parseAddress(each) : undefined;
    return address !== undefined && address >= from && address <= to;
  });
}

/** Metadata that full text looks at; what else begins with an underscore says where an object came from, not what it is. */
const described = new Set(['_key', '_type', '_class']);

/** Every word is part of some text of the properties, in any case. */
export function hasWords(properties: Readonly<Record<string, unknown>>, words: readonly string[]): boolean {
  const texts = Object.entries(properties)
    .filter(([key]) => !key.startsWith('_') || described.has(key))
    .flatMap(([, value]) => membersOf(value))
    .filter((value) => typeof value === 'string')
    .map((text) => text.toLowerCase());
  return words.every((word) => texts.some((text) => text.includes(word)));
}

/** By code point. */
function compareText(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rankOf(value: unknown): number {
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (Array.isArray(value)) return 4;
  if (typeof value === 'boolean') return 5;
  return value === null || value === undefined ? 6 : 3;
}

/** ORDER BY: numbers, strings, whole objects by id, arrays member by member, false, true, nothing. */
export function compareForOrder(left: unknown, right: unknown): number {
  const difference = rankOf(left) - rankOf(right);
  if (difference !== 0) return difference;
  if (typeof left === 'number' || typeof left === 'boolean') return Number(left) - Number(right);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
      const inner = compareForOrder(left[at], right[at]);
      if (inner !== 0) return inner;
    }
    return left.length - right.length;
  }
  const idOf = (value: unknown): string => (value as { id?: string } | null)?.id ?? '';
  return compareText(idOf(left), idOf(right));
}

/** Equal for equal values; a whole object is its id. */
export function identityOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && 'properties' in part
      ? { id: (part as { id?: unknown }).id }
      : (part ?? null),
  );
}

/** In a row a class or type that is the only one stands by itself. */
export const cellOf = (key: string | undefined, value: unknown): unknown =>
  (key === '_class' || key === '_type') && Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;

const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export function calculate(operator: string, left: unknown, right: unknown): number | null {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === undefined || b === undefined) return null;
  if (operator === '+') return finite(a + b);
  if (operator === '-') return finite(a - b);
  if (operator === '*') return finite(a * b);
  return finite(operator === '/' ? a / b : a ** b);
}

export function callScalar(name: string, args: readonly unknown[]): unknown {
  const present = args.filter((arg) => arg !== null && arg !== undefined);
  if (name === 'concat') return present.map((arg) => membersOf(arg).map(String).join(',')).join('');
  if (name === 'coalesce') return present[0] ?? null;
  if (name === 'merge') {
    const members = present.flatMap(membersOf).filter((member) => member !== null);
    return members.filter((member, at) => members.findIndex((other) => other === member) === at);
  }
  const value = asNumber(args[0]);
  if (value === undefined) return null;
  if (name === 'abs') return Math.abs(value);
  if (name === 'sqrt') return finite(Math.sqrt(value));
  if (name === 'ceil') return Math.ceil(value);
  if (name === 'floor') return Math.floor(value);
  return Math.floor(value + 0.5);
}

/** @param values those of each different object, null where there is none */
export function aggregate(name: string, values: readonly unknown[]): unknown {
  const present = values.filter((value) => value !== null && value !== undefined);
  if (name === 'count') return new Set(present.map(identityOf)).size;
  if (name === 'min' || name === 'max') {
    const sorted = present.filter((value) => typeof value !== 'object').toSorted(compareForOrder);
    return (name === 'min' ? sorted[0] : sorted.at(-1)) ?? null;
  }
  const numbers = present.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return null;
  const sum = numbers.reduce((total, value) => total + value, 0);
  return finite(name === 'sum' ? sum : sum / numbers.length);
}
