import type { HopPlan, NodePlan, OptionalPlan, QueryPlan, StepPlan } from '../../../src/domain/query/plan/plan';
import type { Answer } from './evaluate';
import { valueOf, type Entity, type Graph, type GraphObject, type Relationship } from './graph';
import { holds, type Sight } from './run-predicate';
import { paged, sorted, tableOf, valueAt, type Slots } from './run-table';
import { identityOf } from './values';

interface State {
  readonly slots: Slots;
  readonly position: Entity;
  readonly used: ReadonlySet<Relationship>;
  readonly skipped: ReadonlySet<OptionalPlan>;
}

/** Runs a plan over arrays, reading nothing but the plan: what an engine has to do, without any of its art. */
export function runPlan(plan: QueryPlan, whole: Graph): Answer {
  const exists = (object: GraphObject): boolean => plan.includeDeleted || valueOf(object, '_deleted') !== true;
  const graph = { entities: whole.entities.filter(exists), relationships: whole.relationships.filter(exists) };
  const run: Run = { plan, graph, whole };
  const paths = pathsOf(run).filter((slots) => holds(plan.where, sightOf(slots, run)));
  const { result } = plan;
  switch (result.kind) {
    case 'list': {
      const first = new Map(paths.map((slots) => [slots[0] as Entity, slots]));
      const rows = [...first].map(([start, slots]) => ({
        start,
        keys: result.orderBy.map(({ by }) => valueAt(by, slots)),
      }));
      return { kind: 'list', entities: paged(sorted(rows, result.orderBy), result).map(({ start }) => start) };
    }
    case 'tree': {
      const idsOf = (kind: string): ReadonlySet<string> =>
        new Set(
          paths
            .flatMap((slots) =>
              slots.filter((_, at) => plan.slots[at]?.kind === kind).map((object) => object?.id ?? ''),
            )
            .filter(Boolean),
        );
      return { kind: 'tree', vertices: idsOf('entity'), edges: idsOf('relationship') };
    }
    case 'table':
      return { kind: 'table', rows: tableOf(result, paths, (inner) => runPlan(inner, whole)) };
  }
}

interface Run {
  readonly plan: QueryPlan;
  /** Without what has ended. */
  readonly graph: Graph;
  readonly whole: Graph;
}

const sightOf = (slots: Slots, { whole }: Run): Sight => ({
  cell: (subject) => (subject.kind === 'property' ? valueOf(slots[subject.slot], subject.key) : undefined),
  object: (slot) => slots[slot],
  subquery: (inner) => runPlan(inner, whole),
});

function pathsOf(run: Run): readonly Slots[] {
  const { plan } = run;
  const begin = (entity: Entity): State => ({ slots: [entity], position: entity, used: new Set(), skipped: new Set() });
  const starts = run.graph.entities.filter((entity) => isMatch(plan.start, entity, run)).map(begin);
  const states = starts.flatMap((state) => walk(state, plan.steps, run));
  const own = (slots: Slots): string =>
    identityOf(plan.slots.map(({ kind }, at) => (kind === 'position' ? null : (slots[at]?.id ?? null))));
  const different = [...new Map(states.map((state) => [own(state.slots), state])).values()];
  const optional = optionalSlots(plan.steps, []);
  return different
    .filter((state) => !different.some((other) => takesMore(other, state, plan, optional)))
    .map(({ slots }) => slots);
}

function isMatch({ slot, predicate }: NodePlan, entity: Entity, run: Run): boolean {
  const slots: (GraphObject | undefined)[] = [];
  slots[slot] = entity;
  return holds(predicate, sightOf(slots, run));
}

function walk(state: State, steps: readonly StepPlan[], run: Run): readonly State[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [state];
  return stepFrom(state, step, run).flatMap((next) => walk(next, rest, run));
}

function stepFrom(state: State, step: StepPlan, run: Run): readonly State[] {
  switch (step.kind) {
    case 'hop':
      return hop(state, step, run);
    case 'absent':
      return walk({ ...state, used: new Set() }, step.steps, run).length === 0 ? [state] : [];
    case 'optional': {
      const skipping = { ...state, skipped: new Set([...state.skipped, step]) };
      return [...walk(state, step.steps, run), skipping].map((each) =>
        step.position === undefined ? each : { ...each, slots: withSlot(each.slots, step.position, each.position) },
      );
    }
  }
}

function withSlot(slots: Slots, slot: number, object: GraphObject): Slots {
  const copy = [...slots];
  copy[slot] = object;
  return copy;
}

function hop(state: State, { edge, node }: HopPlan, run: Run): readonly State[] {
  const here = state.position.id;
  return run.graph.relationships.flatMap((link) => {
    const isWanted = edge.classes.length === 0 || edge.classes.includes(String(valueOf(link, '_class')).toUpperCase());
    if (state.used.has(link) || !isWanted) return [];
    const ends = [
      link.from === here && edge.direction !== 'in' ? link.to : '',
      link.to === here && edge.direction !== 'out' ? link.from : '',
    ];
    return run.graph.entities
      .filter((entity) => ends.includes(entity.id) && isMatch(node, entity, run))
      .map((entity) => ({
        ...state,
        slots: withSlot(withSlot(state.slots, edge.slot, link), node.slot, entity),
        position: entity,
        used: new Set([...state.used, link]),
      }));
  });
}

/** The groups around each slot, outermost first. */
function optionalSlots(
  steps: readonly StepPlan[],
  around: readonly OptionalPlan[],
): ReadonlyMap<number, readonly OptionalPlan[]> {
  const all = new Map<number, readonly OptionalPlan[]>();
  for (const step of steps) {
    if (step.kind === 'hop') all.set(step.edge.slot, around).set(step.node.slot, around);
    if (step.kind === 'optional')
      for (const [slot, groups] of optionalSlots(step.steps, [...around, step])) all.set(slot, groups);
  }
  return all;
}

function takesMore(
  more: State,
  less: State,
  plan: QueryPlan,
  optional: ReadonlyMap<number, readonly OptionalPlan[]>,
): boolean {
  let extra = 0;
  for (const [slot, { kind }] of plan.slots.entries()) {
    const [wide, narrow] = [more.slots[slot], less.slots[slot]];
    if (kind === 'position' || wide === narrow) continue;
    if (narrow !== undefined) return false;
    const skipped = optional.get(slot)?.find((group) => less.skipped.has(group));
    if (skipped?.isTrailing !== true) return false;
    extra += 1;
  }
  return extra > 0;
}
