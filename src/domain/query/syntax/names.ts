import type { Name } from './ast';
import type { TokenReader } from './token-reader';

/** Words that end or join clauses: none of them can be a class, type, verb or property without brackets. */
const structural = new Set([
  ...['find', 'unique', 'with', 'and', 'or', 'that', 'as', 'where', 'return', 'having', 'order', 'by', 'asc', 'desc'],
  ...['skip', 'limit', 'date.now'],
]);

/** Cannot name an entity or relationship: the words above, and those that read as values or functions. */
const reservedAliases = new Set([
  ...structural,
  ...['relates', 'to', 'from', 'has', 'not', 'tree', 'true', 'false', 'null', 'undefined'],
  ...['count', 'sum', 'avg', 'min', 'max'],
]);

export const isStructural = (word: string | undefined): boolean => word !== undefined && structural.has(word);

/** A name of one part that no clause claims: a class, type or verb. */
export function takeSimpleName(reader: TokenReader, what: string): Name | undefined {
  const token = reader.peek();
  if (token.kind !== 'name' || token.parts.length > 1 || token.word === undefined || isStructural(token.word)) {
    reader.miss(what);
    return undefined;
  }
  reader.next();
  return { name: token.text, at: { from: token.from, to: token.to } };
}

/** `AS alias` */
export function takeAlias(reader: TokenReader): Name | undefined {
  if (!reader.takeWord('as')) return undefined;
  const token = reader.peek();
  if (
    token.kind === 'name' &&
    token.word !== undefined &&
    token.parts.length === 1 &&
    !reservedAliases.has(token.word)
  ) {
    reader.next();
    return { name: token.text, at: { from: token.from, to: token.to } };
  }
  reader.miss('an alias');
  return reader.fail();
}
