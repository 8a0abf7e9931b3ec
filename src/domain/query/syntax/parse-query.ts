import type { Query } from './ast';
import { lex } from './lexer';
import { parseReferenceFilter } from './parse-filter';
import { parseStart } from './parse-entity';
import { parsePaging } from './parse-paging';
import { parseReturns } from './parse-returns';
import { parseSteps } from './parse-traversal';
import { TokenReader } from './token-reader';

/**
 * The tree of a query text. Grammar: `docs/j1ql.md`.
 * @throws QueryError PARSER_ERROR with line, column, what was found and what was expected
 */
export function parseQuery(text: string): Query {
  const reader = new TokenReader(text, lex(text), parseFind);
  const query = parseFind(reader);
  reader.takeSymbol(';');
  if (reader.peek().kind !== 'end') {
    reader.miss('the end of the query');
    reader.fail();
  }
  return query;
}

/** query = [ "FIND" [ "UNIQUE" ] ] start steps [ "WHERE" filter ] [ "RETURN" returns ] [ "HAVING" filter ] paging */
function parseFind(reader: TokenReader): Query {
  const from = reader.here;
  // Only a full text may stand without FIND.
  if (reader.peek().kind !== 'string') reader.expectWord('find');
  const isUnique = reader.takeWord('unique');
  const start = parseStart(reader);
  const steps = parseSteps(reader);
  const where = reader.takeWord('where') ? parseReferenceFilter(reader) : undefined;
  const returns = reader.takeWord('return') ? parseReturns(reader) : undefined;
  const having = reader.takeWord('having') ? parseReferenceFilter(reader) : undefined;
  const paging = parsePaging(reader);
  return { kind: 'query', isUnique, start, steps, where, returns, having, ...paging, at: reader.since(from) };
}
