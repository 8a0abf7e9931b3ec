import { createHash } from 'node:crypto';
import { idToKey, uuidToBytes } from '../../../src/domain/graph/identity';
import type { IdKey } from '../../../src/domain/query/run/graph-reader';
import type { Graph, GraphObject } from './graph';

/** A UUID for a short name of a test's own. */
export function uuidOf(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const idKeyOf = (name: string): IdKey => idToKey(uuidToBytes(uuidOf(name)));

/** The same graph with UUIDs as ids; `_key` stays what it was. */
export function withUuids({ entities, relationships }: Graph, salt = ''): Graph {
  const renamed = <Item extends GraphObject>(item: Item): Item => {
    const id = uuidOf(salt + item.id);
    return { ...item, id, properties: { ...item.properties, _id: id } };
  };
  return {
    entities: entities.map(renamed),
    relationships: relationships.map((each) => ({
      ...renamed(each),
      from: uuidOf(salt + each.from),
      to: uuidOf(salt + each.to),
    })),
  };
}
