import { Binary, ObjectId, Timestamp, type ClientSession } from 'mongodb';
import type { ObjectKind } from '../../domain/graph/identity';
import type { GraphChangesDocument } from './collections';
import type { Database } from './database';
import { bytesOf } from './packed-ids';

/** How long a record stays. Who has not looked for this long reads the graph anew. */
export const graphChangesKeptMs = 15 * 60_000;

const idBytes = 16;
/** Ids of one kind in one record: two kinds stay far below the 16 MB of a document. Only the end of a hub has more. */
const maxRecordBytes = 250_000 * idBytes;

/**
 * Which objects a transaction has changed, so that a copy of the graph can follow without reading all of it. What is committed
 * with the objects is there exactly when they are.
 */
export class GraphChanges {
  private readonly ids: Readonly<Record<ObjectKind, IdBuffer>> = {
    entity: new IdBuffer(),
    relationship: new IdBuffer(),
  };

  /** Created, changed in anything that queries can see, ended or wiped. @param id 16 bytes, copied */
  add(kind: ObjectKind, id: Uint8Array): void {
    this.ids[kind].add(id);
  }

  addAll(kind: ObjectKind, ids: readonly Binary[]): void {
    for (const id of ids) this.ids[kind].add(bytesOf(id));
  }

  /** Writes the record, if there is something to say. */
  async write({ collections }: Database, account: string, session: ClientSession): Promise<void> {
    const records = this.documents(account);
    if (records.length > 0) await collections.graphChanges.insertMany(records, { session, ordered: true });
  }

  /** One, unless there are too many ids for a document. */
  documents(account: string): GraphChangesDocument[] {
    const entities = this.ids.entity.packed();
    const relationships = this.ids.relationship.packed();
    const length = Math.max(entities.length, relationships.length);
    const removeAt = new Date(Date.now() + graphChangesKeptMs);
    const records: GraphChangesDocument[] = [];
    for (let at = 0; at < length; at += maxRecordBytes) {
      records.push({
        _id: new ObjectId(),
        account,
        // mongod puts its own time in place of an empty one.
        at: new Timestamp(0n),
        entities: new Binary(entities.subarray(at, at + maxRecordBytes)),
        relationships: new Binary(relationships.subarray(at, at + maxRecordBytes)),
        removeAt,
      });
    }
    return records;
  }
}

/** Packed ids that grow by doubling. */
class IdBuffer {
  private bytes = Buffer.alloc(0);
  private used = 0;

  add(id: Uint8Array): void {
    if (this.used === this.bytes.length) {
      const larger = Buffer.alloc(Math.max(64 * idBytes, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(id.length === idBytes ? id : id.subarray(0, idBytes), this.used);
    this.used += idBytes;
  }

  packed(): Buffer {
    return this.bytes.subarray(0, this.used);
  }
}
