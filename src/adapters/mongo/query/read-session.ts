import { MongoServerError, Timestamp, type ClientSession, type Document, type Long } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database';
import { readReply, type Reply } from './bson-reply';
import { noSuchTime, toDomainError } from './read-errors';

/** Documents of a batch; what ends it in practice is the size of a reply, 16 MB. */
const maxBatch = 1_000_000;
/** Batches grow: a reader that takes only the first rows pays for few, one that takes all for few commands. */
const growth = 4;

/** A collection or an index that was just made cannot be read at a committed time for a moment. */
const patience = { times: 40, ms: 50 };

/**
 * Reads at one point in time. The first read fixes it (`readConcern: snapshot` without a time reads what is majority-committed, so
 * every acknowledged write is seen) and the others name it. Commands are sent as they are and answered as bytes: cursor objects of
 * the driver would cost as much again as the command.
 */
export class ReadSession {
  private readonly session: ClientSession;
  private readonly cursors = new Map<Long, string>();
  private time: Timestamp | undefined;
  private first: Promise<unknown> | undefined;

  /**
   * @param time as `timeText` gave it
   * @throws DomainError CURSOR_INVALID for any other text
   */
  constructor(
    private readonly database: Database,
    private readonly signal: AbortSignal | undefined,
    time: string | undefined,
  ) {
    this.time = time === undefined ? undefined : parseTime(time);
    // Not causal: a time is named instead.
    this.session = database.client.startSession({ causalConsistency: false });
  }

  /** Text of the time of all reads; undefined before the first one. */
  get timeText(): string | undefined {
    return this.time && timeTextOf(this.time);
  }

  /**
   * All batches of a `find`, the bytes of an array of documents each. The first holds `batchSize` documents, later ones up to `most`.
   * From the second on, one more is under way while a batch is used.
   */
  async *batches(command: Document, most = maxBatch): AsyncGenerator<Buffer, void, undefined> {
    const { batch, cursor } = await this.start(command);
    const collection = command.find as string;
    if (cursor.isZero()) return yield batch;
    this.cursors.set(cursor, collection);
    let next: Promise<Reply> | undefined;
    try {
      yield batch;
      let batchSize = (command.batchSize as number | undefined) ?? most;
      const more = async () => {
        batchSize = Math.min(most, batchSize * growth);
        return await this.send({ getMore: cursor, collection, batchSize });
      };
      for (next = more(); next !== undefined;) {
        const reply: Reply = await next;
        next = reply.cursor.isZero() ? undefined : more();
        // Heard of when it is its turn.
        next?.catch(() => undefined);
        if (!next) this.cursors.delete(cursor);
        yield reply.batch;
      }
    } finally {
      await next?.catch(() => undefined);
      if (this.cursors.has(cursor)) await this.kill(cursor, collection);
    }
  }

  /** The same, when all of it is wanted at once; also of an `aggregate`. */
  async all(command: Document): Promise<readonly Buffer[]> {
    const { batch, cursor } = await this.start(command);
    if (cursor.isZero()) return [batch];
    const collection = (command.find ?? command.aggregate) as string;
    const batches = [batch];
    this.cursors.set(cursor, collection);
    try {
      for (let isLast = false; !isLast;) {
        const reply = await this.send({ getMore: cursor, collection, batchSize: maxBatch });
        batches.push(reply.batch);
        isLast = reply.cursor.isZero();
      }
      this.cursors.delete(cursor);
      return batches;
    } finally {
      if (this.cursors.has(cursor)) await this.kill(cursor, collection);
    }
  }

  async close(): Promise<void> {
    for (const [cursor, collection] of this.cursors) await this.kill(cursor, collection);
    await this.session.endSession();
  }

  /** Reads that start together must not fix different times: one goes ahead. */
  private async start(command: Document): Promise<Reply> {
    while (this.time === undefined && this.first) await this.first;
    if (this.time !== undefined) return await this.sendAt(command, this.time);
    const sent = this.fixTime(command);
    this.first = sent.then(
      () => undefined,
      () => (this.first = undefined),
    );
    return await sent;
  }

  private async fixTime(command: Document): Promise<Reply> {
    for (let tries = 1; ; tries++) {
      try {
        const reply = await this.sendAt(command);
        this.time = reply.time;
        return reply;
      } catch (err) {
        const isEarly = err instanceof Error && isCode(err.cause, 'SnapshotUnavailable');
        if (!isEarly || tries === patience.times) throw err;
        await sleep(patience.ms, undefined, this.signal && { signal: this.signal });
      }
    }
  }

  private async sendAt(command: Document, atClusterTime?: Timestamp): Promise<Reply> {
    const batchSize = (command.batchSize as number | undefined) ?? maxBatch;
    return await this.send({
      ...command,
      ...('aggregate' in command ? { cursor: { batchSize } } : { batchSize }),
      readConcern: { level: 'snapshot', ...(atClusterTime && { atClusterTime }) },
    });
  }

  private async send(command: Document): Promise<Reply> {
    const { session, signal } = this;
    signal?.throwIfAborted();
    const options = signal ? { session, signal, raw: true } : { session, raw: true };
    try {
      return readReply(await this.database.db.command(command, options));
    } catch (err) {
      // mongod ends what it was doing when the connection of an aborted command is closed.
      signal?.throwIfAborted();
      throw toDomainError(err);
    }
  }

  private async kill(cursor: Long, collection: string): Promise<void> {
    this.cursors.delete(cursor);
    try {
      await this.database.db.command({ killCursors: collection, cursors: [cursor] }, { session: this.session });
    } catch {
      // mongod ends forgotten cursors by itself.
    }
  }
}

const isCode = (err: unknown, codeName: string): boolean =>
  err instanceof MongoServerError && err.codeName === codeName;

export const timeTextOf = (time: Timestamp): string => `${time.getHighBitsUnsigned()}.${time.getLowBitsUnsigned()}`;

export function parseTime(text: string): Timestamp {
  const match = /^(\d{1,10})\.(\d{1,10})$/.exec(text);
  const [t, i] = [Number(match?.[1]), Number(match?.[2])];
  if (!(t < 2 ** 32 && i < 2 ** 32)) throw noSuchTime();
  return new Timestamp({ t, i });
}
