/** A graph in memory. Metadata stands among the properties, as queries see it. */
export interface GraphObject {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
export type Entity = GraphObject;
export interface Relationship extends GraphObject {
  readonly from: string;
  readonly to: string;
}
export interface Graph {
  readonly entities: readonly Entity[];
  readonly relationships: readonly Relationship[];
}

/** `_class` of an entity may be given as one text. */
export function entity(id: string, type: string, classes: readonly string[], properties: object = {}): Entity {
  return { id, properties: { _id: id, _key: id, _type: type, _class: classes, ...properties } };
}

export function relationship(
  from: string,
  verb: string,
  to: string,
  properties: object = {},
  id = `${from}|${verb}|${to}`,
): Relationship {
  return { id, from, to, properties: { _id: id, _key: id, _class: verb, _type: verb.toLowerCase(), ...properties } };
}

/** Absent and null are the same. */
export function valueOf(object: GraphObject | undefined, key: string): unknown {
  return object && Object.hasOwn(object.properties, key) ? (object.properties[key] ?? undefined) : undefined;
}
