import { parseRange } from '../cidr';
import type { ComparisonOperator, Filter, Query, Reference, Subject, Value } from '../syntax/ast';
import type { PlanContext, Resolved } from './context';
import type { MatchOperator, PlanSubject, Predicate, QueryPlan } from './plan';
import { all, any, never, not } from './predicates';

/** How names and subqueries of one filter are read. */
export interface FilterReading {
  readonly context: PlanContext;
  readonly subjectOf: (subject: Subject) => PlanSubject;
  readonly planSubquery: (query: Query) => QueryPlan;
}

export function planFilter(filter: Filter, reading: FilterReading): Predicate {
  switch (filter.kind) {
    case 'and':
      return all(filter.operands.map((operand) => planFilter(operand, reading)));
    case 'or':
      return any(filter.operands.map((operand) => planFilter(operand, reading)));
    case 'cidr': {
      const range = parseRange(filter.range) ?? { from: 1, to: 0 };
      const inside: Predicate = { kind: 'addressRange', subject: reading.subjectOf(filter.left), ...range };
      return filter.isNegated ? not(inside) : inside;
    }
    case 'comparison': {
      const { operator, isNegated } = positive(filter.operator);
      const matches = planValue(reading.subjectOf(filter.left), operator, filter.right, reading);
      return isNegated ? not(matches) : matches;
    }
  }
}

/** Each negative operator is the exact negation of its positive form, for arrays, lists and absent properties too. */
function positive(operator: ComparisonOperator): { readonly operator: MatchOperator; readonly isNegated: boolean } {
  switch (operator) {
    case '=':
    case '!=':
      return { operator: '=', isNegated: operator === '!=' };
    case '~=':
    case '!~=':
      return { operator: 'contains', isNegated: operator === '!~=' };
    case '^=':
    case '!^=':
      return { operator: 'startsWith', isNegated: operator === '!^=' };
    case '$=':
    case '!$=':
      return { operator: 'endsWith', isNegated: operator === '!$=' };
    case '<':
    case '>':
    case '<=':
    case '>=':
      return { operator, isNegated: false };
  }
}

function planValue(subject: PlanSubject, operator: MatchOperator, value: Value, reading: FilterReading): Predicate {
  switch (value.kind) {
    case 'list': {
      const each = value.values.map((item) => planValue(subject, operator, item, reading));
      return value.join === 'and' ? all(each) : any(each);
    }
    case 'regex':
      return planPattern(subject, operator, value);
    case 'subquery':
      return { kind: 'among', subject, plan: reading.planSubquery(value.query) };
    case 'reference':
      return compareBoth(subject, operator, value, reading);
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
      return compareWith(subject, operator, reading.context.valueOf(value));
  }
}

/** A variable that is a list is a list of alternatives. */
function compareWith(subject: PlanSubject, operator: MatchOperator, value: Resolved): Predicate {
  if (value === null) return operator === '=' ? { kind: 'absent', subject } : never;
  if (typeof value === 'object') return any(value.map((each) => compareWith(subject, operator, each)));
  const isPartial = operator === 'contains' || operator === 'startsWith' || operator === 'endsWith';
  if (isPartial && typeof value !== 'string') return never;
  return { kind: 'compare', subject, operator, value };
}

function compareBoth(
  left: PlanSubject,
  operator: MatchOperator,
  right: Reference,
  { subjectOf }: FilterReading,
): Predicate {
  return { kind: 'compareBoth', left, operator, right: subjectOf(right) };
}

/** `=` with a pattern means that it matches somewhere; `^=` and `$=` tie it to an end. */
function planPattern(
  subject: PlanSubject,
  operator: MatchOperator,
  { pattern, flags }: Extract<Value, { readonly kind: 'regex' }>,
): Predicate {
  const where = operator === 'startsWith' ? 'start' : operator === 'endsWith' ? 'end' : 'anywhere';
  return { kind: 'pattern', subject, pattern, ignoresCase: flags === 'i', where };
}
