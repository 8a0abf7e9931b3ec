import type { Binary, ClientSession } from 'mongodb';
import type { ObjectKind } from '../../domain/graph/identity';
import type { ChunkBuilder } from './chunk-builder';
import type { GraphDocument } from './collections';
import { graphOf, type Database } from './database';
import { contentIdOf } from './raw-data';

/**
 * Leaves nothing of an ended object but its id, its owner and the number of its version: a key that comes back goes on from there,
 * as the manifest has a row of it that only a higher version supersedes.
 */
export async function wipeObjects(
  database: Database,
  request: {
    readonly kind: ObjectKind;
    readonly documents: readonly GraphDocument[];
    readonly chunk: ChunkBuilder;
    readonly session: ClientSession;
  },
): Promise<void> {
  const { kind, documents, chunk, session } = request;
  if (documents.length === 0) return;
  chunk.changed.addAll(
    kind,
    documents.map(({ _id }) => _id),
  );
  const { graph, versions } = graphOf(database, kind);
  await graph.bulkWrite(
    documents.map((document) => ({
      replaceOne: { filter: { _id: document._id }, replacement: emptied(document) },
    })),
    { session, ordered: true },
  );
  for (const { _id: id } of documents) {
    const range = { $gte: { id, version: 0 }, $lte: { id, version: Infinity } };
    await versions.deleteMany({ _id: range }, { session, hint: { _id: 1 } });
  }
}

function emptied(document: GraphDocument): Omit<GraphDocument, '_id'> {
  const { _accountId, _source, _scope, _version, _endOn = 0 } = document;
  return {
    _accountId,
    _source,
    _scope,
    _key: '',
    _type: '',
    _class: null,
    _version,
    _createdOn: 0,
    _beginOn: 0,
    _endOn,
    _deleted: true,
    _wiped: true,
  };
}

/** Objects that a reader may see: ended ones, but not what is left of wiped ones. */
export const notWiped = { _wiped: { $exists: false } } as const;

/** Removes the raw data of an entity, and the contents that no other entity of the account has. */
export async function wipeRawData(
  { collections }: Database,
  {
    account,
    entityId,
    session,
  }: { readonly account: string; readonly entityId: Binary; readonly session: ClientSession },
): Promise<void> {
  const { rawData, rawContents } = collections;
  const of = { '_id.entityId': entityId, account };
  const found = await rawData.find(of, { session, projection: { hash: 1 } }).toArray();
  if (found.length === 0) return;
  await rawData.deleteMany(of, { session });
  const hashes = [...new Set(found.map(({ hash }) => hash))].filter((hash) => hash !== '');
  const kept = await rawData.distinct('hash', { account, hash: { $in: hashes } }, { session });
  const left = hashes.filter((hash) => !kept.includes(hash));
  await rawContents.deleteMany({ _id: { $in: left.map((hash) => contentIdOf(account, hash)) } }, { session });
}
