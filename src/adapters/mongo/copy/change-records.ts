import { BSON, ObjectId, Timestamp } from 'mongodb';
import { graphChangesOrder } from '../indexes';
import { bytesOf } from '../packed-ids';
import { unavailableIfAway, type Database } from '../database';
import { eachDocument, readReply } from '../query/bson-reply';
import { parseTime, timeTextOf, type ReadSession } from '../query/read-session';
import type { GraphChangesDocument } from '../collections';

/**
 * A transaction of mongod ends within 60 s of its beginning (`transactionLifetimeLimitSeconds`), so that a record that is committed
 * after some time was inserted less than this before it.
 */
const maxTransactionSeconds = 90;
/** Records that are read whole at once. */
const recordsAtOnce = 100;
/** More than a writer makes in so short a time; a reply takes twice as many. */
const recordsOfALook = 100_000;

/** Which records of an account are known. Those that can still be committed are younger than the last look. */
export class ChangeRecords {
  private known = new Map<string, Timestamp>();
  private from = new Timestamp(0n);
  /** What the last look has read, if all of it was known: most looks read the same, and then it need not be taken apart. */
  private lastLook: Buffer | undefined;

  constructor(private readonly account: string) {}

  /**
   * Those that `session` sees and that are not known.
   * @returns nothing where `session` sees the graph as it was at the last look
   */
  async unknown(session: ReadSession): Promise<readonly NewRecord[]> {
    const found: NewRecord[] = [];
    const batches = await session.all(this.sinceTheLastLook);
    for (const batch of batches) {
      for (const { _id, at } of documentsOf(batch)) {
        const id = _id.toHexString();
        if (!this.known.has(id)) found.push({ id, at });
      }
    }
    return found;
  }

  /**
   * One look, which costs less than a session.
   * @returns the time of a snapshot of now in which all records are known; undefined if there may be others
   * @throws DomainError SERVICE_UNAVAILABLE
   */
  async timeIfAllKnown({ db }: Database): Promise<string | undefined> {
    const command = {
      ...this.sinceTheLastLook,
      limit: recordsOfALook,
      // By itself the server ends the one batch after 101.
      batchSize: recordsOfALook,
      singleBatch: true,
      readConcern: { level: 'snapshot' },
    };
    try {
      const { batch, time } = readReply(await db.command(command, { raw: true }));
      if (this.lastLook?.equals(batch) !== true) {
        const records = documentsOf(batch);
        const areKnown = records.every(({ _id }) => this.known.has(_id.toHexString()));
        if (records.length === recordsOfALook || !areKnown) return undefined;
        this.lastLook = batch;
      }
      return time && timeTextOf(time);
    } catch (err) {
      const away = unavailableIfAway(err);
      if (away) throw away;
      return undefined;
    }
  }

  private get sinceTheLastLook() {
    return {
      find: 'graphChanges',
      filter: { account: this.account, at: { $gte: this.from } },
      projection: { _id: 1, at: 1 },
      hint: graphChangesOrder,
    };
  }

  /** Objects that these have changed, packed ids by kind. */
  async read(session: ReadSession, records: readonly NewRecord[]): Promise<ChangedIds> {
    const entities: Uint8Array[] = [];
    const relationships: Uint8Array[] = [];
    for (let at = 0; at < records.length; at += recordsAtOnce) {
      const ids = records.slice(at, at + recordsAtOnce).map(({ id }) => new ObjectId(id));
      const batches = await session.all({ find: 'graphChanges', filter: { _id: { $in: ids } }, hint: { _id: 1 } });
      for (const record of batches.flatMap(documentsOf)) {
        entities.push(bytesOf(record.entities));
        relationships.push(bytesOf(record.relationships));
      }
    }
    return { entities: Buffer.concat(entities), relationships: Buffer.concat(relationships) };
  }

  /** All that a session of this time sees is known now, these among it. */
  learn(records: readonly NewRecord[], time: string): void {
    for (const { id, at } of records) this.known.set(id, at);
    const seconds = parseTime(time).getHighBitsUnsigned() - maxTransactionSeconds;
    const from = Timestamp.fromBits(0, Math.max(0, seconds));
    if (from.lessThanOrEqual(this.from)) return;
    this.from = from;
    for (const [id, at] of this.known) if (at.lessThan(from)) this.known.delete(id);
  }
}

export interface NewRecord {
  readonly id: string;
  readonly at: Timestamp;
}

export interface ChangedIds {
  readonly entities: Uint8Array;
  readonly relationships: Uint8Array;
}

function documentsOf(batch: Buffer): readonly GraphChangesDocument[] {
  if (batch.length === 5) return [];
  const documents: GraphChangesDocument[] = [];
  eachDocument(batch, (bytes, at) => {
    const document = bytes.subarray(at, at + bytes.readInt32LE(at));
    documents.push(BSON.deserialize(document, { promoteBuffers: false }) as GraphChangesDocument);
  });
  return documents;
}
