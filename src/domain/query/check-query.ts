import { aliasesOf } from './aliases';
import { columnsOf } from './columns';
import { validationError } from './query-error';
import { rules } from './rules';
import type { Fault } from './rules/rule';
import type { Query } from './syntax/ast';
import { parseQuery } from './syntax/parse-query';
import { placeOf } from './syntax/source';
import { subqueriesOf } from './walk';

const maxSentenceLength = 2000;

/**
 * The tree of a query that follows the grammar and all rules. Whether its variables have values is only known when it runs.
 * @throws QueryError PARSER_ERROR or VALIDATION_ERROR with the place in the text
 */
export function checkQuery(text: string): Query {
  const query = parseQuery(text);
  let first: Fault | undefined;
  for (const fault of firstFaults(query, false)) if (!first || fault.at.from < first.at.from) first = fault;
  if (first) throw faultAt(text, first);
  return query;
}

/** The first fault of each rule. Finding more would cost a hint for each, in a text that may have thousands. */
function* firstFaults(query: Query, isSubquery: boolean): Iterable<Fault> {
  const scope = { query, aliases: aliasesOf(query), columns: columnsOf(query), isSubquery };
  for (const rule of rules) {
    const [fault] = rule(scope);
    if (fault) yield fault;
  }
  for (const subquery of subqueriesOf(query)) yield* firstFaults(subquery, true);
}

/** Names in a sentence are as long as a client makes them. */
const shortened = (what: string): string =>
  what.length > maxSentenceLength ? `${what.slice(0, maxSentenceLength)}…` : what;

function faultAt(text: string, { at, what, hint = '' }: Fault): Error {
  const { line, column } = placeOf(text, at.from);
  return validationError(`${shortened(what)} (line ${line} column ${column}).${hint && ` ${hint}`}`, text, at.from);
}
