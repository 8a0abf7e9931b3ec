/**
 * A text that is the same for equal values and different for others: scalars, null (as absent), arrays, whole objects by their id.
 * No such text is the beginning of another, so that several side by side are one key.
 */
export function keyOfValue(value: unknown): string {
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (typeof value === 'number') return `n${value};`;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (value === null || value === undefined) return 'u';
  if (Array.isArray(value)) return `a${value.length}:${value.map(keyOfValue).join('')}`;
  const { id } = value as { readonly id: string };
  return `o${id.length}:${id}`;
}

export function keyOfValues(values: readonly unknown[]): string {
  let key = '';
  for (const value of values) key += keyOfValue(value);
  return key;
}
