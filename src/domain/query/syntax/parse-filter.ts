import { comparisonOperators, type ComparisonOperator, type Filter, type Subject } from './ast';
import { isStructural } from './names';
import { parseDate, parseValue } from './parse-value';
import { takeReference } from './parse-reference';
import type { TokenReader } from './token-reader';

/** WITH: names are properties of the entity to the left. */
export function parsePropertyFilter(reader: TokenReader): Filter {
  return parseOr(reader, takeProperty);
}

/** WHERE and HAVING: names are references. */
export function parseReferenceFilter(reader: TokenReader): Filter {
  return parseOr(reader, takeReference);
}

type TakeSubject = (reader: TokenReader) => Subject | undefined;

/** filter = and { "OR" and } */
function parseOr(reader: TokenReader, take: TakeSubject): Filter {
  return parseJoined(reader, 'or', () => parseJoined(reader, 'and', () => parseCondition(reader, take)));
}

function parseJoined(reader: TokenReader, kind: 'and' | 'or', parse: () => Filter): Filter {
  const from = reader.here;
  const operands = [parse()];
  while (reader.takeWord(kind)) operands.push(parse());
  const [first] = operands;
  return first !== undefined && operands.length === 1 ? first : { kind, operands, at: reader.since(from) };
}

/** condition = "(" filter ")" | [ "!" ] cidr | subject operator value | date operator subject */
function parseCondition(reader: TokenReader, take: TakeSubject): Filter {
  const from = reader.here;
  if (reader.takeSymbol('(')) {
    const inner = reader.nested(() => parseOr(reader, take));
    reader.expectSymbol(')');
    return inner;
  }
  if (reader.isSymbol('!') || (reader.isWord('cidr') && reader.isSymbol('(', 1))) return parseCidr(reader, take);
  const date = parseDate(reader);
  if (date) {
    const operator = mirrored(parseOperator(reader));
    const left = take(reader) ?? reader.fail();
    return { kind: 'comparison', left, operator, right: date, at: reader.since(from) };
  }
  const left = take(reader) ?? reader.fail();
  const operator = parseOperator(reader);
  const right = parseValue(reader, { allowReference: left.kind === 'reference' });
  return { kind: 'comparison', left, operator, right, at: reader.since(from) };
}

/** cidr = "CIDR" "(" subject "," STRING ")" */
function parseCidr(reader: TokenReader, take: TakeSubject): Filter {
  const from = reader.here;
  const isNegated = reader.takeSymbol('!');
  reader.expectWord('cidr');
  reader.expectSymbol('(');
  const left = take(reader) ?? reader.fail();
  reader.expectSymbol(',');
  const range = reader.expect('string', "a range such as '10.0.0.0/8'").value;
  reader.expectSymbol(')');
  return { kind: 'cidr', isNegated, left, range, at: reader.since(from) };
}

/** Even a keyword such as `order` can be a property where only an operator can follow. */
function takeProperty(reader: TokenReader): Subject | undefined {
  const token = reader.peek();
  if (token.kind !== 'name' || (isStructural(token.word) && !isComparison(reader, 1))) {
    reader.miss('a property');
    return undefined;
  }
  reader.next();
  return { kind: 'property', key: token.parts.join('.'), at: { from: token.from, to: token.to } };
}

const isComparison = (reader: TokenReader, ahead: number): boolean =>
  comparisonOperators.some((operator) => reader.isSymbol(operator, ahead));

function parseOperator(reader: TokenReader): ComparisonOperator {
  const found = comparisonOperators.find((operator) => reader.isSymbol(operator));
  if (found === undefined) {
    reader.miss('a comparison operator');
    return reader.fail();
  }
  reader.next();
  return found;
}

/** `date < p` says the same as `p > date`. */
function mirrored(operator: ComparisonOperator): ComparisonOperator {
  const mirror: Partial<Record<ComparisonOperator, ComparisonOperator>> = {
    '<': '>',
    '>': '<',
    '<=': '>=',
    '>=': '<=',
  };
  return mirror[operator] ?? operator;
}
