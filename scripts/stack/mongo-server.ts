import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient, MongoServerError } from 'mongodb';
import type { Component } from './component';
import type { Session } from './session';

const REPLICA_SET = 'perijove';
/** The default is 5 % of the disk, up to 50 GB; a set of one needs it for change streams and transactions only. */
const OPLOG_MB = 2_048;

export function mongoUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/perijove?replicaSet=${REPLICA_SET}`;
}

/** `mongod` as a replica set of one, which transactions and change streams need. */
export async function mongoServer(
  session: Session,
  { binary, port, cacheGb }: { binary: string; port: number; cacheGb: number },
): Promise<Component> {
  const dbPath = join(session.dataDir, 'mongo');
  await mkdir(dbPath, { recursive: true });
  return session.component({
    title: 'MongoDB',
    where: mongoUri(port),
    command: binary,
    args: [
      ...['--dbpath', dbPath, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
      ...['--replSet', REPLICA_SET, '--oplogSize', String(OPLOG_MB), '--wiredTigerCacheSizeGB', String(cacheGb)],
      // On a set of one nobody is waited for, neither by clients on the way out nor by metrics that support would read.
      ...['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false', '--quiet'],
    ],
    cwd: dbPath,
    env: process.env,
    logFile: session.logFile('mongod'),
    ready: () => checkPrimary(port),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 30_000,
  });
}

/** Resolves when the server is primary of its set; makes it so where it is not on the way there by itself. */
async function checkPrimary(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
    socketTimeoutMS: 10_000,
    // Driver 7.6 and later load `os` by import(), which fails inside of Jest: the server then refuses an empty handshake.
    runtimeAdapters: { os },
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello.isWritablePrimary === true) return;
    await ensureReplicaSet(admin, `127.0.0.1:${port}`);
    throw new Error('not primary yet');
  } finally {
    await client.close();
  }
}

async function ensureReplicaSet(admin: Db, host: string): Promise<void> {
  const config = await currentConfig(admin);
  if (config === undefined) {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    return;
  }
  if (config.members.length === 1 && config.members[0]?.host === host) return;
  // The port was changed since the set was made: its only member is known by the old one and finds itself in no set.
  const members = [{ ...config.members[0], _id: 0, host }];
  await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
}

interface ReplicaSetConfig {
  version: number;
  members: { host: string }[];
}

async function currentConfig(admin: Db): Promise<ReplicaSetConfig | undefined> {
  try {
    return (await admin.command({ replSetGetConfig: 1 })).config as ReplicaSetConfig;
  } catch (error) {
    if (error instanceof MongoServerError && error.codeName === 'NotYetInitialized') return undefined;
    throw error;
  }
}
