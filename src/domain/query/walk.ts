import type { EntityPattern, Expression, Filter, Query, Reference, Step, Value } from './syntax/ast';

type Condition = Extract<Filter, { readonly kind: 'comparison' | 'cidr' }>;

/** All steps, a group after what is in it: its alias is written behind theirs. */
export const stepsOf = (steps: readonly Step[]): readonly Step[] =>
  steps.some(({ kind }) => kind === 'optional')
    ? steps.flatMap((step) => (step.kind === 'optional' ? [...stepsOf(step.steps), step] : [step]))
    : steps;

function patternsOf(query: Query): readonly EntityPattern[] {
  const patterns = [query.start];
  for (const step of stepsOf(query.steps)) if (step.kind === 'hop') patterns.push(step.entity);
  return patterns;
}

export function conditionsOf(filter: Filter | undefined, found: Condition[] = []): readonly Condition[] {
  if (filter === undefined) return found;
  if (filter.kind === 'comparison' || filter.kind === 'cidr') found.push(filter);
  else for (const operand of filter.operands) conditionsOf(operand, found);
  return found;
}

/** The conditions of WITH, WHERE and HAVING, without those of subqueries. */
export function allConditionsOf(query: Query): readonly Condition[] {
  const found: Condition[] = [];
  for (const { filter } of patternsOf(query)) conditionsOf(filter, found);
  conditionsOf(query.where, found);
  return conditionsOf(query.having, found);
}

type Single = Exclude<Value, { readonly kind: 'list' }>;

/** The values of a list, or the one value. */
export const valuesOf = (value: Value): readonly Single[] =>
  value.kind === 'list' ? value.values.flatMap(valuesOf) : [value];

/** The subqueries of a query, not those inside them. */
export function subqueriesOf(query: Query): readonly Query[] {
  const found: Query[] = [];
  for (const condition of allConditionsOf(query)) {
    if (condition.kind !== 'comparison') continue;
    for (const value of valuesOf(condition.right)) if (value.kind === 'subquery') found.push(value.query);
  }
  return found;
}

/** An expression and all in it, outermost first. */
export function partsOf(expression: Expression, found: Expression[] = []): readonly Expression[] {
  found.push(expression);
  switch (expression.kind) {
    case 'negative':
      return partsOf(expression.of, found);
    case 'call':
      for (const arg of expression.args) partsOf(arg, found);
      return found;
    case 'arithmetic':
      partsOf(expression.left, found);
      return partsOf(expression.right, found);
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
    case 'reference':
      return found;
  }
}

export const referencesOf = (expression: Expression): readonly Reference[] =>
  partsOf(expression).filter((part) => part.kind === 'reference');

export const returnedExpressions = (query: Query): readonly Expression[] =>
  query.returns?.kind === 'columns'
    ? query.returns.items.flatMap(({ expression }) => (expression.kind === 'all' ? [] : [expression]))
    : [];
