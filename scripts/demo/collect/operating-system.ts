import os from 'node:os';

import { buildEntity, type Entity } from './graph';
import type { Sources } from './sources';

export interface OperatingSystem {
  readonly name: string;
  /** JupiterOne's `osType`: linux, darwin, windows or other. */
  readonly type: string;
  readonly version?: string;
  readonly details: string;
  /** The `ID` of os-release(5), such as `debian`. */
  readonly distribution?: string;
  readonly kernelVersion: string;
}

/** The assignments of an os-release(5) file. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim());
    if (!match?.[1]) continue;
    const value = match[2] ?? '';
    const quoted = /^(["'])(.*)\1$/.exec(value);
    values.set(match[1], (quoted?.[2] ?? value).replace(/\\(["$`\\])/g, '$1'));
  }
  return values;
}

/** Name and version in the output of macOS's `sw_vers`. */
export function parseSwVers(text: string): { name?: string; version?: string } {
  const name = /^ProductName:\s*(.+)$/m.exec(text)?.[1]?.trim();
  const version = /^ProductVersion:\s*(.+)$/m.exec(text)?.[1]?.trim();
  return { ...(name && { name }), ...(version && { version }) };
}

export async function readOperatingSystem(sources: Sources): Promise<OperatingSystem> {
  const kernelVersion = os.release();
  if (sources.platform === 'darwin') {
    const { name = 'macOS', version } = parseSwVers((await sources.run('sw_vers', [])) ?? '');
    const details = [name, version].filter(Boolean).join(' ');
    return { name, type: 'darwin', details, kernelVersion, ...(version && { version }) };
  }
  const release = parseOsRelease(
    (await sources.readText('/etc/os-release')) ?? (await sources.readText('/usr/lib/os-release')) ?? '',
  );
  const name = release.get('NAME') ?? os.type();
  const version = release.get('VERSION_ID');
  const distribution = release.get('ID');
  const types: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', win32: 'windows' };
  return {
    name,
    type: types[sources.platform] ?? 'other',
    details: release.get('PRETTY_NAME') ?? `${name} ${kernelVersion}`,
    kernelVersion,
    ...(version && { version }),
    ...(distribution && { distribution }),
  };
}

export function operatingSystemEntity(hostId: string, system: OperatingSystem): Entity {
  return buildEntity({
    key: `operating_system:${hostId}`,
    type: 'operating_system',
    classes: ['Application'],
    displayName: system.details,
    properties: {
      name: system.name,
      version: system.version,
      distribution: system.distribution,
      kernelVersion: system.kernelVersion,
      osType: system.type,
      FOSS: system.type === 'linux' ? true : undefined,
    },
  });
}
