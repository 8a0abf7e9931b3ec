import { parseAddress, type AddressRange } from '../cidr';
import type { MatchOperator, Scalar } from '../plan/plan';
import { compareText } from './order';

/** A test of one value that is no array. Values of different kinds match nothing. */
export function compileMatch(operator: MatchOperator, right: Scalar): (left: unknown) => boolean {
  if (operator === '=') return (left) => left === right;
  if (typeof right === 'number') {
    return (left) => typeof left === 'number' && isInOrder(left - right, operator);
  }
  if (typeof right !== 'string') return () => false;
  switch (operator) {
    case 'contains':
      return (left) => typeof left === 'string' && left.includes(right);
    case 'startsWith':
      return (left) => typeof left === 'string' && left.startsWith(right);
    case 'endsWith':
      return (left) => typeof left === 'string' && left.endsWith(right);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return (left) => typeof left === 'string' && isInOrder(compareText(left, right), operator);
  }
}

function isInOrder(difference: number, operator: MatchOperator): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '>':
      return difference > 0;
    case '<=':
      return difference <= 0;
    case '>=':
      return difference >= 0;
    case '=':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return false;
  }
}

/** Two values that come from the graph. An array matches by any of its members, on either side. A whole object is its id. */
export function matchesAny(left: unknown, operator: MatchOperator, right: unknown): boolean {
  if (Array.isArray(right)) return right.some((each) => matchesAny(left, operator, each));
  if (!isScalar(right)) {
    return operator === '=' && idOf(right) !== undefined && membersOf(left).some((each) => idOf(each) === idOf(right));
  }
  const matches = compileMatch(operator, right);
  return Array.isArray(left) ? left.some(matches) : matches(left);
}

const membersOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const idOf = (value: unknown): string | undefined => (value as { readonly id?: string } | null | undefined)?.id;

export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

export function compileAddressTest({ from, to }: AddressRange): (value: unknown) => boolean {
  return (value) => {
    const address = typeof value === 'string' ? parseAddress(value) : undefined;
    return address !== undefined && address >= from && address <= to;
  };
}
