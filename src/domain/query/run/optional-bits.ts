import type { OptionalPlan, StepPlan } from '../plan/plan';

/** A bit for each optional group of a query; its limits allow ten. */
export class OptionalBits {
  private readonly bits = new Map<OptionalPlan, number>();

  constructor(steps: readonly StepPlan[]) {
    this.add(steps);
  }

  of(group: OptionalPlan): number {
    return this.bits.get(group) ?? 0;
  }

  private add(steps: readonly StepPlan[]): void {
    for (const step of steps) {
      if (step.kind !== 'optional') continue;
      if (this.bits.size === 30) throw new Error('a plan has more optional groups than the language allows');
      this.bits.set(step, 1 << this.bits.size);
      this.add(step.steps);
    }
  }
}
