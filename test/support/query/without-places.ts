/** A syntax tree without the places of its nodes, for comparing what two texts say. */
export function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([name, value]) => name !== 'at' && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, withoutPlaces(value)]));
}
