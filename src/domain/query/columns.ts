import type { AllProperties, Expression, Query, ReturnItem } from './syntax/ast';
import { printExpression } from './syntax/print';

export interface Column {
  /** Key of the cell in a row; `alias.*` stands for one column per property. */
  readonly name: string;
  readonly item: ReturnItem;
  /** The expression in one form, by which ORDER BY and HAVING can mean it. */
  readonly text: string;
}

/** The columns of a table: named by AS, or by what is written. */
export function columnsOf({ returns }: Query): readonly Column[] {
  if (returns?.kind !== 'columns') return [];
  return returns.items.map((item) => {
    const { expression, alias } = item;
    const text = expression.kind === 'all' ? writtenName(expression) : textOf(expression);
    return { name: alias?.name ?? writtenName(expression), item, text };
  });
}

/** Brackets are no part of the name: `p.[special-name]` is the column `p.special-name`. */
function writtenName(expression: Expression | AllProperties): string {
  if (expression.kind === 'all') return `${expression.alias}.*`;
  if (expression.kind === 'reference') return nameOfReference(expression);
  return printExpression(expression);
}

const nameOfReference = ({ alias, key }: { readonly alias: string; readonly key: string | undefined }): string =>
  key === undefined ? alias : `${alias}.${key}`;

/** The column that ORDER BY or HAVING means: by its name, quoted or not, or by the same expression. */
export function columnFor(columns: readonly Column[], wanted: Expression): Column | undefined {
  const name =
    wanted.kind === 'reference' ? nameOfReference(wanted) : wanted.kind === 'string' ? wanted.value : undefined;
  const text = textOf(wanted);
  return columns.find((column) => column.name === name) ?? columns.find((column) => column.text === text);
}

const textOf = (expression: Expression): string => printExpression(lowerCased(expression));

/** Function names in one case: `COUNT(u)` and `count(u)` are the same. */
function lowerCased(expression: Expression): Expression {
  switch (expression.kind) {
    case 'call':
      return { ...expression, name: expression.name.toLowerCase(), args: expression.args.map(lowerCased) };
    case 'arithmetic':
      return { ...expression, left: lowerCased(expression.left), right: lowerCased(expression.right) };
    case 'negative':
      return { ...expression, of: lowerCased(expression.of) };
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
    case 'reference':
      return expression;
  }
}
