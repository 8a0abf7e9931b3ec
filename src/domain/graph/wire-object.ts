/** An entity or relationship as queries see it: metadata and properties side by side, dates in epoch milliseconds. */
type FlatObject = Readonly<Record<string, unknown>>;

export interface WireEntity {
  readonly id: string;
  readonly entity: FlatObject;
  readonly properties: FlatObject;
}

export interface WireRelationship {
  readonly id: string;
  readonly relationship: FlatObject;
  readonly properties: FlatObject;
}

/** A relationship in a tree. */
export interface WireEdge extends WireRelationship {
  readonly fromVertexId: string;
  readonly toVertexId: string;
}

/** A whole entity in a result (contract 5.5): `_type` and `_class` as lists, dates of the metadata as ISO texts. */
export function wireEntity(object: FlatObject): WireEntity {
  const { id, metadata, properties } = partsOf(object);
  for (const name of ['_type', '_class']) {
    const value = metadata[name];
    if (value !== undefined && !Array.isArray(value)) metadata[name] = [value];
  }
  return { id, entity: metadata, properties };
}

/** A whole relationship in a result (contract 5.5): `_type` and `_class` as plain texts, dates of the metadata as ISO texts. */
export function wireRelationship(object: FlatObject): WireRelationship {
  const { id, metadata, properties } = partsOf(object);
  for (const name of ['_type', '_class']) {
    const value = metadata[name];
    if (Array.isArray(value)) metadata[name] = (value as unknown[])[0];
  }
  return { id, relationship: metadata, properties };
}

/** @param ends ids as UUID texts */
export const wireEdge = (object: FlatObject, ends: { readonly from: string; readonly to: string }): WireEdge => ({
  ...wireRelationship(object),
  fromVertexId: ends.from,
  toVertexId: ends.to,
});

const dates: ReadonlySet<string> = new Set(['_createdOn', '_beginOn', '_endOn']);

function partsOf(object: FlatObject) {
  const metadata: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === null || value === undefined) continue;
    if (name.charCodeAt(0) !== 95 /* _ */ && name !== 'displayName') properties[name] = value;
    else metadata[name] = dates.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value;
  }
  return { id: String(object['_id']), metadata, properties };
}
