import type { ScalarName } from '../functions';
import type { ArithmeticOperator } from '../syntax/ast';

/** Numbers only. Null for anything else, and where the result is no finite number. */
export function calculate(operator: ArithmeticOperator, left: unknown, right: unknown): number | null {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  switch (operator) {
    case '+':
      return finite(left + right);
    case '-':
      return finite(left - right);
    case '*':
      return finite(left * right);
    case '/':
      return finite(left / right);
    case '^':
      return finite(left ** right);
  }
}

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const isThere = (value: unknown): boolean => value !== null && value !== undefined;

export function callScalar(name: ScalarName, args: readonly unknown[]): unknown {
  switch (name) {
    case 'concat':
      return args.filter(isThere).map(textOf).join('');
    case 'coalesce':
      return args.find(isThere) ?? null;
    case 'merge':
      return [...new Set(args.flat().filter(isThere))];
    case 'abs':
    case 'sqrt':
    case 'ceil':
    case 'floor':
    case 'round':
      return typeof args[0] === 'number' ? numeric[name](args[0]) : null;
  }
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(',') : String(value));

const numeric: Readonly<Record<'abs' | 'sqrt' | 'ceil' | 'floor' | 'round', (value: number) => number | null>> = {
  abs: Math.abs,
  sqrt: (value) => finite(Math.sqrt(value)),
  ceil: Math.ceil,
  floor: Math.floor,
  round: (value) => Math.floor(value + 0.5),
};
