import { parseQuery } from './syntax/parse-query';
import type { Query } from './syntax/ast';

/**
 * The tree of a query that follows the grammar and all rules. Whether its variables have values is only known when it runs.
 * @throws QueryError PARSER_ERROR or VALIDATION_ERROR with the place in the text
 */
export function checkQuery(text: string): Query {
  return parseQuery(text);
}
