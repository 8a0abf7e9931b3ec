import { columnFor, columnsOf, type Column } from '../columns';
import { hasAggregate } from '../functions';
import { isSettled } from '../settled';
import type { Expression, Query, Subject } from '../syntax/ast';
import { returnedExpressions } from '../walk';
import { ExpressionPlanner } from './plan-expression';
import { planFilter, type FilterReading } from './plan-filter';
import type { ColumnPlan, ListPlan, PlanSubject, QueryPlan, SortKey, TablePlan } from './plan';
import { always } from './predicates';
import type { Slots } from './slots';

interface ResultReading extends Omit<FilterReading, 'subjectOf'> {
  readonly slots: Slots;
}

/** What becomes of the paths: a list of start entities, a table or a tree. */
export function planResult(query: Query, reading: ResultReading): QueryPlan['result'] {
  if (query.returns?.kind === 'tree') return { kind: 'tree' };
  return query.returns === undefined ? planList(query, reading) : planTable(query, reading);
}

const pagingOf = ({ skip, limit }: Query) => ({ skip: skip?.value ?? 0, limit: limit?.value });

function planList(query: Query, { context, slots }: ResultReading): ListPlan {
  const expressions = new ExpressionPlanner(context, slots);
  const orderBy = query.orderBy.map(({ expression, isDescending }) => ({
    by: expressions.ofPath(expression),
    isDescending,
  }));
  return { kind: 'list', orderBy, ...pagingOf(query) };
}

function planTable(query: Query, reading: ResultReading): TablePlan {
  const expressions = new ExpressionPlanner(reading.context, reading.slots);
  const columns = columnsOf(query);
  const isGrouped = returnedExpressions(query).some(hasAggregate);
  const plan = (expression: Expression) =>
    isGrouped ? expressions.ofGroup(expression) : expressions.ofPath(expression);
  const planned = columns.map((column) => planColumn(column, plan));
  const orderBy = query.orderBy.map(({ expression, isDescending }): SortKey => {
    const column = columnFor(columns, expression);
    if (column) return { by: { kind: 'column', index: columns.indexOf(column) }, isDescending };
    // Paths of one group may differ in what is not returned.
    const isOpen = isGrouped && !isSettled(expression, columns);
    const by = isOpen ? expressions.extremeOf(expression, isDescending) : plan(expression);
    return { by, isDescending };
  });
  return {
    kind: 'table',
    isUnique: query.isUnique,
    unwinds: expressions.unwinds,
    grouping: isGrouped ? { keys: expressions.keys, aggregates: expressions.aggregates } : undefined,
    columns: planned,
    having: query.having
      ? planFilter(query.having, { ...reading, subjectOf: (subject) => cellOf(subject, columns) })
      : always,
    orderBy,
    ...pagingOf(query),
  };
}

function planColumn({ name, item }: Column, plan: (expression: Expression) => ColumnPlan['value']): ColumnPlan {
  const { expression } = item;
  if (expression.kind !== 'all') return { kind: 'value', name, value: plan(expression) };
  const { alias, at } = expression;
  return { kind: 'all', prefix: alias, value: plan({ kind: 'reference', alias, key: undefined, at }) };
}

/** HAVING sees the cells of a row. */
function cellOf(subject: Subject, columns: readonly Column[]): PlanSubject {
  const column = subject.kind === 'reference' ? columnFor(columns, subject) : undefined;
  if (!column) throw new Error('HAVING of no column passed the rules');
  return { kind: 'column', index: columns.indexOf(column) };
}
