import type { Predicate, QueryPlan } from '../plan/plan';
import { AbsentStage } from './absent-stage';
import type { Budget } from './budget';
import { propertyOf } from './expressions';
import type { GraphSnapshot } from './graph-reader';
import { compileForBag, compilePredicate } from './holds';
import { HopStage } from './hop-stage';
import { LeftJoinStage, needsLeftJoin } from './left-join-stage';
import { OptionalBits } from './optional-bits';
import { OptionalStage } from './optional-stage';
import { Path, type Paths, type Slots, type Stage } from './path';
import type { RunSizes } from './sizes';
import { moveOf, type HopMove, type Move, type Strategy } from './strategy';
import type { WantedProperties } from './wanted';
import { isAlways } from '../plan/predicates';

export interface WalkRequest {
  readonly plan: QueryPlan;
  readonly strategy: Strategy;
  readonly wanted: WantedProperties;
  readonly snapshot: GraphSnapshot;
  readonly budget: Budget;
  readonly sizes: RunSizes;
  /** One path of each start is enough. */
  readonly oncePerStart: boolean;
}

/** What makes whole paths of those that stand at a start. */
export function compileWalk(request: WalkRequest): readonly Stage[] {
  const { plan, strategy, budget, oncePerStart } = request;
  const bits = new OptionalBits(plan.steps);
  const joins = needsLeftJoin(plan.steps);
  const rest = conditionOf(strategy.rest);
  const endsRoots = oncePerStart && !joins && rest === undefined && !strategy.isReversed;
  const stages = new StageCompiler(request, bits).of(strategy.moves, endsRoots, []);
  return [
    ...stages,
    ...(joins ? [new LeftJoinStage(plan, bits, budget)] : []),
    ...(rest ? [new FilterStage(rest)] : []),
  ];
}

class StageCompiler {
  constructor(
    private readonly request: WalkRequest,
    private readonly bits: OptionalBits,
  ) {}

  /** @param edges slots of the hops before, to which those of these moves are added */
  of(moves: readonly Move[], endsRoot: boolean, edges: { slot: number; classes: readonly string[] }[]): Stage[] {
    return moves.map((move, at): Stage => {
      switch (move.kind) {
        case 'hop':
          return this.hop(move, endsRoot && at === moves.length - 1, edges);
        case 'stand':
          return new StandStage(move.slot);
        case 'absent':
          return new AbsentStage(this.of(move.steps.map(moveOf), true, []));
        case 'optional':
          return new OptionalStage(this.of(move.steps.map(moveOf), false, edges), this.bits.of(move), move.position);
      }
    });
  }

  private hop(move: HopMove, endsRoot: boolean, edges: { slot: number; classes: readonly string[] }[]): Stage {
    const { wanted, snapshot, budget, sizes } = this.request;
    const { hop, from, edgeIs, pathIs } = move;
    const rivals = edges.filter(({ classes }) => canMeet(classes, hop.edge.classes)).map(({ slot }) => slot);
    edges.push(hop.edge);
    const options = {
      hop,
      from,
      rivals,
      wantedOfEdge: wanted.of(hop.edge.slot),
      wantedOfNode: wanted.of(hop.node.slot),
      edgeIs: isAlways(edgeIs) ? undefined : compileForBag(edgeIs),
      pathIs: conditionOf(pathIs),
      endsRoot,
    };
    return new HopStage(options, snapshot, budget, sizes);
  }
}

/** Whether one relationship can be of a class of both lists. Its class is in any case, so that no list is all. */
const canMeet = (classes: readonly string[], others: readonly string[]): boolean =>
  classes.length === 0 || others.length === 0 || classes.some((each) => others.includes(each));

function conditionOf(predicate: Predicate): ((slots: Slots) => boolean) | undefined {
  if (isAlways(predicate)) return undefined;
  return compilePredicate<Slots>(predicate, {
    read: (subject) => (subject.kind === 'property' ? propertyOf(subject) : () => undefined),
    bagAt: (slot) => (slots) => slots[slot]?.properties,
  });
}

class FilterStage implements Stage {
  constructor(private readonly holds: (slots: Slots) => boolean) {}

  async *follow(source: Paths): Paths {
    for await (const paths of source) {
      const kept = paths.filter(({ slots }) => this.holds(slots));
      if (kept.length > 0) yield kept;
    }
  }
}

class StandStage implements Stage {
  constructor(private readonly slot: number) {}

  async *follow(source: Paths): Paths {
    for await (const paths of source) {
      yield paths.map(({ root, slots, here, skipped }) => new Path(root, slots, slots[this.slot] ?? here, skipped));
    }
  }
}
