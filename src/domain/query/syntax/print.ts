import type { EntityPattern, Expression, Filter, Hop, Query, ReturnItem, Selector, Step, Subject, Value } from './ast';
import { isStructural } from './names';

/** One line of J1QL that parses to the same tree, places apart. */
export function printQuery(query: Query): string {
  const { returns, where, having, orderBy, skip, limit } = query;
  const keys = orderBy.map(
    ({ expression, isDescending }) => printExpression(expression) + (isDescending ? ' DESC' : ''),
  );
  return [
    query.isUnique ? 'FIND UNIQUE' : 'FIND',
    printEntity(query.start),
    ...query.steps.map(printStep),
    where && `WHERE ${printFilter(where)}`,
    returns && `RETURN ${returns.kind === 'tree' ? 'TREE' : returns.items.map(printItem).join(', ')}`,
    having && `HAVING ${printFilter(having)}`,
    keys.length > 0 && `ORDER BY ${keys.join(', ')}`,
    skip && `SKIP ${skip.value}`,
    limit && `LIMIT ${limit.value}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(' ');
}

const alternatives = (texts: readonly string[], isListed: boolean): string =>
  isListed ? `(${texts.join('|')})` : texts.join('|');

function printEntity({ fullText, selectors, isListed, filter, alias }: EntityPattern): string {
  return [
    fullText !== undefined && quote(fullText),
    selectors.length > 0 && alternatives(selectors.map(printSelector), isListed),
    filter && `WITH ${printFilter(filter)}`,
    alias && `AS ${alias.name}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(' ');
}

function printSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'any':
      return '*';
    case 'class':
    case 'type':
      return selector.name;
    case 'smartClass': {
      const within = selector.within.map(printSelector);
      return within.length === 0 ? `#${selector.name}` : `#${selector.name} ${alternatives(within, selector.isListed)}`;
    }
  }
}

function printStep(step: Step): string {
  if (step.kind === 'hop') return printHop(step);
  return `(${step.steps.map(printStep).join(' ')})?${step.alias ? ` AS ${step.alias.name}` : ''}`;
}

function printHop({ isNegated, verbs, isListed, direction, alias, entity }: Hop): string {
  const verb = verbs.length === 0 ? 'RELATES TO' : verbs.map(({ name }) => name).join('|');
  return [
    'THAT',
    `${isNegated ? '!' : ''}${isListed ? `(${verb})` : verb}`,
    direction === 'any' ? undefined : direction === 'out' ? '>>' : '<<',
    alias && `AS ${alias.name}`,
    printEntity(entity),
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands
        .map((operand) =>
          operand.kind === 'and' || operand.kind === 'or' ? `(${printFilter(operand)})` : printFilter(operand),
        )
        .join(` ${filter.kind.toUpperCase()} `);
    case 'comparison':
      return `${printSubject(filter.left)} ${filter.operator} ${printValue(filter.right)}`;
    case 'cidr':
      return `${filter.isNegated ? '!' : ''}cidr(${printSubject(filter.left)}, ${quote(filter.range)})`;
  }
}

function printValue(value: Value): string {
  switch (value.kind) {
    case 'regex':
      return `/${value.pattern}/${value.flags}`;
    case 'list':
      return `(${value.values.map(printValue).join(` ${value.join.toUpperCase()} `)})`;
    case 'subquery':
      return `(${printQuery(value.query)})`;
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
    case 'date':
    case 'now':
    case 'parameter':
    case 'reference':
      return printExpression(value);
  }
}

function printSubject(subject: Subject): string {
  return subject.kind === 'reference' ? printExpression(subject) : printKey(subject.key);
}

function printItem({ expression, alias }: ReturnItem): string {
  const text = expression.kind === 'all' ? `${expression.alias}.*` : printExpression(expression);
  if (!alias) return text;
  return `${text} AS ${/^[A-Za-z_]\w*$/.test(alias.name) ? alias.name : quote(alias.name)}`;
}

/** Also the name of a column that has no other. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'string':
      return quote(expression.value);
    case 'number':
      return printNumber(expression.value);
    case 'boolean':
      return String(expression.value);
    case 'undefined':
      return 'undefined';
    case 'date':
      return `date(${new Date(expression.ms).toISOString()})`;
    case 'now': {
      const { amount, unit } = expression;
      return amount === 0 ? 'date.now' : `date.now ${amount < 0 ? '-' : '+'} ${printNumber(Math.abs(amount))} ${unit}s`;
    }
    case 'parameter':
      return `\${${expression.isStored ? 'param.' : ''}${expression.name}}`;
    case 'reference':
      return expression.key === undefined ? expression.alias : `${expression.alias}.${printKey(expression.key, true)}`;
    case 'negative':
      return `-${printOperand(expression.of, expression.of.kind === 'arithmetic' && expression.of.operator !== '^')}`;
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`;
    case 'arithmetic': {
      const { operator, left, right } = expression;
      const rank = rankOf(expression);
      const isLower = (side: Expression, isRight: boolean): boolean =>
        rankOf(side) < rank || (rankOf(side) === rank && isRight === (operator !== '^'));
      return `${printOperand(left, isLower(left, false))} ${operator} ${printOperand(right, isLower(right, true))}`;
    }
  }
}

const printOperand = (expression: Expression, inParentheses: boolean): string =>
  inParentheses ? `(${printExpression(expression)})` : printExpression(expression);

const ranks = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 } as const;

function rankOf(expression: Expression): number {
  if (expression.kind === 'negative') return 2.5;
  return expression.kind === 'arithmetic' ? ranks[expression.operator] : 4;
}

/** A first part may need brackets where a later one would not: digits and keywords. */
function printKey(key: string, isLater = false): string {
  const isPlain = isLater
    ? /^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(key)
    : /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_]+)*$/u.test(key) && !isStructural(key.toLowerCase());
  return isPlain ? key : `[${key}]`;
}

/** Digits alone: the language has no exponents. */
function printNumber(value: number): string {
  const short = String(value);
  if (!short.includes('e')) return short;
  return Math.abs(value) >= 1 ? String(BigInt(value)) : value.toFixed(100).replace(/0+$/, '').replace(/\.$/, '');
}

function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `'${escaped}'`;
}
