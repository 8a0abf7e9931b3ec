import type { Document } from 'mongodb';
import { entityOrders, relationshipOrders } from '../indexes';
import { idAt } from '../packed-ids';
import type { ReadSession } from '../query/read-session';
import type { GraphCopy } from './graph-copy';

/** Documents of a batch: some milliseconds of work. */
const batchSize = 2_000;
/** Ids of one `$in`. */
const idsAtOnce = 2_000;

const projections = {
  entities: { _overrides: 0, _touched: 0 },
  relationships: { _fromEntityId: 1, _toEntityId: 1, _class: 1 },
} as const;

/** Reads all of a graph, as `session` sees it. @param each called after some of it; may throw to stop */
export async function loadAll(copy: GraphCopy, session: ReadSession, account: string, each: () => void): Promise<void> {
  const find = (collection: keyof typeof projections, hint: Document) => ({
    find: collection,
    filter: { _accountId: account, _deleted: false },
    projection: projections[collection],
    hint,
    batchSize,
  });
  for await (const batch of session.batches(find('entities', entityOrders.id), batchSize)) {
    await copy.putEntities(batch);
    each();
  }
  for await (const batch of session.batches(find('relationships', relationshipOrders.out), 5 * batchSize)) {
    await copy.putRelationships(batch);
    each();
  }
}

/** What has become of some objects of a graph, as `session` sees it. */
export async function loadSome(
  copy: GraphCopy,
  session: ReadSession,
  account: string,
  changed: { readonly entities: Uint8Array; readonly relationships: Uint8Array },
): Promise<void> {
  const find = (collection: keyof typeof projections, ids: Uint8Array) => ({
    find: collection,
    filter: { _id: { $in: sortedIds(ids) }, _accountId: account, _deleted: false },
    projection: projections[collection],
    hint: { _id: 1 },
  });
  for (const ids of pieces(changed.entities)) {
    const batches = await session.all(find('entities', ids));
    copy.removeEntities(ids);
    for (const batch of batches) await copy.putEntities(batch);
  }
  for (const ids of pieces(changed.relationships)) {
    const batches = await session.all(find('relationships', ids));
    copy.removeRelationships(ids);
    for (const batch of batches) await copy.putRelationships(batch);
  }
}

function* pieces(ids: Uint8Array): Iterable<Uint8Array> {
  const bytes = 16 * idsAtOnce;
  for (let at = 0; at < ids.length; at += bytes) yield ids.subarray(at, at + bytes);
}

function sortedIds(ids: Uint8Array) {
  const list = Array.from({ length: ids.length / 16 }, (_, at) => ids.subarray(16 * at, 16 * at + 16));
  return list.sort((a, b) => Buffer.compare(a, b)).map((id) => idAt(id, 0));
}
