import type { Db, IndexDescription } from 'mongodb';
import { collectionsOf, type Collections } from './collections';

/**
 * Secondary indexes. Those of the graph are not partial on `_deleted`: ending an object then touches no index at all, which is what
 * makes a deletion with its history kept cheaper than a plain one.
 */
export const indexes: Partial<Record<keyof Collections, readonly IndexDescription[]>> = {
  tokens: [{ key: { hash: 1 }, unique: true }, { key: { account: 1 } }],
  syncJobs: [{ key: { account: 1, startedAt: -1, _id: 1 } }, { key: { endedAt: 1, _id: 1 } }],
  syncJobEvents: [{ key: { jobId: 1, createDate: 1 } }],
  stagedBatches: [{ key: { jobId: 1, seq: 1 } }, { key: { expireAt: 1 }, expireAfterSeconds: 0 }],
  planPages: [
    { key: { jobId: 1, kind: 1, planId: 1, type: 1, number: 1 } },
    { key: { expireAt: 1 }, expireAfterSeconds: 0 },
  ],
  manifestParts: [{ key: { scopeId: 1, kind: 1, generation: 1, partition: 1 } }],
  appliedChunks: [{ key: { scopeId: 1, kind: 1, folded: 1 } }, { key: { jobId: 1, kind: 1 } }],
  entities: [
    { key: { _accountId: 1, _key: 1 } },
    { key: { _accountId: 1, _type: 1 } },
    { key: { _accountId: 1, _class: 1 } },
    { key: { _accountId: 1, _source: 1, _scope: 1 } },
  ],
  relationships: [
    { key: { _accountId: 1, _key: 1 } },
    { key: { _accountId: 1, _type: 1 } },
    { key: { _fromEntityId: 1 } },
    { key: { _toEntityId: 1 } },
    { key: { _accountId: 1, _source: 1, _scope: 1 } },
  ],
  mappings: [
    { key: { _accountId: 1, _source: 1, _scope: 1 } },
    { key: { sourceEntityId: 1 } },
    { key: { targetIds: 1 } },
  ],
  unsettledTargets: [{ key: { scopeId: 1 } }],
  objectCounts: [{ key: { account: 1 } }],
  queryResults: [{ key: { expiresAt: 1 } }, { key: { removeAt: 1 }, expireAfterSeconds: 0 }],
  rawData: [{ key: { '_id.entityId': 1, '_id.name': 1, latest: 1 } }, { key: { account: 1, hash: 1 } }],
};

/** Creates what is missing; changes nothing that is there. */
export async function ensureIndexes(db: Db): Promise<void> {
  const collections = collectionsOf(db);
  const existing = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  for (const collection of Object.values(collections)) {
    // A collection that a transaction writes first must exist: creating one inside costs a lock on the whole database.
    if (!existing.has(collection.collectionName)) await createCollection(db, collection.collectionName);
  }
  for (const [name, descriptions] of Object.entries(indexes)) {
    await db.collection(name).createIndexes([...descriptions]);
  }
}

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (err) {
    if (!(err instanceof Error && 'codeName' in err && err.codeName === 'NamespaceExists')) throw err;
  }
}
