import type { PlanSubject, Predicate } from '../../../domain/query/plan/plan';
import { isAlways } from '../../../domain/query/plan/predicates';
import type { DenseGraph, EntityTest, Links } from '../../../domain/query/run/dense-graph';
import type { FoundObject, FoundRelationship, IdKey, Wanted } from '../../../domain/query/run/graph-reader';
import { compilePredicate } from '../../../domain/query/run/holds';
import { candidatesOf } from './candidates';
import { CopiedEntity, CopiedRelationship } from './copied-objects';
import type { GraphCopy } from './graph-copy';
import type { IdIndex } from './id-index';

/** The copy as the engine walks it: numbers are slots. */
export class CopiedDenseGraph implements DenseGraph {
  constructor(
    private readonly copy: GraphCopy,
    readonly isHeld: () => boolean,
    readonly walking: DenseGraph['walking'],
  ) {}

  starts(predicate: Predicate, after: IdKey | undefined): ReturnType<DenseGraph['starts']> {
    const { entities } = this.copy;
    const { slots, rest } = candidatesOf(predicate, entities);
    const among = after === undefined ? slots : slots.subarray(placeBehind(slots, after, entities.ids));
    return { among, is: this.test(rest) };
  }

  test(predicate: Predicate): EntityTest {
    const { entities } = this.copy;
    const { rows } = entities;
    if (isAlways(predicate)) return (slot) => rows.has(slot);
    const wholeOf = entities.bags('all');
    const holds = compilePredicate<number>(predicate, {
      read: (subject: PlanSubject) => {
        if (subject.kind !== 'property') return () => undefined;
        const read = entities.reader(subject.key);
        return (slot) => read(slot) ?? undefined;
      },
      bagAt: () => wholeOf,
    });
    return (slot) => rows.has(slot) && holds(slot);
  }

  adder(classes: readonly string[], direction: 'any' | 'out' | 'in'): (slot: number, to: Links) => void {
    const { relationships } = this.copy;
    const chosen = relationships.selection(classes);
    if (direction !== 'any') return (slot, to) => relationships.collect(slot, direction, chosen, to);
    return (slot, to) => {
      relationships.collect(slot, 'out', chosen, to);
      // One from an entity to itself leads there once.
      relationships.collect(slot, 'in', chosen, to, slot);
    };
  }

  compareRelationships(one: number, other: number): number {
    return this.copy.relationships.ids.compare(one, other);
  }

  entities(wanted: Wanted): (slot: number) => FoundObject {
    const { entities } = this.copy;
    const bagOf = entities.bags(wanted);
    return (slot) => new CopiedEntity(entities.ids, slot, bagOf(slot));
  }

  relationship(slot: number): FoundRelationship {
    return new CopiedRelationship(this.copy, slot);
  }
}

/** Of slots in the order of ids: the place of the first id behind `after`. */
function placeBehind(slots: Uint32Array, after: IdKey, ids: IdIndex): number {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids.compareWithKey(slots[middle] as number, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
