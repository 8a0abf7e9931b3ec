import type { Predicate } from '../plan/plan';
import type { DenseGraph } from './dense-graph';

/**
 * Id of an object inside the engine: its 16 bytes as Latin-1 text, so that ids compare like their bytes and cost little to make.
 * `idToKey`, `keyToBytes` and `keyToUuid` of `graph/identity.ts` translate.
 */
export type IdKey = string;

/** An object as queries name it: metadata and properties side by side, at least those that were asked for. Ids are UUID texts. */
export interface FoundObject {
  readonly id: IdKey;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface FoundRelationship extends FoundObject {
  readonly from: IdKey;
  readonly to: IdKey;
}

/** Names of properties and metadata; `all` for whole objects. */
export type Wanted = readonly string[] | 'all';

/** Hops that follow each other the same way. */
export interface HopsAhead {
  readonly direction: 'out' | 'in';
  /** Upper case; empty for any. */
  readonly classes: readonly string[];
  readonly count: number;
}

/** The graph of one account, for queries. */
export interface GraphReader {
  /**
   * Opens the graph as it is now, or as it was at the `time` of an earlier snapshot.
   * @throws DomainError CURSOR_EXPIRED when the database does not keep that time any more
   */
  open(request: {
    readonly time?: string;
    readonly includeDeleted: boolean;
    /** Ends every read, also one that the database is working on; they reject with the signal's reason. */
    readonly signal: AbortSignal;
  }): Promise<GraphSnapshot>;
}

/**
 * One point in time: all reads see the same graph. Ended objects are there only if the snapshot was opened with them. Predicates
 * are exact: what comes back satisfies them, and they hold no subquery any more (`among` has become `in`).
 */
export interface GraphSnapshot {
  /** Opaque; opens the same graph again, in any process. The first read fixes it: there is none before. */
  readonly time: string;
  /** Entities in ascending order of ids, in pages of about `pageSize` that may grow. `after` leaves out ids up to this one. */
  entities(request: {
    readonly predicate: Predicate;
    readonly wanted: Wanted;
    readonly after?: IdKey;
    readonly pageSize: number;
    /** What will be asked next, of relationships without properties. Changes no answer; a reader may read it at once. */
    readonly ahead?: HopsAhead;
  }): AsyncIterable<readonly FoundObject[]>;
  /** Those of these entities that exist and satisfy the predicate, in no order. */
  entitiesById(request: {
    readonly ids: readonly IdKey[];
    readonly predicate: Predicate;
    readonly wanted: Wanted;
  }): Promise<readonly FoundObject[]>;
  /**
   * Relationships at any of these entities, each once, in no order. `direction` is seen from the entities. Both ends of a relationship
   * exist: it ends in the transaction that ends one of them.
   */
  relationships(request: {
    readonly at: readonly IdKey[];
    /** Upper case; empty for any. */
    readonly classes: readonly string[];
    readonly direction: 'any' | 'out' | 'in';
    readonly wanted: Wanted;
  }): Promise<readonly FoundRelationship[]>;
  /** How many entities satisfy the predicate, where that is known without reading them; undefined otherwise. */
  count(predicate: Predicate): Promise<number | undefined>;
  /** The same graph by numbers, where it is in this process. */
  readonly dense?: DenseGraph | undefined;
  /** What the reads did, for `explain`: in the order of their ends. */
  readonly reads: readonly ReadReport[];
  /** Frees what the database holds for it. */
  close(): Promise<void>;
}

export interface ReadReport {
  /** `walk` stands for all steps of a walk by numbers, with what was done with its paths meanwhile. */
  readonly read: 'entities' | 'entitiesById' | 'relationships' | 'count' | 'walk';
  /** Name of the index, `memory` for what another read has brought, or `copy`. */
  readonly index: string;
  readonly rows: number;
  readonly ms: number;
}
