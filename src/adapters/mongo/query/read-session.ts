import type { Long } from 'mongodb';
import { MongoServerError, Timestamp, type ClientSession, type Document } from 'mongodb';
import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';
import { orUnavailable, type Database } from '../database';
import { readReply, type Reply } from './bson-reply';

/** Codes of mongod: the time is older than its history, or than the collection or index that is read. */
const snapshotGone = new Set(['SnapshotTooOld', 'SnapshotUnavailable']);

/**
 * Reads at one point in time. The first read fixes it (`readConcern: snapshot` without a time reads what is majority-committed, so
 * every acknowledged write is seen) and the others name it. Commands are sent as they are and answered as bytes: cursor objects of
 * the driver would cost as much again as the command.
 */
export class ReadSession {
  private readonly session: ClientSession;
  private readonly cursors = new Map<string, Document>();
  private time: Timestamp | undefined;
  private first: Promise<unknown> | undefined;

  constructor(
    private readonly database: Database,
    private readonly signal: AbortSignal,
    time: string | undefined,
  ) {
    this.time = time === undefined ? undefined : parseTime(time);
    // Not causal: a time is named instead.
    this.session = database.client.startSession({ causalConsistency: false });
  }

  /** Text of the time of all reads; undefined before the first one. */
  get timeText(): string | undefined {
    return this.time && `${this.time.getHighBits()}.${this.time.getLowBitsUnsigned()}`;
  }

  /**
   * All batches of a `find`, the bytes of an array of documents each. The first holds `batchSize` documents, later ones up to `most`.
   */
  async *batches(command: Document, most = maxBatch): AsyncGenerator<Buffer, void, undefined> {
    let reply = await this.start(command);
    const collection = command.find as string;
    const id = reply.cursor.toString();
    const more = { getMore: reply.cursor, collection, batchSize: (command.batchSize as number | undefined) ?? most };
    try {
      if (!reply.cursor.isZero()) this.cursors.set(id, more);
      yield reply.batch;
      while (!reply.cursor.isZero()) {
        more.batchSize = Math.min(most, more.batchSize * 4);
        reply = await this.send({ ...more });
        if (reply.cursor.isZero()) this.cursors.delete(id);
        yield reply.batch;
      }
    } finally {
      if (this.cursors.delete(id)) await this.kill(collection, [more.getMore]);
    }
  }

  /** The same, when all of it is wanted at once. */
  async all(command: Document): Promise<readonly Buffer[]> {
    const batches: Buffer[] = [];
    for await (const batch of this.batches(command)) batches.push(batch);
    return batches;
  }

  async close(): Promise<void> {
    for (const { collection, getMore } of this.cursors.values())
      await this.kill(collection as string, [getMore as Long]);
    this.cursors.clear();
    await this.session.endSession();
  }

  /** Reads that start together must not fix different times: one goes ahead. */
  private async start(command: Document): Promise<Reply> {
    while (this.time === undefined && this.first) await this.first;
    if (this.time !== undefined) return await this.sendAt(command, this.time);
    const sent = this.sendAt(command);
    this.first = sent.then(
      ({ time }) => (this.time ??= time),
      () => (this.first = undefined),
    );
    const reply = await sent;
    await this.first;
    return reply;
  }

  private async sendAt(command: Document, atClusterTime?: Timestamp): Promise<Reply> {
    return await this.send({
      ...command,
      batchSize: (command.batchSize as number | undefined) ?? maxBatch,
      readConcern: { level: 'snapshot', ...(atClusterTime && { atClusterTime }) },
    });
  }

  private async send(command: Document): Promise<Reply> {
    this.signal.throwIfAborted();
    const { session, signal } = this;
    try {
      return readReply(await orUnavailable(this.database.db.command(command, { session, signal, raw: true })));
    } catch (err) {
      // mongod ends what it was doing when the connection of an aborted command is closed.
      this.signal.throwIfAborted();
      if (err instanceof MongoServerError && snapshotGone.has(err.codeName ?? '')) throw expired(err);
      throw err;
    }
  }

  private async kill(collection: string, cursors: readonly Long[]): Promise<void> {
    try {
      await this.database.db.command({ killCursors: collection, cursors }, { session: this.session });
    } catch {
      // mongod ends forgotten cursors by itself.
    }
  }
}

/** Documents of a batch; what ends it in practice is the size of a reply, 16 MB. */
const maxBatch = 1_000_000;

const expired = (cause: unknown): DomainError =>
  new DomainError(
    ErrorCode.cursorExpired,
    'The graph is not kept any more as it was when this query began; run the query again.',
    [],
    { cause },
  );

/** @throws DomainError CURSOR_INVALID for what is no time of a snapshot */
function parseTime(text: string): Timestamp {
  const match = /^(\d{1,10})\.(\d{1,10})$/.exec(text);
  const [t, i] = [Number(match?.[1]), Number(match?.[2])];
  if (!(t < 2 ** 32 && i < 2 ** 32))
    throw new DomainError(ErrorCode.cursorInvalid, 'The cursor names no point in time.');
  return new Timestamp({ t, i });
}
