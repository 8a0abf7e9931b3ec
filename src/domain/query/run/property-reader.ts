/** Properties and metadata of one object, side by side. */
export type Bag = Readonly<Record<string, unknown>>;

/** Reads one property; null counts as absent. What every object of JavaScript inherits is no property. */
export function propertyReader(key: string): (bag: Bag) => unknown {
  if (key in Object.prototype) {
    return (bag) => (Object.hasOwn(bag, key) ? (bag[key] ?? undefined) : undefined);
  }
  return (bag) => bag[key] ?? undefined;
}
