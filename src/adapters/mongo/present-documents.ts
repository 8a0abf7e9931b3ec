import type { ClientSession } from 'mongodb';
import type { Change } from '../../domain/sync-job/graph-writer';
import { graphOf, type Database } from './database';
import { idAt, latin1Id } from './packed-ids';
import { placesOfDocuments, readReply } from './query/bson-reply';
import type { WriteOf } from './write-of';

/** `_id` comes first in what mongod stores: behind the length, its type and its name are five bytes before those of the UUID. */
const idOffset = 4 + 1 + 4 + 5;

/**
 * The documents that objects have in the graph, as bytes, by `latin1Id`. A reply holds 16 MB: `isWhole` says whether all that are there
 * were in it.
 */
export async function findPresent(
  database: Database,
  {
    of,
    changes,
    session,
  }: { readonly of: WriteOf; readonly changes: readonly Change[]; readonly session: ClientSession },
): Promise<{ readonly documents: ReadonlyMap<string, Uint8Array>; readonly isWhole: boolean }> {
  const { db } = database;
  const find = graphOf(database, of.kind).graph.collectionName;
  const filter = { _id: { $in: changes.map(({ id }) => idAt(id, 0)) }, _accountId: of.by.scope.account };
  const command = { find, filter, hint: '_id_', batchSize: changes.length + 1 };
  const { batch, cursor } = readReply(await db.command(command, { session, raw: true }));
  const isWhole = cursor.isZero();
  if (!isWhole) await db.command({ killCursors: find, cursors: [cursor] }, { session });
  const documents = new Map<string, Uint8Array>();
  for (const at of placesOfDocuments(batch)) {
    const document = batch.subarray(at, at + batch.readInt32LE(at));
    documents.set(latin1Id(document, idOffset), document);
  }
  return { documents, isWhole };
}
