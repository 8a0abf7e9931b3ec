import type { PlanExpression, Predicate, QueryPlan, SortKey, StepPlan } from '../plan/plan';
import { subjectsOf } from '../plan/subjects';
import type { Wanted } from './graph-reader';
import type { Strategy } from './strategy';

/** The properties that a run has to know, slot by slot. */
export class WantedProperties {
  private readonly bySlot: Set<string>[];
  private readonly whole = new Set<number>();

  constructor(slots: number) {
    this.bySlot = Array.from({ length: slots }, () => new Set());
  }

  of(slot: number): Wanted {
    return this.whole.has(slot) ? 'all' : [...(this.bySlot[slot] ?? [])];
  }

  key(slot: number, key: string): this {
    this.bySlot[slot]?.add(key);
    return this;
  }

  slot(slot: number, wanted: Wanted): this {
    if (wanted === 'all') return this.all(slot);
    for (const key of wanted) this.key(slot, key);
    return this;
  }

  all(slot: number): this {
    this.whole.add(slot);
    return this;
  }

  /** For what is checked on the way; what nodes must be is checked by the reader. */
  ofWalk({ moves, rest }: Strategy): this {
    for (const move of moves) if (move.kind === 'hop') this.predicate(move.edgeIs).predicate(move.pathIs);
    return this.predicate(rest);
  }

  predicate(predicate: Predicate): this {
    for (const subject of subjectsOf(predicate)) {
      if (subject.kind === 'whole') this.all(subject.slot);
      else if (subject.kind === 'property') this.key(subject.slot, subject.key);
    }
    return this;
  }

  expression(by: PlanExpression | SortKey['by']): this {
    switch (by.kind) {
      case 'property':
        return this.key(by.slot, by.key);
      case 'object':
        return this.all(by.slot);
      case 'call':
        for (const arg of by.args) this.expression(arg);
        return this;
      case 'arithmetic':
        return this.expression(by.left).expression(by.right);
      case 'constant':
      case 'unwound':
      case 'key':
      case 'aggregate':
      case 'column':
        return this;
    }
  }

  /** Where a path may stand after a group, that entity has to know what is wanted of the position. */
  positions({ start, steps }: Pick<QueryPlan, 'start' | 'steps'>): this {
    this.spread(steps, new Set([start.slot]));
    return this;
  }

  private spread(steps: readonly StepPlan[], before: ReadonlySet<number>): ReadonlySet<number> {
    let here = before;
    for (const step of steps) {
      if (step.kind === 'hop') here = new Set([step.node.slot]);
      if (step.kind !== 'optional') continue;
      here = new Set([...here, ...this.spread(step.steps, here)]);
      const { position } = step;
      if (position === undefined) continue;
      for (const slot of here) {
        if (this.whole.has(position)) this.all(slot);
        for (const key of this.bySlot[position] ?? []) this.key(slot, key);
      }
    }
    return here;
  }
}
