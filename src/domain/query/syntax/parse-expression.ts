import { queryLimits } from '../limits';
import type { ArithmeticOperator, Expression } from './ast';
import { parseLiteral } from './parse-value';
import { takeReference } from './parse-reference';
import type { TokenReader } from './token-reader';

/** An expression that is no part of another. */
export function parseExpression(reader: TokenReader): Expression {
  reader.operators = 0;
  return parseSum(reader);
}

/** sum = product { ( "+" | "-" ) product }; product = power { ( "*" | "/" ) power } */
function parseSum(reader: TokenReader): Expression {
  return parseLeftToRight(reader, ['+', '-'], () => parseLeftToRight(reader, ['*', '/'], () => parsePower(reader)));
}

function parseLeftToRight(
  reader: TokenReader,
  operators: readonly ArithmeticOperator[],
  parse: () => Expression,
): Expression {
  const from = reader.here;
  let left = parse();
  for (;;) {
    const operator = operators.find((each) => reader.takeSymbol(each));
    if (operator === undefined) return left;
    countOperator(reader);
    const right = parse();
    left = { kind: 'arithmetic', operator, left, right, at: reader.since(from) };
  }
}

/** Trees of expressions are walked by recursion, and each operator may add a level. */
function countOperator(reader: TokenReader): void {
  reader.operators += 1;
  if (reader.operators > queryLimits.operators) {
    throw reader.tooMuch(`An expression has more than ${queryLimits.operators} operators.`);
  }
}

/** power = atom [ "^" power ] */
function parsePower(reader: TokenReader): Expression {
  const from = reader.here;
  const left = parseAtom(reader);
  if (!reader.takeSymbol('^')) return left;
  countOperator(reader);
  const right = reader.nested(() => parsePower(reader));
  return { kind: 'arithmetic', operator: '^', left, right, at: reader.since(from) };
}

/** atom = literal | "-" power | "(" sum ")" | call | reference */
function parseAtom(reader: TokenReader): Expression {
  const from = reader.here;
  if (reader.isSymbol('-')) {
    reader.next();
    const of = reader.nested(() => parsePower(reader));
    return { kind: 'negative', of, at: reader.since(from) };
  }
  if (reader.isSymbol('(')) {
    reader.next();
    const inner = reader.nested(() => parseSum(reader));
    reader.expectSymbol(')');
    return inner;
  }
  if (reader.peek().kind === 'name' && reader.isSymbol('(', 1)) return parseCall(reader);
  return parseLiteral(reader) ?? takeReference(reader, 'a property, value or function') ?? reader.fail();
}

/** call = NAME "(" [ sum { "," sum } ] ")" */
function parseCall(reader: TokenReader): Expression {
  const from = reader.here;
  const name = reader.expect('name', 'a function').text;
  reader.expectSymbol('(');
  const args: Expression[] = [];
  if (!reader.isSymbol(')')) {
    reader.nested(() => {
      do args.push(parseSum(reader));
      while (reader.takeSymbol(','));
    });
  }
  reader.expectSymbol(')');
  return { kind: 'call', name, args, at: reader.since(from) };
}
