import type { FlatObject } from '../../domain/ports';

export interface VertexObject {
  readonly id: string;
  readonly entity: FlatObject;
  readonly properties: FlatObject;
}

export interface EdgeObject {
  readonly id: string;
  readonly toVertexId: unknown;
  readonly fromVertexId: unknown;
  readonly relationship: FlatObject;
  readonly properties: FlatObject;
}

/** An entity as the types of the SDL have it: times stay epoch milliseconds, `_type` and `_class` are lists. */
export const vertexOf = (object: FlatObject): VertexObject => ({
  id: String(object['_id']),
  entity: { ...object, _type: listOf(object['_type']), _class: listOf(object['_class']) },
  properties: propertiesOf(object),
});

export const edgeOf = (object: FlatObject): EdgeObject => ({
  id: String(object['_id']),
  toVertexId: object['_toEntityId'],
  fromVertexId: object['_fromEntityId'],
  relationship: object,
  properties: propertiesOf(object),
});

const listOf = (value: unknown): unknown => (value === null || value === undefined ? null : [value].flat());

/** All but metadata and the display name, which stand beside it. */
const propertiesOf = (object: FlatObject): FlatObject =>
  Object.fromEntries(
    Object.entries(object).filter(([name, value]) => !name.startsWith('_') && name !== 'displayName' && value !== null),
  );
