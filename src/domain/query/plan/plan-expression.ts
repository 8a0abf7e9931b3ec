import { factsOf, hasAggregate, isAggregate, type AggregateName, type Call, type ScalarName } from '../functions';
import type { Expression } from '../syntax/ast';
import { referencesOf } from '../walk';
import type { PlanContext } from './context';
import type { Aggregate, PlanExpression, PropertyOfSlot } from './plan';
import type { Slots } from './slots';

/** The expressions of one table, and what they need beside the paths. */
export class ExpressionPlanner {
  readonly unwinds: PropertyOfSlot[] = [];
  readonly keys: PlanExpression[] = [];
  readonly aggregates: Aggregate[] = [];

  constructor(
    private readonly context: PlanContext,
    private readonly slots: Slots,
  ) {}

  /** Over one path. */
  ofPath(expression: Expression): PlanExpression {
    return this.plan(expression, (part) => part);
  }

  /** Over one group of paths: what is not aggregated and depends on the path is a key, and what is constant is itself. */
  ofGroup(expression: Expression): PlanExpression {
    const [reference] = referencesOf(expression);
    if (reference && !hasAggregate(expression)) return this.keyOf(this.ofPath(expression));
    return this.plan(expression, (part) => this.keyOf(part));
  }

  keyOf(plan: PlanExpression): PlanExpression {
    return { kind: 'key', index: indexOf(this.keys, plan) };
  }

  /** The value that decides the place of a group: the least going up, the greatest going down. */
  extremeOf(expression: Expression, isDescending: boolean): PlanExpression {
    return this.aggregateOf(isDescending ? 'max' : 'min', expression);
  }

  private aggregateOf(name: AggregateName, of: Expression): PlanExpression {
    const per = [...new Set([...referencesOf(of)].map(({ alias }) => this.slots.named(alias)))];
    return { kind: 'aggregate', index: indexOf(this.aggregates, { name, of: this.ofPath(of), per }) };
  }

  private plan(expression: Expression, ofRow: (plan: PlanExpression) => PlanExpression): PlanExpression {
    switch (expression.kind) {
      case 'reference': {
        const slot = this.slots.named(expression.alias);
        return ofRow(
          expression.key === undefined ? { kind: 'object', slot } : { kind: 'property', slot, key: expression.key },
        );
      }
      case 'negative':
        return {
          kind: 'arithmetic',
          operator: '-',
          left: { kind: 'constant', value: 0 },
          right: this.plan(expression.of, ofRow),
        };
      case 'arithmetic': {
        const { operator, left, right } = expression;
        return { kind: 'arithmetic', operator, left: this.plan(left, ofRow), right: this.plan(right, ofRow) };
      }
      case 'call':
        return this.planCall(expression, ofRow);
      case 'string':
      case 'number':
      case 'boolean':
      case 'undefined':
      case 'date':
      case 'now':
      case 'parameter':
        return { kind: 'constant', value: this.context.valueOf(expression) };
    }
  }

  private planCall(call: Call, ofRow: (plan: PlanExpression) => PlanExpression): PlanExpression {
    const name = call.name.toLowerCase();
    const [first] = call.args;
    if (first && isAggregate(call)) return this.aggregateOf(name as AggregateName, first);
    if (first && factsOf(call)?.kind === 'unwind') {
      const property = this.ofPath(first);
      if (property.kind !== 'property') throw new Error('UNWIND of no property passed the rules');
      return ofRow({ kind: 'unwound', index: indexOf(this.unwinds, property) });
    }
    return { kind: 'call', name: name as ScalarName, args: call.args.map((arg) => this.plan(arg, ofRow)) };
  }
}

/** Where `item` is in the list, which gets it if it is new. */
function indexOf<Item>(list: Item[], item: Item): number {
  const text = JSON.stringify(item);
  const found = list.findIndex((each) => JSON.stringify(each) === text);
  return found === -1 ? list.push(item) - 1 : found;
}
