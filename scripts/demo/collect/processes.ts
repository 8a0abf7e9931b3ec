import { createHash } from 'node:crypto';

import { buildEntity, relate, type Collected, type Entity, type Relationship } from './graph';
import { findFileOwners } from './packages';
import { readProcessTable, type ProcessRow } from './process-table';
import { settledProcesses } from './settled-processes';
import type { Sources } from './sources';

export interface ProcessesInput {
  readonly hostId: string;
  readonly host: Entity;
  readonly userByUid: ReadonlyMap<number, Entity>;
  readonly dpkgPackages: ReadonlyMap<string, Entity>;
  readonly selfPid: number;
}

export interface CollectedProcesses extends Collected {
  /** The recorded processes by pid. */
  readonly processByPid: ReadonlyMap<number, Entity>;
}

export async function collectProcesses(sources: Sources, input: ProcessesInput): Promise<CollectedProcesses> {
  const table = await readProcessTable(sources);
  if (!table) {
    return { entities: [], relationships: [], skipped: ['processes: the system shows none'], processByPid: new Map() };
  }
  const rows = settledProcesses(table, input.selfPid);
  const executables = new Set(rows.flatMap(({ executable }) => (executable ? [executable] : [])));
  const [bootId, packageByFile] = await Promise.all([
    sources.readText('/proc/sys/kernel/random/boot_id'),
    findFileOwners(sources, executables, input.dpkgPackages),
  ]);
  return { ...processesGraph({ ...input, rows, packageByFile, boot: bootOf(bootId) }), skipped: [] };
}

/** Pids and start times since boot come again after a restart; a hash of the boot's id keeps them apart. */
function bootOf(bootId: string | undefined): string {
  return createHash('sha256')
    .update(bootId?.trim() ?? 'unknown')
    .digest('hex')
    .slice(0, 8);
}

export interface ProcessesGraphInput extends Omit<ProcessesInput, 'dpkgPackages' | 'selfPid'> {
  readonly rows: readonly ProcessRow[];
  readonly packageByFile: ReadonlyMap<string, Entity>;
  readonly boot: string;
}

export function processesGraph(input: ProcessesGraphInput): Omit<CollectedProcesses, 'skipped'> {
  const relationships: Relationship[] = [];
  const processByPid = new Map<number, Entity>();
  for (const row of input.rows) {
    const user = input.userByUid.get(row.uid);
    const entity = processEntity({ row, user, hostId: input.hostId, boot: input.boot });
    processByPid.set(row.pid, entity);
    relationships.push(relate(input.host, 'RUNS', entity));
    if (user) relationships.push(relate(user, 'OWNS', entity));
    const owner = row.executable === undefined ? undefined : input.packageByFile.get(row.executable);
    if (owner) relationships.push(relate(entity, 'USES', owner));
  }
  return { entities: [...processByPid.values()], relationships, processByPid };
}

interface ProcessParts {
  readonly row: ProcessRow;
  readonly user: Entity | undefined;
  readonly hostId: string;
  readonly boot: string;
}

function processEntity({ row, user, hostId, boot }: ProcessParts): Entity {
  return buildEntity({
    key: `os_process:${hostId}:${boot}:${row.pid}:${row.startSeconds}`,
    type: 'os_process',
    classes: ['Process'],
    displayName: `${row.name} (${row.pid})`,
    properties: {
      name: row.name,
      pid: row.pid,
      parentPid: row.parentPid,
      uid: row.uid,
      username: user?.displayName,
      executable: row.executable,
      executableDeleted: row.executableDeleted,
      argumentCount: row.argumentCount,
      startedOn: row.startedOn,
    },
  });
}
