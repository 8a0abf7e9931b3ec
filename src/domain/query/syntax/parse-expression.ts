import { queryLimits } from '../limits';
import type { ArithmeticOperator, Expression } from './ast';
import { parseLiteral } from './parse-value';
import { takeReference } from './parse-reference';
import type { TokenReader } from './token-reader';

/** expression = product { ( "+" | "-" ) product } */
export function parseExpression(reader: TokenReader): Expression {
  return parseLeftToRight(reader, ['+', '-'], () => parseLeftToRight(reader, ['*', '/'], () => parsePower(reader)));
}

function parseLeftToRight(
  reader: TokenReader,
  operators: readonly ArithmeticOperator[],
  parse: () => Expression,
): Expression {
  const from = reader.here;
  let left = parse();
  for (let count = 0; ; count += 1) {
    const operator = operators.find((each) => reader.takeSymbol(each));
    if (operator === undefined) return left;
    if (count >= queryLimits.operators) {
      throw reader.tooMuch(`It has more than ${queryLimits.operators} operators in a row.`);
    }
    const right = parse();
    left = { kind: 'arithmetic', operator, left, right, at: reader.since(from) };
  }
}

/** power = atom [ "^" power ] */
function parsePower(reader: TokenReader): Expression {
  const from = reader.here;
  const left = parseAtom(reader);
  if (!reader.takeSymbol('^')) return left;
  const right = reader.nested(() => parsePower(reader));
  return { kind: 'arithmetic', operator: '^', left, right, at: reader.since(from) };
}

/** atom = literal | "-" power | "(" expression ")" | call | reference */
function parseAtom(reader: TokenReader): Expression {
  const from = reader.here;
  if (reader.isSymbol('-')) {
    reader.next();
    const of = reader.nested(() => parsePower(reader));
    return { kind: 'negative', of, at: reader.since(from) };
  }
  if (reader.isSymbol('(')) {
    reader.next();
    const inner = reader.nested(() => parseExpression(reader));
    reader.expectSymbol(')');
    return inner;
  }
  if (reader.peek().kind === 'name' && reader.isSymbol('(', 1)) return parseCall(reader);
  return parseLiteral(reader) ?? takeReference(reader, 'a property, value or function') ?? reader.fail();
}

/** call = NAME "(" [ expression { "," expression } ] ")" */
function parseCall(reader: TokenReader): Expression {
  const from = reader.here;
  const name = reader.expect('name', 'a function').text;
  reader.expectSymbol('(');
  const args: Expression[] = [];
  if (!reader.isSymbol(')')) {
    reader.nested(() => {
      do args.push(parseExpression(reader));
      while (reader.takeSymbol(','));
    });
  }
  reader.expectSymbol(')');
  return { kind: 'call', name, args, at: reader.since(from) };
}
