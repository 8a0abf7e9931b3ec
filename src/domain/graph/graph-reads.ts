import type { Predicate } from '../query/plan/plan';
import type { FlatObject } from '../ports';
import type { Selection } from './vertex-selection';

export interface SortField {
  readonly field: string;
  readonly isDescending: boolean;
}

/**
 * Reads of the present graph of one account. Only live objects that the caller may see: what has ended, belongs to another account
 * or is ruled out by a policy answers as if it were not there; a relationship needs both its ends.
 * Every method throws DomainError SERVICE_UNAVAILABLE, and QUERY_TIMEOUT when it takes too long.
 */
export interface GraphReads {
  /** In no order; ids without an entity are left out. Ids are texts of any kind. */
  entitiesById(ids: readonly string[]): Promise<readonly FlatObject[]>;
  relationshipById(id: string): Promise<FlatObject | undefined>;
  /** Any one. */
  findEntity(selection: Selection): Promise<FlatObject | undefined>;
  /** Any one. `label` is its `displayName` or `_class`. */
  findRelationship(asked: { readonly predicate: Predicate; readonly label?: string }): Promise<FlatObject | undefined>;
  /** Relationships at any of these entities, each once, in no order; at most `limit`. */
  relationshipsAt(ids: readonly string[], limit: number): Promise<readonly FlatObject[]>;
  /**
   * A page, in the order of the sort fields, without any in that of ids.
   * @param request.after `endCursor` of the page before
   * @throws DomainError BAD_REQUEST for a cursor that is not one of this method, or for a sort field that is no name
   */
  list(request: {
    readonly selection: Selection;
    readonly sort: readonly SortField[];
    readonly size: number;
    readonly after?: string;
  }): Promise<{ readonly items: readonly FlatObject[]; readonly endCursor: string | null }>;
  count(selection: Selection): Promise<number>;
  /** By type; never zero. */
  countByType(selection: Selection): Promise<Readonly<Record<string, number>>>;
  /** All types and classes; never zero. */
  counts(): Promise<{
    readonly types: Readonly<Record<string, number>>;
    readonly classes: Readonly<Record<string, number>>;
  }>;
  /** Sorted names of properties, without metadata: of some entities of each type, or of some of the selection. */
  propertyNames(selection?: Selection): Promise<readonly string[]>;
  /** Values of a property with how many entities have each, the most frequent first; members of arrays count for themselves. */
  propertyValues(
    selection: Selection,
    property: string,
  ): Promise<readonly { readonly value: unknown; readonly count: number }[]>;
}
