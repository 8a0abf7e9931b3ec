import { commitWait } from '../../../src/adapters/mongo/commit-wait';
import type { Database } from '../../../src/adapters/mongo/database';
import { inTransaction } from '../../../src/adapters/mongo/database';
import { GraphChanges } from '../../../src/adapters/mongo/graph-changes';
import { bytesOf } from '../../../src/adapters/mongo/packed-ids';
import type { Graph } from './graph';
import { documentsOf } from './load-graph';

/** Makes another graph of what an account has, in one transaction, as the one door would: what changes is recorded. */
export async function changeGraph(database: Database, account: string, graph: Graph): Promise<void> {
  const { entities, relationships } = database.collections;
  const next = documentsOf(account, graph);
  await inTransaction(database, { durable: true }, async (session) => {
    const changes = new GraphChanges();
    const replaced = [
      { kind: 'entity', collection: entities, documents: next.entities },
      { kind: 'relationship', collection: relationships, documents: next.relationships },
    ] as const;
    for (const { kind, collection, documents } of replaced) {
      const before = await collection.find({ _accountId: account }, { session }).toArray();
      for (const { _id } of [...before, ...documents]) changes.add(kind, bytesOf(_id));
      await collection.deleteMany({ _accountId: account }, { session });
      if (documents.length > 0) await collection.insertMany(documents, { session });
    }
    await changes.write(database, account, session);
  });
  await commitWait();
}
