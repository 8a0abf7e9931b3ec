import type { Hop, Query, Step } from '../syntax/ast';
import type { FilterReading } from './plan-filter';
import { planEntity } from './plan-entity';
import type { HopPlan, StepPlan } from './plan';
import type { Slots } from './slots';

interface StepReading extends Omit<FilterReading, 'subjectOf'> {
  readonly slots: Slots;
}

export function planPath(query: Query, reading: StepReading) {
  return {
    start: planEntity(query.start, reading.slots.of(query.start), reading),
    steps: planSteps(query.steps, true, reading),
  };
}

/** @param isLast whether nothing comes after these steps that has to be walked */
function planSteps(steps: readonly Step[], isLast: boolean, reading: StepReading): readonly StepPlan[] {
  const lastHop = steps.findLastIndex(({ kind }) => kind === 'hop');
  const plans: StepPlan[] = [];
  for (let at = 0; at < steps.length; at += 1) {
    const step = steps[at] as Step;
    if (step.kind === 'optional') {
      const isTrailing = isLast && at > lastHop;
      plans.push({
        kind: 'optional',
        steps: planSteps(step.steps, isTrailing, reading),
        isTrailing,
        position: step.alias && reading.slots.of(step),
      });
    } else if (step.isNegated) {
      const chain = restOfChain(steps, at);
      plans.push({ kind: 'absent', steps: planNegated(chain, reading) });
      at += chain.length - 1;
    } else plans.push(planHop(step, reading));
  }
  return plans;
}

/** A negation covers the hops behind it, up to an optional group or the end. */
function restOfChain(steps: readonly Step[], from: number): readonly Hop[] {
  const end = steps.findIndex((step, at) => at > from && step.kind === 'optional');
  return steps.slice(from, end === -1 ? undefined : end).filter((step) => step.kind === 'hop');
}

function planNegated([first, ...rest]: readonly Hop[], reading: StepReading): readonly StepPlan[] {
  return first ? [planHop(first, reading), ...planSteps(rest, false, reading)] : [];
}

function planHop(hop: Hop, reading: StepReading): HopPlan {
  const { slots } = reading;
  const classes = [...new Set(hop.verbs.map(({ name }) => name.toUpperCase()))];
  return {
    kind: 'hop',
    edge: { slot: slots.of(hop), classes, direction: hop.direction },
    node: planEntity(hop.entity, slots.of(hop.entity), reading),
  };
}
