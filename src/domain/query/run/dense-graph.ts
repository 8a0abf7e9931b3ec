import type { Predicate } from '../plan/plan';
import type { FoundObject, FoundRelationship, IdKey, Wanted } from './graph-reader';

/**
 * A graph in this process, whose entities and relationships have numbers: what a snapshot may offer beside its reads, so that hops
 * need no ids. Synchronous, and good only while `isHeld`.
 */
export interface DenseGraph {
  /** @throws the reason of the signal that the snapshot was opened with */
  isHeld(): boolean;
  /** Entities behind `after` in the order of ids, among which all are that satisfy the predicate, and whether one does. */
  starts(predicate: Predicate, after: IdKey | undefined): { readonly among: Uint32Array; readonly is: EntityTest };
  /** Whether one exists and satisfies the predicate. */
  test(predicate: Predicate): EntityTest;
  /** Adds the relationships at an entity, each once, in no order. @param classes empty for any */
  adder(classes: readonly string[], direction: 'any' | 'out' | 'in'): (entity: number, to: Links) => void;
  /** As the ids of two relationships are in order. */
  compareRelationships(one: number, other: number): number;
  /** Entities as the reads would give them. */
  entities(wanted: Wanted): (entity: number) => FoundObject;
  /** Begins a report of a walk, for `explain`; its end says how many starts and relationships were met. */
  walking(): (rows: number) => void;
  /** Without properties. */
  relationship(relationship: number): FoundRelationship;
}

export type EntityTest = (entity: number) => boolean;

/** Relationships with the entities at their other ends: the first `count`, as the arrays are used again and again. */
export interface Links {
  readonly relationships: number[];
  readonly ends: number[];
  count: number;
}
