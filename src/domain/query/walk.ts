import type { EntityPattern, Expression, Filter, Query, Reference, Step, Value } from './syntax/ast';

type Condition = Extract<Filter, { readonly kind: 'comparison' | 'cidr' }>;

/** All steps, a group after what is in it: its alias is written behind theirs. */
export function* stepsOf(steps: readonly Step[]): Iterable<Step> {
  for (const step of steps) {
    if (step.kind === 'optional') yield* stepsOf(step.steps);
    yield step;
  }
}

export function* patternsOf(query: Query): Iterable<EntityPattern> {
  yield query.start;
  for (const step of stepsOf(query.steps)) if (step.kind === 'hop') yield step.entity;
}

export function* conditionsOf(filter: Filter | undefined): Iterable<Condition> {
  if (filter === undefined) return;
  if (filter.kind === 'comparison' || filter.kind === 'cidr') yield filter;
  else for (const operand of filter.operands) yield* conditionsOf(operand);
}

/** The conditions of WITH, WHERE and HAVING, without those of subqueries. */
export function* allConditionsOf(query: Query): Iterable<Condition> {
  for (const { filter } of patternsOf(query)) yield* conditionsOf(filter);
  yield* conditionsOf(query.where);
  yield* conditionsOf(query.having);
}

/** The values of a list, or the one value. */
export function* valuesOf(value: Value): Iterable<Exclude<Value, { readonly kind: 'list' }>> {
  if (value.kind === 'list') for (const each of value.values) yield* valuesOf(each);
  else yield value;
}

/** The subqueries of a query, not those inside them. */
export function* subqueriesOf(query: Query): Iterable<Query> {
  for (const condition of allConditionsOf(query)) {
    if (condition.kind !== 'comparison') continue;
    for (const value of valuesOf(condition.right)) if (value.kind === 'subquery') yield value.query;
  }
}

/** An expression and all in it, outermost first. */
export function* partsOf(expression: Expression): Iterable<Expression> {
  yield expression;
  switch (expression.kind) {
    case 'negative':
      yield* partsOf(expression.of);
      return;
    case 'call':
      for (const arg of expression.args) yield* partsOf(arg);
      return;
    case 'arithmetic':
      yield* partsOf(expression.left);
      yield* partsOf(expression.right);
      return;
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
    case 'reference':
      return;
  }
}

export function* referencesOf(expression: Expression): Iterable<Reference> {
  for (const part of partsOf(expression)) if (part.kind === 'reference') yield part;
}

export const returnedExpressions = (query: Query): readonly Expression[] =>
  query.returns?.kind === 'columns'
    ? query.returns.items.flatMap(({ expression }) => (expression.kind === 'all' ? [] : [expression]))
    : [];
