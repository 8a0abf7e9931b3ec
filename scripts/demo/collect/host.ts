import { createHash } from 'node:crypto';
import os from 'node:os';

import { buildEntity, type Entity } from './graph';
import { isLinkLocal, isLoopback, isPrivateAddress, type InterfaceAddress } from './ip-addresses';
import type { OperatingSystem } from './operating-system';
import type { Sources } from './sources';

/** SMBIOS chassis types of portable and desktop machines (System Management BIOS 3.7, table 17). */
const ENDPOINT_CHASSIS = new Set([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 30, 31, 32, 35, 36]);
const SERVER_CHASSIS = new Set([17, 23, 25, 28, 29]);

/**
 * A name for this machine that survives a new host name. The machine id itself is confidential (machine-id(5)), so only a hash of it
 * leaves the machine.
 */
export function hostIdOf(machineId: string | undefined, hostname: string): string {
  const seed = machineId?.trim() ? `machine-id:${machineId.trim()}` : `hostname:${hostname}`;
  return createHash('sha256').update(`perijove-demo:${seed}`).digest('hex').slice(0, 12);
}

/** The `IOPlatformUUID` in the output of macOS's `ioreg -rd1 -c IOPlatformExpertDevice`. */
export function parsePlatformUuid(text: string): string | undefined {
  return /"IOPlatformUUID" = "([^"]+)"/.exec(text)?.[1];
}

export async function readHostId(sources: Sources): Promise<string> {
  const machineId =
    (await sources.readText('/etc/machine-id')) ??
    (await sources.readText('/var/lib/dbus/machine-id')) ??
    (sources.platform === 'darwin'
      ? parsePlatformUuid((await sources.run('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'])) ?? '')
      : undefined);
  return hostIdOf(machineId, os.hostname());
}

export interface HostFacts {
  readonly hostId: string;
  readonly operatingSystem: OperatingSystem;
  readonly addresses: readonly InterfaceAddress[];
  readonly macAddresses: readonly string[];
}

export async function collectHost(sources: Sources, facts: HostFacts): Promise<Entity> {
  const dmi = async (name: string): Promise<string | undefined> =>
    (await sources.readText(`/sys/class/dmi/id/${name}`))?.trim();
  const [make, model, chassis, cpuInfo] = await Promise.all([
    dmi('sys_vendor'),
    dmi('product_name'),
    dmi('chassis_type'),
    sources.readText('/proc/cpuinfo'),
  ]);
  const virtual = cpuInfo === undefined ? undefined : /^flags\s*:.*\bhypervisor\b/m.test(cpuInfo);
  const reachable = facts.addresses.filter(({ address }) => !isLoopback(address) && !isLinkLocal(address));
  const listed = (wanted: (one: InterfaceAddress) => boolean): string[] =>
    [...new Set(reachable.filter(wanted).map(({ address }) => address))].sort();
  const hostname = os.hostname();
  return buildEntity({
    key: `host:${facts.hostId}`,
    type: 'host',
    // JupiterOne keeps Device for physical machines.
    classes: virtual === false && make !== undefined ? ['Device', 'Host'] : ['Host'],
    displayName: hostname,
    properties: {
      name: hostname,
      hostname,
      deviceId: [facts.hostId],
      category: categoryOf(chassis, sources.platform),
      make: make ?? (sources.platform === 'darwin' ? 'Apple' : undefined),
      model,
      virtual,
      architecture: os.arch(),
      cpuModel: os.cpus()[0]?.model.trim(),
      cpuCount: os.cpus().length,
      memoryBytes: os.totalmem(),
      osName: facts.operatingSystem.name,
      osType: facts.operatingSystem.type,
      osVersion: facts.operatingSystem.version,
      osDetails: facts.operatingSystem.details,
      kernelVersion: facts.operatingSystem.kernelVersion,
      macAddresses: [...new Set(facts.macAddresses)].sort(),
      ipv4Addresses: listed(({ family }) => family === 4),
      ipv6Addresses: listed(({ family }) => family === 6),
      publicIpAddresses: listed(({ address }) => !isPrivateAddress(address)),
      privateIpAddresses: listed(({ address }) => isPrivateAddress(address)),
    },
  });
}

/** `endpoint`, `server` or `other`, from the chassis type that the firmware names. */
export function categoryOf(chassis: string | undefined, platform: NodeJS.Platform): string {
  const type = Number(chassis);
  if (SERVER_CHASSIS.has(type)) return 'server';
  if (ENDPOINT_CHASSIS.has(type) || platform === 'darwin') return 'endpoint';
  return 'other';
}
