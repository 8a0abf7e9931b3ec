import type { Expression } from './syntax/ast';
import { partsOf } from './walk';

export type AggregateName = 'count' | 'sum' | 'min' | 'max' | 'avg';
export type ScalarName = 'concat' | 'merge' | 'coalesce' | 'abs' | 'sqrt' | 'ceil' | 'floor' | 'round';

interface FunctionFacts {
  readonly kind: 'aggregate' | 'scalar' | 'unwind';
  readonly maxArguments: number;
}

const aggregate: FunctionFacts = { kind: 'aggregate', maxArguments: 1 };
const ofOne: FunctionFacts = { kind: 'scalar', maxArguments: 1 };
const ofMany: FunctionFacts = { kind: 'scalar', maxArguments: Infinity };

/** Each takes at least one argument. */
export const functions: Readonly<Record<AggregateName | ScalarName | 'unwind', FunctionFacts>> = {
  count: aggregate,
  sum: aggregate,
  min: aggregate,
  max: aggregate,
  avg: aggregate,
  concat: ofMany,
  merge: ofMany,
  coalesce: ofMany,
  unwind: { kind: 'unwind', maxArguments: 1 },
  abs: ofOne,
  sqrt: ofOne,
  ceil: ofOne,
  floor: ofOne,
  round: ofOne,
};

export type Call = Extract<Expression, { readonly kind: 'call' }>;

/** Undefined for a function that does not exist. */
export function factsOf({ name }: Call): FunctionFacts | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(functions, lower) ? functions[lower as keyof typeof functions] : undefined;
}

export const isAggregate = (expression: Expression): boolean =>
  expression.kind === 'call' && factsOf(expression)?.kind === 'aggregate';

export const hasAggregate = (expression: Expression): boolean => [...partsOf(expression)].some(isAggregate);
