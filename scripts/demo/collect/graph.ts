/** Values JupiterOne accepts for a property: primitives and flat lists of them. Dates are epoch milliseconds. */
export type PropertyValue = string | number | boolean | readonly string[];

export interface Entity {
  readonly _key: string;
  readonly _type: string;
  readonly _class: readonly string[];
  readonly displayName: string;
  readonly [property: string]: PropertyValue;
}

export interface Relationship {
  readonly _key: string;
  readonly _type: string;
  readonly _class: string;
  readonly _fromEntityKey: string;
  readonly _toEntityKey: string;
  readonly displayName: string;
}

/** What one collector found; `skipped` holds one sentence for each source that could not be read. */
export interface Collected {
  readonly entities: readonly Entity[];
  readonly relationships: readonly Relationship[];
  readonly skipped: readonly string[];
}

export type RelationshipClass = 'CONNECTS' | 'HAS' | 'INSTALLED' | 'OWNS' | 'RUNS' | 'USES';

export interface EntityParts {
  readonly key: string;
  readonly type: string;
  readonly classes: readonly string[];
  readonly displayName: string;
  readonly properties: Readonly<Record<string, PropertyValue | undefined>>;
}

/** Builds an entity; properties that are undefined, empty strings or empty lists are left out. */
export function buildEntity({ key, type, classes, displayName, properties }: EntityParts): Entity {
  const known: Record<string, PropertyValue> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === '') continue;
    if (Array.isArray(value) && value.length === 0) continue;
    known[name] = value;
  }
  return { ...known, _key: key, _type: type, _class: classes, displayName };
}

/** Relates two entities; key and type are formed as the JupiterOne integration SDK forms them. */
export function relate(from: Entity, relationshipClass: RelationshipClass, to: Entity): Relationship {
  const verb = relationshipClass.toLowerCase();
  return {
    _key: `${from._key}|${verb}|${to._key}`,
    _type: `${from._type}_${verb}_${to._type}`,
    _class: relationshipClass,
    _fromEntityKey: from._key,
    _toEntityKey: to._key,
    displayName: relationshipClass,
  };
}
