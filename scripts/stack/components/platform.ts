import { readFileSync } from 'node:fs';

/** What decides which build of a component runs here. `distro` is the first MongoDB target that fits, Linux only. */
export interface Platform {
  os: 'linux' | 'darwin' | 'other';
  arch: 'x64' | 'arm64' | 'other';
  osRelease: Readonly<Record<string, string>>;
}

/** Fields of an os-release file (freedesktop.org's format): `KEY=value`, the value quoted or not. */
export function parseOsRelease(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) fields[key] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return fields;
}

export function thisPlatform(): Platform {
  const { platform, arch } = process;
  return {
    os: platform === 'linux' || platform === 'darwin' ? platform : 'other',
    arch: arch === 'x64' || arch === 'arm64' ? arch : 'other',
    osRelease: platform === 'linux' ? parseOsRelease(readOsRelease()) : {},
  };
}

function readOsRelease(): string {
  for (const file of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // Slim images may have neither; the most widely working build is taken then.
    }
  }
  return '';
}
