import {
  comparisonOperators,
  type Filter,
  type Literal,
  type Query,
  type Subject,
  type Value,
} from '../../../src/domain/query/syntax/ast';
import type { Choices } from './choices';
import { randomScalar } from './schema';

/** Random trees have no place in a text. */
export const nowhere = { from: 0, to: 0 };
const at = nowhere;

export interface FilterParts {
  readonly choices: Choices;
  readonly subject: () => Subject;
  /** Undefined where the language has no subqueries, or enough of them are there. */
  readonly subquery: (() => Query) | undefined;
}

export function randomFilter(parts: FilterParts, depth = 2): Filter {
  const { choices } = parts;
  if (depth > 0 && choices.once(3)) {
    const kind = choices.pick(['and', 'or'] as const);
    const operands = [0, 1, ...choices.some(1, () => 2)].map(() => randomFilter(parts, depth - 1));
    return { kind, operands, at };
  }
  if (choices.once(12))
    return {
      kind: 'cidr',
      isNegated: choices.once(2),
      left: parts.subject(),
      range: choices.pick(['10.0.0.0/8', '1.1.1.1']),
      at,
    };
  if (choices.once(10) && parts.subquery) {
    const right = { kind: 'subquery', query: parts.subquery(), at } as const;
    return { kind: 'comparison', left: parts.subject(), operator: choices.pick(['=', '!=']), right, at };
  }
  const left = parts.subject();
  const operator = choices.pick(comparisonOperators);
  const canMatch = !['<', '>', '<=', '>='].includes(operator);
  return {
    kind: 'comparison',
    left,
    operator,
    right: randomValueOf(parts, canMatch, left.kind === 'reference', 1),
    at,
  };
}

function randomValueOf(parts: FilterParts, canMatch: boolean, canRefer: boolean, depth: number): Value {
  const { choices } = parts;
  if (depth > 0 && choices.once(5)) {
    const join = choices.pick(['or', 'and'] as const);
    const values = [0, ...choices.some(2, () => 1)].map(() => randomValueOf(parts, canMatch, canRefer, depth - 1));
    return { kind: 'list', join: values.length === 1 ? 'or' : join, values, at };
  }
  if (canMatch && choices.once(8))
    return { kind: 'regex', pattern: choices.pick(['x', 'y.?$', '^X', '[xy]+']), flags: choices.pick(['', 'i']), at };
  const other = canRefer && choices.once(3) ? parts.subject() : undefined;
  return other?.kind === 'reference' ? other : randomLiteral(choices);
}

export function randomLiteral(choices: Choices): Literal {
  if (choices.once(6)) return { kind: 'undefined', at };
  if (choices.once(15))
    return { kind: 'now', amount: choices.pick([-1, 2]), unit: choices.pick(['day', 'month'] as const), at };
  if (choices.once(15))
    return { kind: 'parameter', name: choices.pick(['one', 'many']), isStored: choices.once(2), at };
  const value = randomScalar(choices);
  if (typeof value === 'string') return { kind: 'string', value, at };
  return typeof value === 'number' ? { kind: 'number', value, at } : { kind: 'boolean', value, at };
}
