import type { FoundRelationship } from '../../../domain/query/run/graph-reader';
import { eachMember, uuidAt } from './bson-reply';
import { idKeyAt } from './id-keys';

/**
 * Reads documents of three ids and nothing else. mongod writes all of one answer alike: where the ids lie is found out once, and
 * again when a document is not like the one before.
 */
export function edgeReader(
  properties: FoundRelationship['properties'],
): (bytes: Buffer, at: number) => FoundRelationship {
  let layout: { readonly size: number; readonly id: number; readonly from: number; readonly to: number } | undefined;
  return (bytes, at) => {
    const size = bytes.readInt32LE(at);
    if (layout?.size !== size) layout = layoutAt(bytes, at, size);
    return {
      id: idKeyAt(bytes, at + layout.id),
      from: idKeyAt(bytes, at + layout.from),
      to: idKeyAt(bytes, at + layout.to),
      properties,
    };
  };
}

function layoutAt(bytes: Buffer, at: number, size: number) {
  const places: Record<string, number> = {};
  eachMember(bytes, at, (_type, nameAt, from) => {
    places[bytes.latin1Slice(nameAt, from - 1)] = uuidAt(from) - at;
  });
  const { _id: id, _fromEntityId: from, _toEntityId: to } = places;
  if (id === undefined || from === undefined || to === undefined) throw new Error('a relationship has no ends');
  return { size, id, from, to };
}
