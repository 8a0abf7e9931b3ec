import type { Predicate } from './plan';

export const always: Predicate = { kind: 'all', of: [] };
export const never: Predicate = { kind: 'any', of: [] };

/** Without levels that say nothing, so that engines see what is there. */
export function all(of: readonly Predicate[]): Predicate {
  return joined('all', of);
}

export function any(of: readonly Predicate[]): Predicate {
  return joined('any', of);
}

export function not(of: Predicate): Predicate {
  if (of.kind === 'not') return of.of;
  if (of === always || isEmpty(of, 'all')) return never;
  return isEmpty(of, 'any') ? always : { kind: 'not', of };
}

/** Whether it says nothing at all. */
export const isAlways = (predicate: Predicate): boolean => isEmpty(predicate, 'all');

const isEmpty = (predicate: Predicate, kind: 'all' | 'any'): boolean =>
  predicate.kind === kind && predicate.of.length === 0;

function joined(kind: 'all' | 'any', of: readonly Predicate[]): Predicate {
  const opposite = kind === 'all' ? 'any' : 'all';
  // One that nothing satisfies decides an `all`, and one that everything satisfies an `any`.
  if (of.some((each) => isEmpty(each, opposite))) return kind === 'all' ? never : always;
  const flat = of.flatMap((each) => (each.kind === kind ? each.of : [each]));
  const [first] = flat;
  return first !== undefined && flat.length === 1 ? first : { kind, of: flat };
}
