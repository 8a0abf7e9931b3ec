import type { FlatObject } from '../../domain/ports';

/** What not all ask for is made when it is asked for: graphql-js calls members that are functions. */
export interface VertexObject {
  readonly id: string;
  readonly entity: FlatObject;
  properties(): FlatObject;
}

export interface EdgeObject {
  readonly id: string;
  readonly toVertexId: unknown;
  readonly fromVertexId: unknown;
  readonly relationship: FlatObject;
  properties(): FlatObject;
}

export const vertexOf = (object: FlatObject): VertexObject => ({
  id: String(object['_id']),
  entity: object,
  properties: () => propertiesOf(object),
});

export const edgeOf = (object: FlatObject): EdgeObject => ({
  id: String(object['_id']),
  toVertexId: object['_toEntityId'],
  fromVertexId: object['_fromEntityId'],
  relationship: object,
  properties: () => propertiesOf(object),
});

/** Of an entity, where the SDL has lists. */
export const listOf = (value: unknown): unknown => (value === null || value === undefined ? null : [value].flat());

/** All but metadata and the display name, which stand beside it. */
function propertiesOf(object: FlatObject): FlatObject {
  const properties = { __proto__: null } as unknown as Record<string, unknown>;
  for (const name in object) {
    const value = object[name];
    if (name.charCodeAt(0) !== 95 /* _ */ && name !== 'displayName' && value !== null) properties[name] = value;
  }
  return properties;
}
