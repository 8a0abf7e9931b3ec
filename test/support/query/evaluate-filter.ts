import { parseRange } from '../../../src/domain/query/cidr';
import type { Filter, Literal, Query, Subject, Value } from '../../../src/domain/query/syntax/ast';
import { addToDate } from '../../../src/domain/query/syntax/dates';
import { isInRange, matches, matchesPattern } from './values';

/** What a filter needs to know of where it stands. */
export interface FilterWorld {
  readonly read: (subject: Subject) => unknown;
  readonly literal: (literal: Literal) => unknown;
  /** The cells of the only column of a subquery. */
  readonly subquery: (query: Query) => readonly unknown[];
}

export function holds(filter: Filter, world: FilterWorld): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((operand) => holds(operand, world));
    case 'or':
      return filter.operands.some((operand) => holds(operand, world));
    case 'cidr': {
      const range = parseRange(filter.range);
      return (range !== undefined && isInRange(world.read(filter.left), range)) !== filter.isNegated;
    }
    case 'comparison': {
      const isNegated = filter.operator.startsWith('!');
      const operator = isNegated ? filter.operator.slice(1) : filter.operator;
      return compares(world.read(filter.left), operator, filter.right, world) !== isNegated;
    }
  }
}

const names: Readonly<Record<string, string>> = { '~=': 'contains', '^=': 'startsWith', '$=': 'endsWith' };

function compares(left: unknown, operator: string, value: Value, world: FilterWorld): boolean {
  switch (value.kind) {
    case 'list': {
      const each = value.values.map((item) => compares(left, operator, item, world));
      return value.join === 'and' ? !each.includes(false) : each.includes(true);
    }
    case 'regex': {
      const where = operator === '^=' ? 'start' : operator === '$=' ? 'end' : 'anywhere';
      return matchesPattern(left, value.pattern, value.flags === 'i', where);
    }
    case 'subquery':
      return world.subquery(value.query).some((cell) => matches(left, '=', cell));
    case 'reference':
      return matches(left, names[operator] ?? operator, world.read(value));
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter': {
      const right = world.literal(value);
      if (right === undefined || right === null) return operator === '=' && left === undefined;
      return matches(left, names[operator] ?? operator, right);
    }
  }
}

export function literalValue(literal: Literal, now: number, variables: Readonly<Record<string, unknown>>): unknown {
  switch (literal.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return literal.value;
    case 'undefined':
      return undefined;
    case 'date':
      return literal.ms;
    case 'now':
      return addToDate(now, literal.amount, literal.unit);
    case 'parameter':
      return variables[literal.name];
  }
}
