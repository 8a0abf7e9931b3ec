import { nearest } from '../../../lib/nearest';
import type { Aliases } from '../aliases';
import type { Column } from '../columns';
import type { Query, Reference } from '../syntax/ast';
import type { Span } from '../syntax/source';

/** One query, without its subqueries, and what can be known of it before it is judged. */
export interface Scope {
  readonly query: Query;
  readonly aliases: Aliases;
  readonly columns: readonly Column[];
  readonly isSubquery: boolean;
}

export interface Fault {
  readonly at: Span;
  /** A sentence without its period; in JupiterOne's words where it has some. */
  readonly what: string;
  readonly hint?: string;
}

/** A rule of meaning. It tells the faults of its kind in the order of the text, and is asked for the first. */
export type Rule = (scope: Scope) => Iterable<Fault>;

/** Why `reference` names nothing, and what was probably meant. A bare name is most often a property without its alias. */
export function hintForUnknown({ alias, key }: Reference, names: readonly string[]): string {
  const near = nearest(alias, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  const [first] = names;
  if (first === undefined) return 'Name what the query finds with AS, and write the alias before each property.';
  return key === undefined
    ? `A property is written with its alias: ${first}.${alias}.`
    : `Name what is meant with AS ${alias}.`;
}
