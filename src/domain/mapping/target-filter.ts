import type { Mapping, Primitive } from '../graph/object-content';

/** One property that a target must have, and the values that must be among its values; never empty, without doubles, sorted. */
export interface WantedProperty {
  readonly name: string;
  readonly wanted: readonly Primitive[];
}

/** Properties that must all match, sorted by name. */
export type TargetFilter = readonly WantedProperty[];

const metadata: readonly string[] = ['_key', '_type', '_class'];

/**
 * The alternatives of `targetFilterKeys` in their order. One that names a property for which `targetEntity` has no value cannot be
 * tried and is left out.
 */
export function filtersOf({ targetFilterKeys, targetEntity }: Mapping): readonly TargetFilter[] {
  const filters: TargetFilter[] = [];
  for (const names of targetFilterKeys) {
    const filter = [...new Set(names)].sort().map((name) => ({ name, wanted: wantedOf(name, targetEntity) }));
    if (filter.length > 0 && filter.every(({ wanted }) => wanted.length > 0)) filters.push(filter);
  }
  return filters;
}

function wantedOf(name: string, targetEntity: Mapping['targetEntity']): readonly Primitive[] {
  if (name.startsWith('_') && !metadata.includes(name)) return [];
  const values = new Set(valuesOf(Object.hasOwn(targetEntity, name) ? targetEntity[name] : undefined));
  // An empty text is no key, type or class.
  if (metadata.includes(name)) values.delete('');
  return [...values].sort((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
}

const sortText = (value: Primitive): string => `${typeof value} ${String(value)}`;

/** A property as a set: a scalar is a set of one; null is no value. */
export function valuesOf(value: unknown): readonly Primitive[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is Primitive => ['string', 'number', 'boolean'].includes(typeof item));
}

/** Whether an entity has, under each name, all the values that are wanted there; it may have more. `property` reads one. */
export const matches = (filter: TargetFilter, property: (name: string) => unknown): boolean =>
  filter.every(({ name, wanted }) => {
    const values = valuesOf(property(name));
    return wanted.every((value) => values.includes(value));
  });
