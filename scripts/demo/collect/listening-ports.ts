import { buildEntity, relate, type Collected, type Entity, type Relationship } from './graph';
import { isLoopback } from './ip-addresses';
import { parseLsof, parsePortRange, parseProcNet, type ListeningSocket } from './socket-tables';
import type { Sources } from './sources';

const LINUX_EPHEMERAL: readonly [number, number] = [32768, 60999];
const MAC_EPHEMERAL: readonly [number, number] = [49152, 65535];

export interface OwnedSocket extends ListeningSocket {
  /** The processes that hold the socket; empty when that cannot be seen, as with other users' sockets. */
  readonly pids: readonly number[];
}

async function readSockets(sources: Sources): Promise<OwnedSocket[] | undefined> {
  if (sources.platform === 'darwin') {
    const [tcp, udp] = await Promise.all([
      sources.run('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-F', 'pPn']),
      sources.run('lsof', ['-nP', '-iUDP', '-F', 'pPn']),
    ]);
    if (tcp === undefined && udp === undefined) return undefined;
    return parseLsof(`${tcp ?? ''}\n${udp ?? ''}`).map((one) => ({
      ...one,
      pids: one.pid === undefined ? [] : [one.pid],
    }));
  }
  const tables = [
    ['/proc/net/tcp', 'TCP'],
    ['/proc/net/tcp6', 'TCP'],
    ['/proc/net/udp', 'UDP'],
    ['/proc/net/udp6', 'UDP'],
  ] as const;
  const readTables = async (): Promise<ListeningSocket[] | undefined> => {
    const texts = await Promise.all(tables.map(([file]) => sources.readText(file)));
    if (texts.every((text) => text === undefined)) return undefined;
    return tables.flatMap(([, protocol], index) => parseProcNet(texts[index] ?? '', protocol));
  };
  const sockets = await readTables();
  if (!sockets) return undefined;
  const pidsByInode = await readSocketOwners(sources, new Set(sockets.map(({ inode }) => inode ?? '')));
  // One that closed meanwhile has no owner to be found, and would pass for another user's.
  const stillOpen = new Set((await readTables())?.map(({ inode }) => inode));
  return sockets
    .filter(({ inode }) => stillOpen.has(inode))
    .map((one) => ({ ...one, pids: pidsByInode.get(one.inode ?? '') ?? [] }));
}

/** Which processes hold the sockets of these inodes, from the links in /proc/<pid>/fd. */
async function readSocketOwners(sources: Sources, inodes: ReadonlySet<string>): Promise<Map<string, number[]>> {
  const owners = new Map<string, number[]>();
  if (inodes.size === 0) return owners;
  for (const pid of (await sources.list('/proc')).filter((name) => /^\d+$/.test(name))) {
    const held = new Set<string>();
    for (const descriptor of await sources.list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec((await sources.readLink(`/proc/${pid}/fd/${descriptor}`)) ?? '')?.[1];
      if (inode !== undefined && inodes.has(inode)) held.add(inode);
    }
    for (const inode of held) owners.set(inode, [...(owners.get(inode) ?? []), Number(pid)]);
  }
  return owners;
}

export interface PortsInput {
  readonly hostId: string;
  readonly host: Entity;
  readonly processByPid: ReadonlyMap<number, Entity>;
}

export async function collectListeningPorts(sources: Sources, input: PortsInput): Promise<Collected> {
  const sockets = await readSockets(sources);
  const range = parsePortRange((await sources.readText('/proc/sys/net/ipv4/ip_local_port_range')) ?? '');
  const ephemeral = range ?? (sources.platform === 'darwin' ? MAC_EPHEMERAL : LINUX_EPHEMERAL);
  const skipped = sockets ? [] : ['listening ports: no readable list of sockets'];
  return { ...portsGraph({ ...input, sockets: sockets ?? [], ephemeral }), skipped };
}

export interface PortsGraphInput extends PortsInput {
  readonly sockets: readonly OwnedSocket[];
  readonly ephemeral: readonly [number, number];
}

/**
 * Ports as entities, one per protocol, address and number. Left out: ports whose processes were all left out (the demo's own among
 * them), and UDP ports of the ephemeral range, which are clients that wait for an answer.
 */
export function portsGraph(input: PortsGraphInput): Omit<Collected, 'skipped'> {
  const entities = new Map<string, Entity>();
  const relationships = new Map<string, Relationship>();
  const [first, last] = input.ephemeral;
  for (const socket of input.sockets) {
    if (socket.protocol === 'UDP' && socket.port >= first && socket.port <= last) continue;
    const holders = socket.pids.flatMap((pid) => input.processByPid.get(pid) ?? []);
    if (socket.pids.length > 0 && holders.length === 0) continue;
    const port = portEntity(input.hostId, socket);
    entities.set(port._key, port);
    for (const one of [relate(input.host, 'HAS', port), ...holders.map((holder) => relate(holder, 'USES', port))]) {
      relationships.set(one._key, one);
    }
  }
  return { entities: [...entities.values()], relationships: [...relationships.values()] };
}

function portEntity(hostId: string, { protocol, address, port }: ListeningSocket): Entity {
  const shown = address.includes(':') ? `[${address}]` : address;
  return buildEntity({
    key: `listening_port:${hostId}:${protocol.toLowerCase()}:${shown}:${port}`,
    type: 'listening_port',
    classes: ['Port'],
    displayName: `${protocol} ${shown}:${port}`,
    properties: {
      name: `${protocol} ${port}`,
      protocol,
      port,
      open: true,
      ipAddress: address,
      loopbackOnly: isLoopback(address),
    },
  });
}
