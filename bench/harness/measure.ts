import { readFileSync } from 'node:fs';
import type { Db } from 'mongodb';

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** CPU seconds of a process so far, in user and kernel mode. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime in ticks of 10 ms, which every Linux on common hardware has.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Highest resident size so far in MiB. Linux only. */
export function peakResidentMiB(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1]) / 1024;
}

/** Bytes that a process has handed to storage. Linux only. */
export function bytesToStorage(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

interface WiredTigerStatus {
  readonly wiredTiger: {
    readonly 'block-manager': Readonly<Record<string, number>>;
    readonly log: Readonly<Record<string, number>>;
  };
}

/** Bytes that mongod has written to its data files and its journal, with all that was in memory only flushed first. */
export async function mongoBytesWritten(db: Db): Promise<number> {
  const admin = db.client.db('admin');
  await admin.command({ fsync: 1 });
  const { wiredTiger } = (await admin.command({ serverStatus: 1 })) as unknown as WiredTigerStatus;
  return (wiredTiger['block-manager']['bytes written'] ?? 0) + (wiredTiger.log['log bytes written'] ?? 0);
}

/** Inserts, updates and removals that the storage engine has made in a collection since mongod started. */
export async function documentWrites(db: Db, collection: string): Promise<number> {
  const [stats] = await db
    .collection(collection)
    .aggregate<{ storageStats: { wiredTiger: { cursor: Record<string, number> } } }>([
      { $collStats: { storageStats: {} } },
    ])
    .toArray();
  const cursor = stats?.storageStats.wiredTiger.cursor;
  if (!cursor) throw new Error(`no storage statistics of ${collection}`);
  return ['insert calls', 'modify', 'remove calls', 'update calls'].reduce((sum, name) => {
    const calls = cursor[name];
    if (calls === undefined) throw new Error(`WiredTiger does not count "${name}"`);
    return sum + calls;
  }, 0);
}
