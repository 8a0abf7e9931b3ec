import type { Platform } from './platform';

/** A vendor's release archive. `member` is the base name of the wanted file inside of it. */
export interface Release {
  version: string;
  archiveUrl: string;
  checksumUrl: string;
  member: string;
}

export const TEMPORAL_VERSION = '1.8.2';
export const MONGOD_VERSION = '8.0.17';
export const VERSITYGW_VERSION = '1.8.0';

const goArch = { x64: 'amd64', arm64: 'arm64' } as const;
const unameArch = { x64: 'x86_64', arm64: 'arm64' } as const;

/** Names as in the release configuration of temporalio/cli. Undefined: the vendor has no build for this platform. */
export function temporalRelease({ os, arch }: Platform): Release | undefined {
  if (os === 'other' || arch === 'other') return undefined;
  const base = `https://github.com/temporalio/cli/releases/download/v${TEMPORAL_VERSION}`;
  return {
    version: TEMPORAL_VERSION,
    archiveUrl: `${base}/temporal_cli_${TEMPORAL_VERSION}_${os}_${goArch[arch]}.tar.gz`,
    checksumUrl: `${base}/checksums.txt`,
    member: 'temporal',
  };
}

/** Names as in the release configuration of versity/versitygw. Undefined: the vendor has no build for this platform. */
export function versitygwRelease({ os, arch }: Platform): Release | undefined {
  if (os === 'other' || arch === 'other') return undefined;
  const base = `https://github.com/versity/versitygw/releases/download/v${VERSITYGW_VERSION}`;
  const title = os === 'linux' ? 'Linux' : 'Darwin';
  return {
    version: VERSITYGW_VERSION,
    archiveUrl: `${base}/versitygw_v${VERSITYGW_VERSION}_${title}_${unameArch[arch]}.tar.gz`,
    checksumUrl: `${base}/checksums.txt`,
    member: 'versitygw',
  };
}

/** Undefined: MongoDB has no build for this platform (musl-based distributions among them). */
export function mongodRelease(platform: Platform): Release | undefined {
  const name = mongodArchiveName(platform);
  if (name === undefined) return undefined;
  const folder = platform.os === 'darwin' ? 'osx' : 'linux';
  const archiveUrl = `https://fastdl.mongodb.org/${folder}/${name}-${MONGOD_VERSION}.tgz`;
  return { version: MONGOD_VERSION, archiveUrl, checksumUrl: `${archiveUrl}.sha256`, member: 'mongod' };
}

function mongodArchiveName(platform: Platform): string | undefined {
  const { os, arch, osRelease } = platform;
  if (os === 'other' || arch === 'other' || osRelease.ID === 'alpine') return undefined;
  if (os === 'darwin') return `mongodb-macos-${unameArch[arch]}`;
  return `mongodb-linux-${arch === 'x64' ? 'x86_64' : 'aarch64'}-${mongodDistro(osRelease, arch)}`;
}

/** MongoDB's name for the distribution; a derivative gets its parent's, an unknown one the build with the oldest OpenSSL 3. */
function mongodDistro(osRelease: Platform['osRelease'], arch: 'x64' | 'arm64'): string {
  const version = Number.parseFloat(osRelease.VERSION_ID ?? '');
  const family = [osRelease.ID ?? '', ...(osRelease.ID_LIKE ?? '').split(' ')];
  const is = (...names: string[]): boolean => names.some((name) => family.includes(name));
  if (osRelease.ID === 'ubuntu') return version >= 24 ? 'ubuntu2404' : version >= 22 ? 'ubuntu2204' : 'ubuntu2004';
  // MongoDB builds for Debian on x86_64 only; Debian 12 and later run the Ubuntu 22.04 build.
  if (osRelease.ID === 'debian') return arch === 'x64' && version >= 12 ? 'debian12' : debianOlder(version);
  if (osRelease.ID === 'amzn') return 'amazon2023';
  if (is('fedora') && !is('rhel', 'centos')) return 'rhel93';
  if (is('rhel', 'centos')) return version >= 9 ? 'rhel93' : 'rhel8';
  if (is('suse', 'sles', 'opensuse') && arch === 'x64') return 'suse15';
  return 'ubuntu2204';
}

function debianOlder(version: number): string {
  return version < 12 ? 'ubuntu2004' : 'ubuntu2204';
}
