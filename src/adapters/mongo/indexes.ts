import type { Db, IndexDescription } from 'mongodb';
import { collectionsOf, type Collections } from './collections';

/**
 * Orders in which entities are read; hints name them. Each ends with the id, so that reads go on behind one. `_deleted` is in none:
 * ending an entity touches no index at all, which is what makes a deletion with its history kept cheaper than a plain one.
 */
export const entityOrders = {
  id: { _accountId: 1, _id: 1 },
  key: { _accountId: 1, _key: 1 },
  type: { _accountId: 1, _type: 1, _id: 1 },
  class: { _accountId: 1, _class: 1, _id: 1 },
} as const;

/** Relationships by either end, with all that following them needs: a hop reads no document (decision 14). */
export const relationshipOrders = {
  out: { _accountId: 1, _fromEntityId: 1, _class: 1, _toEntityId: 1, _id: 1, _deleted: 1 },
  in: { _accountId: 1, _toEntityId: 1, _class: 1, _fromEntityId: 1, _id: 1, _deleted: 1 },
} as const;

/** Changes of an account by time, and which they are without reading them. */
export const graphChangesOrder = { account: 1, at: 1, _id: 1 } as const;

/** Name that MongoDB gives the index of an order. */
export const indexName = (order: Readonly<Record<string, 1>>): string =>
  Object.keys(order)
    .map((field) => `${field}_1`)
    .join('_');

/** Secondary indexes. */
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
  entities: [...Object.values(entityOrders).map((key) => ({ key })), { key: { _accountId: 1, _source: 1, _scope: 1 } }],
  relationships: [
    { key: { _accountId: 1, _key: 1 } },
    { key: { _accountId: 1, _type: 1 } },
    ...Object.values(relationshipOrders).map((key) => ({ key })),
    { key: { _accountId: 1, _source: 1, _scope: 1 } },
  ],
  mappings: [
    { key: { _accountId: 1, _source: 1, _scope: 1 } },
    { key: { sourceEntityId: 1 } },
    { key: { targetIds: 1 } },
  ],
  unsettledTargets: [{ key: { scopeId: 1 } }],
  objectCounts: [{ key: { account: 1 } }],
  graphChanges: [{ key: graphChangesOrder }, { key: { removeAt: 1 }, expireAfterSeconds: 0 }],
  queryResults: [{ key: { expiresAt: 1 } }, { key: { removeAt: 1 }, expireAfterSeconds: 0 }],
  rawData: [{ key: { '_id.entityId': 1, '_id.name': 1, latest: 1 } }, { key: { account: 1, hash: 1 } }],
};

/** Indexes of earlier versions whose place others have taken. */
const replaced: Partial<Record<keyof Collections, readonly string[]>> = {
  entities: ['_accountId_1__type_1', '_accountId_1__class_1'],
  relationships: ['_fromEntityId_1', '_toEntityId_1'],
};

/** Creates what is missing, then drops what it replaces; changes nothing else that is there. */
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
  for (const [name, old] of Object.entries(replaced)) {
    for (const index of old) await dropIndex(db, name, index);
  }
}

async function dropIndex(db: Db, collection: string, index: string): Promise<void> {
  try {
    await db.collection(collection).dropIndex(index);
  } catch (err) {
    if (!(err instanceof Error && 'codeName' in err && err.codeName === 'IndexNotFound')) throw err;
  }
}

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (err) {
    if (!(err instanceof Error && 'codeName' in err && err.codeName === 'NamespaceExists')) throw err;
  }
}
