import type { Expression, Reference } from '../../../src/domain/query/syntax/ast';
import type { Choices } from './choices';
import { nowhere as at, randomLiteral } from './random-filter';

interface ExpressionParts {
  readonly choices: Choices;
  readonly known: readonly string[];
  readonly reference: () => Reference;
}

/** For a column of RETURN. */
export function randomExpression(parts: ExpressionParts, depth: number): Expression {
  const { choices, reference } = parts;
  if (depth === 0 || choices.once(2)) return choices.once(6) ? positive(choices) : reference();
  const inner = (): Expression => randomExpression(parts, depth - 1);
  switch (choices.upTo(6)) {
    case 0:
      return aggregate(parts);
    case 1:
      return { kind: 'call', name: 'unwind', args: [reference()], at };
    case 2:
      return { kind: 'negative', of: inner(), at };
    case 3:
    case 4:
      return {
        kind: 'arithmetic',
        operator: choices.pick(['+', '-', '*', '/', '^'] as const),
        left: inner(),
        right: inner(),
        at,
      };
    case 5:
      return { kind: 'call', name: choices.pick(['ABS', 'ceil', 'Floor', 'ROUND', 'SQRT']), args: [inner()], at };
    default:
      return {
        kind: 'call',
        name: choices.pick(['CONCAT', 'COALESCE', 'MERGE']),
        args: [inner(), ...choices.some(1, inner)],
        at,
      };
  }
}

function aggregate({ choices, known, reference }: ExpressionParts): Expression {
  if (choices.once(2)) {
    const whole = { kind: 'reference', alias: choices.pick(known), key: undefined, at } as const;
    return { kind: 'call', name: 'COUNT', args: [choices.once(2) ? whole : reference()], at };
  }
  const left = reference();
  const of: Expression = choices.once(3) ? { kind: 'arithmetic', operator: '*', left, right: reference(), at } : left;
  return { kind: 'call', name: choices.pick(['SUM', 'MIN', 'max', 'AVG']), args: [of], at };
}

/** In expressions a minus sign is an operator. */
function positive(choices: Choices): Expression {
  const literal = randomLiteral(choices);
  return literal.kind === 'number' ? { ...literal, value: Math.abs(literal.value) } : literal;
}
