import { createHash } from 'node:crypto';
import { bytesToUuid } from '../../../src/domain/graph/identity';
import type { Graph } from './graph';

/** The same graph with ids as they are stored. */
export function withUuids({ entities, relationships }: Graph, account: string): Graph {
  const uuidOf = (id: string): string => bytesToUuid(createHash('md5').update(`${account}/${id}`).digest());
  const moved = <Each extends { readonly id: string; readonly properties: object }>(object: Each): Each => ({
    ...object,
    id: uuidOf(object.id),
    properties: { ...object.properties, _id: uuidOf(object.id) },
  });
  const ended = new Set(entities.filter(({ properties }) => properties['_deleted'] === true).map(({ id }) => id));
  return {
    entities: entities.map(moved),
    // An entity takes its relationships with it.
    relationships: relationships.map(({ from, to, ...each }) => ({
      ...moved(
        ended.has(from) || ended.has(to) ? { ...each, properties: { ...each.properties, _deleted: true } } : each,
      ),
      from: uuidOf(from),
      to: uuidOf(to),
    })),
  };
}
