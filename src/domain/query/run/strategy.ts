import type { AbsentPlan, HopPlan, NodePlan, OptionalPlan, Predicate, QueryPlan, StepPlan } from '../plan/plan';
import { all, always } from '../plan/predicates';
import { needsLeftJoin } from './left-join-stage';
import { Selectivity, selectivityOf } from './selectivity';
import { slotsOfPredicate } from './slots-of';

/** A hop of all paths, with the conditions of WHERE that can be checked at it. */
export interface HopMove {
  readonly kind: 'hop';
  readonly hop: HopPlan;
  /** Slot of the entity that it starts from; where the path stands if undefined. */
  readonly from: number | undefined;
  readonly edgeIs: Predicate;
  readonly pathIs: Predicate;
}

/** The path stands at the entity of a slot from now on. */
interface StandMove {
  readonly kind: 'stand';
  readonly slot: number;
}

export type Move = HopMove | StandMove | AbsentPlan | OptionalPlan;

/** A step that goes on from where the path stands. */
export const moveOf = (step: StepPlan): Move =>
  step.kind === 'hop' ? { kind: 'hop', hop: step, from: undefined, edgeIs: always, pathIs: always } : step;

/** In which order a plan is walked. */
export interface Strategy {
  readonly start: NodePlan;
  readonly moves: readonly Move[];
  /** What is left of WHERE, on whole paths. */
  readonly rest: Predicate;
  /** From another entity than the start of the query. Then paths of one start do not come one after the other. */
  readonly isReversed: boolean;
  /** Number of the node that it starts from, counted along the first hops. */
  readonly first: number;
}

/**
 * Starts where the fewest entities are: from the start of the query, or, if many may be there, from an entity of the hops behind
 * it that is known by its key or name; by any value, if no row can be given before all paths are found. Conditions of WHERE on what every path has are checked as soon as it is found.
 *
 * @param decided number of the node to start from, counted along the first hops, if that is known
 */
export function chooseStrategy(plan: QueryPlan, decided?: number): Strategy {
  const least = isStreamed(plan.result) ? Selectivity.name : Selectivity.value;
  const conditions = new Conditions(plan);
  const firstOther = plan.steps.findIndex(({ kind }) => kind !== 'hop');
  const length = firstOther === -1 ? plan.steps.length : firstOther;
  const chain = plan.steps.slice(0, length).filter((step) => step.kind === 'hop');
  const nodes = [plan.start, ...chain.map(({ node }) => node)].map((node) => conditions.pushedInto(node));
  const first = decided ?? (needsLeftJoin(plan.steps) ? 0 : bestOf(nodes, least));
  const moves: Move[] = [];
  const hops = chain.map((hop, at) => ({ ...hop, node: nodes[at + 1] as NodePlan }));
  const add = (hop: HopPlan, from: number | undefined): void => {
    moves.push(conditions.checkedAt(hop, from));
  };
  conditions.found(nodes[first]?.slot ?? 0);
  for (let at = first - 1; at >= 0; at -= 1) {
    const { edge, node } = hops[at] as HopPlan;
    add(
      { kind: 'hop', edge: { ...edge, direction: opposite[edge.direction] }, node: nodes[at] as NodePlan },
      node.slot,
    );
  }
  for (const [at, hop] of hops.entries()) {
    if (at >= first) add(hop, first > 0 ? nodes[at]?.slot : undefined);
  }
  const others = plan.steps.slice(length);
  if (first > 0 && others.length > 0) moves.push({ kind: 'stand', slot: nodes.at(-1)?.slot ?? 0 });
  for (const step of others) {
    if (step.kind !== 'hop') moves.push(step);
    else add({ ...step, node: conditions.pushedInto(step.node) }, undefined);
  }
  return { start: nodes[first] ?? plan.start, moves, rest: conditions.rest(), isReversed: first > 0, first };
}

const opposite = { any: 'any', out: 'in', in: 'out' } as const;

/** Whether rows can be given while paths are found, start by start. */
export function isStreamed(result: QueryPlan['result']): boolean {
  if (result.kind === 'tree' || result.orderBy.length > 0) return false;
  return result.kind === 'list' || (!result.isUnique && result.grouping === undefined);
}

/** Number of the node to start from: another than the first only if it is known at least so well. */
function bestOf(nodes: readonly NodePlan[], least: number): number {
  const ranks = nodes.map(({ predicate }) => selectivityOf(predicate));
  const best = Math.max(...ranks);
  const own = ranks[0] ?? 0;
  return best >= least && best > own && own < Selectivity.name ? ranks.indexOf(best) : 0;
}

/** The parts of WHERE that all have to hold, and where each is checked. */
class Conditions {
  private readonly open: Set<Predicate>;
  private readonly known = new Set<number>();
  private readonly edges: ReadonlySet<number>;
  /** Slots that every path fills with an entity of its own. */
  private readonly sure: ReadonlySet<number>;

  constructor({ where, start, steps }: QueryPlan) {
    const hops = steps.filter((step) => step.kind === 'hop');
    this.open = new Set(where.kind === 'all' ? where.of : [where]);
    this.edges = new Set(hops.map(({ edge }) => edge.slot));
    this.sure = new Set([start.slot, ...hops.map(({ node }) => node.slot)]);
  }

  /** Those on this entity alone, or on nothing, are part of what it must be. */
  pushedInto(node: NodePlan): NodePlan {
    if (!this.sure.has(node.slot)) return node;
    const pushed = this.take((slots) => [...slots].every((slot) => slot === node.slot));
    return pushed.length === 0 ? node : { ...node, predicate: all([node.predicate, ...pushed]) };
  }

  found(...slots: readonly number[]): void {
    for (const slot of slots) this.known.add(slot);
  }

  checkedAt(hop: HopPlan, from: number | undefined): HopMove {
    const edgeIs = this.take((slots) => slots.size === 1 && slots.has(hop.edge.slot) && this.edges.has(hop.edge.slot));
    this.found(hop.edge.slot, hop.node.slot);
    const pathIs = this.take((slots) => slots.size > 0 && [...slots].every((slot) => this.known.has(slot)));
    return { kind: 'hop', hop, from, edgeIs: all(edgeIs), pathIs: all(pathIs) };
  }

  rest(): Predicate {
    return this.open.size === 0 ? always : all([...this.open]);
  }

  private take(isMeant: (slots: ReadonlySet<number>) => boolean): readonly Predicate[] {
    if (this.open.size === 0) return [];
    const taken = [...this.open].filter((condition) => isMeant(slotsOfPredicate(condition)));
    for (const condition of taken) this.open.delete(condition);
    return taken;
  }
}
