import type { OptionalPlan, QueryPlan, StepPlan } from '../plan/plan';
import type { Budget } from './budget';
import type { OptionalBits } from './optional-bits';
import { sizeOfPath, type Path, type Paths, type Stage } from './path';

/** Which slots the paths fill that have skipped the same groups. */
interface Shape {
  readonly filled: readonly number[];
  /** Empty because a group was skipped that is a left join. */
  readonly droppable: ReadonlySet<number>;
}

/**
 * Makes the paths of each root different, and groups at the end of the query left joins: of two paths of which one has all that
 * the other has, and more in groups that the other skipped, the other goes.
 */
export class LeftJoinStage implements Stage {
  private readonly groups: ReadonlyMap<number, readonly OptionalPlan[]>;
  private readonly shapes = new Map<number, Shape>();

  constructor(
    private readonly plan: QueryPlan,
    private readonly bits: OptionalBits,
    private readonly budget: Budget,
  ) {
    this.groups = groupsAround(plan.steps, []);
  }

  async *follow(source: Paths): Paths {
    let held: Path[] = [];
    let bytes = 0;
    for await (const paths of source) {
      const out: Path[] = [];
      for (const path of paths) {
        if (held.length > 0 && held[0]?.root !== path.root) {
          for (const each of this.settle(held)) out.push(each);
          this.budget.release(bytes);
          [held, bytes] = [[], 0];
        }
        held.push(path);
        const size = sizeOfPath(path.slots.length);
        bytes += size;
        this.budget.hold(size);
      }
      if (out.length > 0) yield out;
    }
    if (held.length > 0) yield this.settle(held);
    this.budget.release(bytes);
  }

  private settle(paths: readonly Path[]): readonly Path[] {
    if (paths.length === 1) return paths;
    // Of equal paths the last one has skipped the outermost groups.
    const different = new Map(paths.map((path) => [keyOf(path, this.shapeOf(path).filled), path]));
    const byShape = Map.groupBy(different.values(), ({ skipped }) => skipped);
    const kept = new Set(different.values());
    for (const [skipped, shorter] of byShape) {
      const { filled, droppable } = this.shapes.get(skipped) as Shape;
      if (droppable.size === 0) continue;
      const taken = new Set<string>();
      for (const [other, longer] of byShape) {
        const shape = this.shapes.get(other) as Shape;
        const more = shape.filled.filter((slot) => !filled.includes(slot));
        const hasAll = shape.filled.length - more.length === filled.length;
        if (!hasAll || more.length === 0 || !more.every((slot) => droppable.has(slot))) continue;
        for (const path of longer) taken.add(keyOf(path, filled));
      }
      for (const path of shorter) if (taken.has(keyOf(path, filled))) kept.delete(path);
    }
    return [...kept];
  }

  private shapeOf({ skipped, slots }: Path): Shape {
    const known = this.shapes.get(skipped);
    if (known) return known;
    const own = [...slots.keys()].filter((slot) => this.plan.slots[slot]?.kind !== 'position');
    const shape: Shape = {
      filled: own.filter((slot) => slots[slot] !== undefined),
      droppable: new Set(own.filter((slot) => this.isDroppable(slot, skipped))),
    };
    this.shapes.set(skipped, shape);
    return shape;
  }

  private isDroppable(slot: number, skipped: number): boolean {
    const outermost = this.groups.get(slot)?.find((group) => (skipped & this.bits.of(group)) !== 0);
    return outermost?.isTrailing === true;
  }
}

const keyOf = ({ slots }: Path, of: readonly number[]): string => {
  let key = `${of.length};`;
  for (const slot of of) key += `${slot}:${slots[slot]?.id ?? ''};`;
  return key;
};

/** Whether paths of such steps can be equal, or one have all that another has. */
export const needsLeftJoin = (steps: readonly StepPlan[]): boolean =>
  steps.some(
    (step) => step.kind === 'optional' && (step.isTrailing || canBindNothing(step) || needsLeftJoin(step.steps)),
  );

/** Taken or not, such a group may leave the same path. */
const canBindNothing = ({ steps }: OptionalPlan): boolean => steps.every(({ kind }) => kind !== 'hop');

/** The groups around each slot, outermost first. */
function groupsAround(
  steps: readonly StepPlan[],
  around: readonly OptionalPlan[],
): ReadonlyMap<number, readonly OptionalPlan[]> {
  const all = new Map<number, readonly OptionalPlan[]>();
  for (const step of steps) {
    if (step.kind === 'hop') all.set(step.edge.slot, around).set(step.node.slot, around);
    if (step.kind === 'optional') {
      for (const [slot, groups] of groupsAround(step.steps, [...around, step])) all.set(slot, groups);
    }
  }
  return all;
}
