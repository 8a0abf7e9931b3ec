import type { Literal, Value } from './ast';
import { dateUnitOf, type DateUnit } from './dates';
import { isStructural } from './names';
import { takeReference } from './parse-reference';
import type { TokenReader } from './token-reader';

interface ValueContext {
  /** WHERE: the other side may be a property of another alias. */
  readonly allowReference: boolean;
}

/** value = literal | REGEX | "(" list ")" | "(" query ")" | reference */
export function parseValue(reader: TokenReader, context: ValueContext): Value {
  if (reader.isSymbol('(')) return parseParenthesised(reader, context);
  const literal = parseLiteral(reader) ?? takeRegex(reader);
  if (literal) return literal;
  return (context.allowReference ? takeReference(reader, 'a value') : undefined) ?? reader.fail();
}

function parseParenthesised(reader: TokenReader, context: ValueContext): Value {
  const from = reader.here;
  reader.expectSymbol('(');
  const inner = reader.nested((): Value => {
    if (!reader.isWord('find')) return parseList(reader, context);
    const query = reader.parseSubquery(reader);
    return { kind: 'subquery', query, at: query.at };
  });
  reader.expectSymbol(')');
  const at = reader.since(from);
  return inner.kind === 'list' || inner.kind === 'subquery'
    ? { ...inner, at }
    : { kind: 'list', join: 'or', values: [inner], at };
}

/** list = and { "OR" and }; and = value { "AND" value } */
function parseList(reader: TokenReader, context: ValueContext): Value {
  return parseJoined(reader, 'or', () => parseJoined(reader, 'and', () => parseValue(reader, context)));
}

function parseJoined(reader: TokenReader, join: 'and' | 'or', parse: () => Value): Value {
  const from = reader.here;
  const values = [parse()];
  while (reader.takeWord(join)) values.push(parse());
  const [first] = values;
  return first !== undefined && values.length === 1 ? first : { kind: 'list', join, values, at: reader.since(from) };
}

function takeRegex(reader: TokenReader): Value | undefined {
  const token = reader.take('regex', 'a value');
  return token && { kind: 'regex', pattern: token.pattern, flags: token.flags, at: { from: token.from, to: token.to } };
}

/** literal = STRING | [ "-" ] NUMBER | "TRUE" | "FALSE" | "UNDEFINED" | "NULL" | date | parameter */
export function parseLiteral(reader: TokenReader): Literal | undefined {
  const from = reader.here;
  const date = parseDate(reader);
  if (date) return date;
  const token = reader.peek();
  const at = { from: token.from, to: token.to };
  if (reader.isSymbol('-') && reader.peek(1).kind === 'number') {
    reader.next();
    return { kind: 'number', value: -reader.expect('number', 'a number').value, at: reader.since(from) };
  }
  switch (token.kind) {
    case 'string':
    case 'number':
      reader.next();
      return { kind: token.kind, value: token.value, at } as Literal;
    case 'parameter':
      reader.next();
      return { kind: 'parameter', name: token.name, isStored: token.isStored, at };
    case 'name': {
      const value = wordValue(token.word);
      if (value) reader.next();
      return value && { ...value, at };
    }
    case 'regex':
    case 'smartClass':
    case 'date':
    case 'symbol':
    case 'end':
    case 'broken':
      return undefined;
  }
}

function wordValue(word: string | undefined) {
  if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' } as const;
  return word === 'undefined' || word === 'null' ? ({ kind: 'undefined' } as const) : undefined;
}

/** date = "DATE.NOW" [ ( "+" | "-" ) NUMBER UNIT ] | "DATE" "(" ISO8601 ")" */
export function parseDate(reader: TokenReader): Literal | undefined {
  const from = reader.here;
  const token = reader.peek();
  if (token.kind === 'date') {
    reader.next();
    return { kind: 'date', ms: token.ms, at: reader.since(from) };
  }
  if (!reader.isWord('date.now')) return undefined;
  reader.next();
  const sign = reader.isSymbol('-') ? -1 : 1;
  if (!beginsOffset(reader)) return { kind: 'now', amount: 0, unit: 'day', at: reader.since(from) };
  reader.next();
  const amount = sign * reader.expect('number', 'a number').value;
  return { kind: 'now', amount, unit: parseUnit(reader), at: reader.since(from) };
}

/** In RETURN a sum may follow, as in `date.now - u.createdOn`: an offset has a number and a unit. */
function beginsOffset(reader: TokenReader): boolean {
  if (!reader.isSymbol('-') && !reader.isSymbol('+')) return false;
  const unit = reader.peek(2);
  return reader.peek(1).kind === 'number' && unit.kind === 'name' && !isStructural(unit.word);
}

function parseUnit(reader: TokenReader): DateUnit {
  const token = reader.peek();
  const unit = token.kind === 'name' && token.word !== undefined ? dateUnitOf(token.word) : undefined;
  if (unit === undefined) {
    reader.miss('HOURS');
    for (const each of ['DAYS', 'WEEKS', 'MONTHS', 'YEARS']) reader.miss(each);
    return reader.fail();
  }
  reader.next();
  return unit;
}
