import { collectFileSystems } from './file-systems';
import { relate, type Collected, type Entity, type Relationship } from './graph';
import { collectHost, readHostId } from './host';
import { collectListeningPorts } from './listening-ports';
import { networkGraph, readInterfaces } from './network';
import { operatingSystemEntity, readOperatingSystem } from './operating-system';
import { collectPackages } from './packages';
import { collectProcesses } from './processes';
import type { Sources } from './sources';
import { collectUsers } from './users';

export interface CollectOptions {
  readonly sources: Sources;
  /** The demo's own pid: it and what it started are not collected. */
  readonly selfPid: number;
}

/**
 * Takes the assets of this machine as a JupiterOne graph: unique keys, every relationship with both its ends, and no value that
 * moves while the machine itself stays as it is.
 */
export async function collectMachine({ sources, selfPid }: CollectOptions): Promise<Collected> {
  const [hostId, operatingSystem, interfaces] = await Promise.all([
    readHostId(sources),
    readOperatingSystem(sources),
    readInterfaces(sources),
  ]);
  const host = await collectHost(sources, {
    hostId,
    operatingSystem,
    addresses: interfaces.flatMap(({ addresses }) => addresses),
    // The cards in use: those of containers and queues come and go, each with a random address.
    macAddresses: interfaces.flatMap(({ macAddress, addresses }) => (addresses.length > 0 && macAddress) || []),
  });
  const system = operatingSystemEntity(hostId, operatingSystem);
  const [users, fileSystems, packages] = await Promise.all([
    collectUsers(sources, { hostId, host }),
    collectFileSystems(sources, { hostId, host }),
    collectPackages(sources, { hostId, host }),
  ]);
  const processes = await collectProcesses(sources, {
    hostId,
    host,
    selfPid,
    userByUid: users.userByUid,
    dpkgPackages: packages.dpkgPackages,
  });
  const ports = await collectListeningPorts(sources, { hostId, host, processByPid: processes.processByPid });
  return joinParts([
    { entities: [host, system], relationships: [relate(host, 'RUNS', system)], skipped: [] },
    users,
    networkGraph({ hostId, host, interfaces }),
    fileSystems,
    packages,
    processes,
    ports,
  ]);
}

/** Puts the parts together; of objects with one key the first stays, and a relationship without both ends is left out. */
export function joinParts(parts: readonly Collected[]): Collected {
  const entities = new Map<string, Entity>();
  const relationships = new Map<string, Relationship>();
  for (const entity of parts.flatMap((part) => part.entities)) {
    if (!entities.has(entity._key)) entities.set(entity._key, entity);
  }
  for (const one of parts.flatMap((part) => part.relationships)) {
    if (relationships.has(one._key) || !entities.has(one._fromEntityKey) || !entities.has(one._toEntityKey)) continue;
    relationships.set(one._key, one);
  }
  return {
    entities: [...entities.values()],
    relationships: [...relationships.values()],
    skipped: parts.flatMap((part) => part.skipped),
  };
}
