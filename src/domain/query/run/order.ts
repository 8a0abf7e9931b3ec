/** By code point. UTF-16 has the same order, but for pairs of surrogates, which stand for more than any single unit. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at += 1) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (a !== b) return ascending(a) - ascending(b);
  }
  return left.length - right.length;
}

const ascending = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

/**
 * Order of ORDER BY, MIN and MAX: numbers, text, whole objects by their ids, arrays member by member, false, true, nothing.
 * @returns below 0, 0, above 0
 */
export function compareForOrder(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  const difference = rankOf(left) - rankOf(right);
  if (difference !== 0) return difference;
  if (Array.isArray(left) && Array.isArray(right)) return compareArrays(left, right);
  return typeof left === 'boolean' ? Number(left) - Number(right) : compareText(idOf(left), idOf(right));
}

function rankOf(value: unknown): number {
  if (typeof value === 'number') return 1;
  if (typeof value === 'string') return 2;
  if (Array.isArray(value)) return 4;
  if (typeof value === 'boolean') return 5;
  return value === null || value === undefined ? 6 : 3;
}

function compareArrays(left: readonly unknown[], right: readonly unknown[]): number {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = compareForOrder(left[at], right[at]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const idOf = (value: unknown): string => (value as { readonly id?: string } | null | undefined)?.id ?? '';
