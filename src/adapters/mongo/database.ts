import {
  MongoBulkWriteError,
  MongoClient,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  type ClientSession,
  type Db,
} from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { ObjectKind } from '../../domain/graph/identity';
import { endCommandsOfBrokenSockets } from './broken-sockets';
import { collectionsOf, type Collections } from './collections';
import { traceCommands } from './command-spans';

endCommandsOfBrokenSockets();

/** One connection pool with the handles that all stores share. */
export interface Database {
  readonly client: MongoClient;
  readonly db: Db;
  readonly collections: Collections;
}

/** Where present objects of a kind lie, and their ended versions. */
export const graphOf = ({ collections }: Pick<Database, 'collections'>, kind: ObjectKind) =>
  kind === 'entity'
    ? { graph: collections.entities, versions: collections.entityVersions }
    : { graph: collections.relationships, versions: collections.relationshipVersions };

export interface DatabaseOptions {
  readonly uri: string;
  readonly database: string;
  readonly appName: string;
  readonly maxPoolSize?: number;
  /** Makes a span of every command. */
  readonly traced?: boolean;
}

/** Connects lazily: a server that is away now is an error of the first operation, within 10 s. */
export function openDatabase({ uri, database, appName, maxPoolSize = 20, traced = false }: DatabaseOptions): Database {
  const client = new MongoClient(uri, {
    appName,
    maxPoolSize,
    monitorCommands: traced,
    serverSelectionTimeoutMS: 10_000,
    retryWrites: true,
    retryReads: true,
    ignoreUndefined: true,
    writeConcern: { w: 'majority' },
    readPreference: 'primary',
  });
  if (traced) traceCommands(client);
  const db = client.db(database);
  return { client, db, collections: collectionsOf(db) };
}

/**
 * Runs `work` in a transaction, again from its start after a transient error. `durable` waits until the commit survives the death
 * of mongod; without it a later durable write of the same job covers this one too, as the journal is sequential.
 */
export async function inTransaction<T>(
  { client }: Database,
  { durable }: { readonly durable: boolean },
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  return await client.withSession(
    async (session) =>
      await session.withTransaction(async () => await work(session), {
        readConcern: { level: 'snapshot' },
        writeConcern: durable ? { w: 'majority' } : { w: 1, j: false },
        readPreference: 'primary',
      }),
  );
}

export const isDuplicateKey = (err: unknown): boolean =>
  err instanceof Error && 'code' in err && (err as { code?: unknown }).code === 11000;

/** What a mongod says that is going away, or has come back and is not ready: asking again helps. */
const passing = {
  HostUnreachable: 6,
  HostNotFound: 7,
  CursorNotFound: 43,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  ReadConcernMajorityNotAvailableYet: 134,
  PrimarySteppedDown: 189,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  InterruptedAtShutdown: 11600,
  InterruptedDueToReplStateChange: 11602,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
};
/** By number: of the write concern of many writes the driver leaves out the name. */
const passingCodes: ReadonlySet<unknown> = new Set(Object.values(passing));

const isAway = (err: unknown): err is Error =>
  err instanceof MongoServerSelectionError ||
  err instanceof MongoNetworkError ||
  (err instanceof MongoServerError && passingCodes.has(err.code)) ||
  // Of many writes the driver makes even a broken connection one of these, around the error that it was.
  (err instanceof MongoBulkWriteError && isAway(err.errorResponse));

/** Of a database that does not answer SERVICE_UNAVAILABLE, so that callers can tell it from a fault of ours; undefined for all else. */
export const unavailableIfAway = (err: unknown): DomainError | undefined =>
  isAway(err)
    ? new DomainError(
        ErrorCode.unavailable,
        'The database does not answer at the moment; try again in a few seconds.',
        [],
        { cause: err },
      )
    : undefined;

/** An operation whose error is SERVICE_UNAVAILABLE where the database does not answer. */
export async function orUnavailable<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (err) {
    throw unavailableIfAway(err) ?? err;
  }
}

/** A read that the driver does not send again by itself, as it does with cursors of its own: once more where the first try was lost. */
export async function againIfLost<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (!isAway(err) || err instanceof MongoServerSelectionError) throw err;
    return await read();
  }
}
