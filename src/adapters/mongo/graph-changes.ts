import { Binary, ObjectId, Timestamp, type ClientSession } from 'mongodb';
import type { ObjectKind } from '../../domain/graph/identity';
import type { Database } from './database';

/** How long a record stays. Who has not looked for this long reads the graph anew. */
export const graphChangesKeptMs = 15 * 60_000;

/**
 * Which objects a transaction has changed, so that a copy of the graph can follow without reading all of it. What is committed
 * with the objects is there exactly when they are.
 */
export class GraphChanges {
  private readonly ids: Readonly<Record<ObjectKind, Buffer[]>> = { entity: [], relationship: [] };

  /** Created, changed in anything that queries can see, ended or wiped. @param id 16 bytes, copied */
  add(kind: ObjectKind, id: Uint8Array): void {
    this.ids[kind].push(Buffer.from(id.subarray(0, 16)));
  }

  /** Writes the record, if there is something to say. */
  async write({ collections }: Database, account: string, session: ClientSession): Promise<void> {
    const { entity, relationship } = this.ids;
    if (entity.length + relationship.length === 0) return;
    await collections.graphChanges.insertOne(
      {
        _id: new ObjectId(),
        account,
        // mongod puts its own time in place of an empty one.
        at: new Timestamp(0n),
        entities: new Binary(Buffer.concat(entity)),
        relationships: new Binary(Buffer.concat(relationship)),
        removeAt: new Date(Date.now() + graphChangesKeptMs),
      },
      { session },
    );
  }
}
