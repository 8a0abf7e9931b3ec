import os from 'node:os';

import { buildEntity, relate, type Collected, type Entity, type Relationship } from './graph';
import { isLinkLocal, isLoopback, isPrivateAddress, networkOf, type InterfaceAddress } from './ip-addresses';
import type { Sources } from './sources';

export interface NetworkInterface {
  readonly name: string;
  readonly macAddress?: string;
  readonly mtu?: number;
  readonly state?: string;
  readonly addresses: readonly InterfaceAddress[];
}

const NO_MAC = '00:00:00:00:00:00';

type NodeInterfaces = ReturnType<typeof os.networkInterfaces>;

/** Interfaces that hold an address, as Node's `os` module lists them. */
export function interfacesFromNode(listed: NodeInterfaces): NetworkInterface[] {
  return Object.entries(listed).map(([name, addresses = []]) => {
    const mac = addresses.find(({ mac: one }) => one !== NO_MAC)?.mac.toLowerCase();
    return {
      name,
      ...(mac && { macAddress: mac }),
      addresses: addresses.map(({ address, family, cidr }) => ({
        interfaceName: name,
        address,
        family: family === 'IPv4' ? 4 : 6,
        prefixLength: Number(cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 128)),
      })),
    };
  });
}

/** All interfaces: those of Node, and on Linux those without an address and what the kernel says of each. */
export async function readInterfaces(sources: Sources): Promise<NetworkInterface[]> {
  const found = new Map(interfacesFromNode(os.networkInterfaces()).map((one) => [one.name, one]));
  for (const name of await sources.list('/sys/class/net')) {
    const fact = async (file: string): Promise<string | undefined> =>
      (await sources.readText(`/sys/class/net/${name}/${file}`))?.trim();
    const [mac, mtu, state] = await Promise.all([fact('address'), fact('mtu'), fact('operstate')]);
    // `bonding_masters` and the like are files, not interfaces.
    if (mtu === undefined) continue;
    const known = found.get(name);
    found.set(name, {
      name,
      addresses: known?.addresses ?? [],
      ...(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac ?? '') && mac !== NO_MAC && mac && { macAddress: mac }),
      mtu: Number(mtu),
      ...(state && { state }),
    });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface NetworkInput {
  readonly hostId: string;
  readonly host: Entity;
  readonly interfaces: readonly NetworkInterface[];
}

export function networkGraph({ hostId, host, interfaces }: NetworkInput): Collected {
  const entities: Entity[] = [];
  const relationships: Relationship[] = [];
  const networks = new Map<string, Entity>();
  for (const one of interfaces) {
    const card = interfaceEntity(hostId, one);
    entities.push(card);
    relationships.push(relate(host, 'HAS', card));
    const joined = new Set<string>();
    for (const { address, prefixLength, family } of one.addresses) {
      if (isLoopback(address) || isLinkLocal(address)) continue;
      const cidr = networkOf(address, prefixLength);
      if (cidr === undefined || joined.has(cidr)) continue;
      joined.add(cidr);
      const network =
        networks.get(cidr) ?? networkEntity({ hostId, cidr, family, internal: isPrivateAddress(address) });
      networks.set(cidr, network);
      relationships.push(relate(card, 'CONNECTS', network));
    }
  }
  const skipped = interfaces.length === 0 ? ['network interfaces: the system lists none'] : [];
  return { entities: [...entities, ...networks.values()], relationships, skipped };
}

function interfaceEntity(hostId: string, { name, macAddress, mtu, state, addresses }: NetworkInterface): Entity {
  const sorted = [...addresses].sort((a, b) => a.family - b.family || (a.address < b.address ? -1 : 1));
  const primary = sorted.find(({ address }) => !isLinkLocal(address)) ?? sorted[0];
  return buildEntity({
    key: `network_interface:${hostId}:${name}`,
    type: 'network_interface',
    classes: ['NetworkInterface'],
    displayName: name,
    properties: {
      name,
      macAddress,
      mtu,
      state,
      loopback: primary === undefined ? undefined : isLoopback(primary.address),
      ipAddress: primary?.address,
      ipVersion: primary?.family,
      ipAddresses: sorted.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
    },
  });
}

interface NetworkParts {
  readonly hostId: string;
  readonly cidr: string;
  readonly family: 4 | 6;
  readonly internal: boolean;
}

function networkEntity({ hostId, cidr, family, internal }: NetworkParts): Entity {
  return buildEntity({
    key: `network:${hostId}:${cidr}`,
    type: 'network',
    classes: ['Network'],
    displayName: cidr,
    properties: {
      name: cidr,
      ...(family === 4 ? { CIDR: cidr } : { CIDRv6: cidr }),
      public: !internal,
      internal,
    },
  });
}
