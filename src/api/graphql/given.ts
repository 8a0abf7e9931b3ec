/** What a client gives that has nothing to say: null, an empty text, an empty list (contract, rule 24). */
export function given<Value>(value: Value | null | undefined): Value | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
