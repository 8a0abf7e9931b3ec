import { buildEntity, relate, type Collected, type Entity, type Relationship } from './graph';
import type { Sources } from './sources';

export interface Mount {
  readonly source: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

export interface Disk {
  readonly name: string;
  readonly bytes: number;
  readonly rotational?: boolean;
  readonly removable?: boolean;
  readonly model?: string;
  /** Names of the block devices on this disk, itself included. */
  readonly devices: readonly string[];
}

/** Kernel interfaces that look like file systems but store nothing. */
const PSEUDO_TYPES = new Set(
  `autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devfs devpts devtmpfs efivarfs fuse.gvfsd-fuse fuse.lxcfs fuse.portal
   fusectl hugetlbfs mqueue nsfs proc pstore ramfs rpc_pipefs securityfs selinuxfs sysfs tmpfs tracefs`.split(/\s+/),
);

/** The lines of /proc/self/mounts; octal escapes are decoded as fstab(5) says. */
export function parseMounts(text: string): Mount[] {
  const decode = (field: string): string =>
    field.replace(/\\([0-7]{3})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
  return text.split('\n').flatMap((line) => {
    const [source, mountPoint, type, options] = line.split(' ');
    if (!source || !mountPoint || !type) return [];
    return [{ source: decode(source), mountPoint: decode(mountPoint), type, options: options?.split(',') ?? [] }];
  });
}

/** The lines of macOS's `mount`: `/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)`. */
export function parseMacMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(.+?) on (\/.*) \(([^)]*)\)$/.exec(line);
    if (!match?.[1] || !match[2]) return [];
    const [type = 'unknown', ...options] = (match[3] ?? '').split(',').map((one) => one.trim());
    const names: Record<string, string> = { 'read-only': 'ro', nosuid: 'nosuid', noexec: 'noexec', nodev: 'nodev' };
    return [{ source: match[1], mountPoint: match[2], type, options: options.map((one) => names[one] ?? one) }];
  });
}

/**
 * The mounts that are assets: real storage, one per mount point (the topmost, as the kernel shows it). Overlays of containers come
 * and go by the dozen and belong to the containers, so only one that is the root counts.
 */
export function assetMounts(mounts: readonly Mount[]): Mount[] {
  const visible = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  return [...visible.values()].filter(
    ({ type, mountPoint }) => !PSEUDO_TYPES.has(type) && (type !== 'overlay' || mountPoint === '/'),
  );
}

/** Takes user names and passwords out of the source of a network mount (`//user:secret@server/share`). */
export function withoutCredentials(source: string): string {
  return source.replace(/^([a-z][a-z0-9+.-]*:)?(\/\/)?[^/@]*@/i, '$1$2');
}

export async function readDisks(sources: Sources): Promise<Disk[]> {
  const disks: Disk[] = [];
  for (const name of await sources.list('/sys/block')) {
    if (/^(loop|ram|zram|fd|sr|dm-)/.test(name)) continue;
    const fact = async (file: string): Promise<string | undefined> =>
      (await sources.readText(`/sys/block/${name}/${file}`))?.trim();
    const [sectors, rotational, removable, model] = await Promise.all(
      ['size', 'queue/rotational', 'removable', 'device/model'].map(fact),
    );
    if (!Number(sectors)) continue;
    const partitions = (await sources.list(`/sys/block/${name}`)).filter((entry) => entry.startsWith(name));
    disks.push({
      name,
      // The kernel counts in sectors of 512 bytes, whatever the disk's own sectors are.
      bytes: Number(sectors) * 512,
      devices: [name, ...partitions],
      ...(rotational && { rotational: rotational === '1' }),
      ...(removable && { removable: removable === '1' }),
      ...(model && { model }),
    });
  }
  return disks;
}

export interface FileSystemsInput {
  readonly hostId: string;
  readonly host: Entity;
}

export async function collectFileSystems(sources: Sources, { hostId, host }: FileSystemsInput): Promise<Collected> {
  const text =
    sources.platform === 'darwin' ? await sources.run('mount', []) : await sources.readText('/proc/self/mounts');
  const parsed = text === undefined ? [] : sources.platform === 'darwin' ? parseMacMounts(text) : parseMounts(text);
  const disks = (await readDisks(sources)).map((disk) => ({ disk, entity: diskEntity(hostId, disk) }));
  const entities: Entity[] = disks.map(({ entity }) => entity);
  const relationships: Relationship[] = entities.map((disk) => relate(host, 'HAS', disk));
  for (const mount of assetMounts(parsed)) {
    // Asking a network mount for its size may hang for as long as its server is away.
    const local = mount.source.startsWith('/dev/');
    const fileSystem = fileSystemEntity(
      hostId,
      mount,
      local ? await sources.fileSystemBytes(mount.mountPoint) : undefined,
    );
    entities.push(fileSystem);
    relationships.push(relate(host, 'HAS', fileSystem));
    const device = mount.source.replace(/^\/dev\//, '');
    const below = disks.find(({ disk }) => local && disk.devices.includes(device));
    if (below) relationships.push(relate(fileSystem, 'USES', below.entity));
  }
  const skipped = text === undefined ? ['file systems: no readable list of mounts'] : [];
  return { entities, relationships, skipped };
}

function diskEntity(hostId: string, { name, bytes, rotational, removable, model }: Disk): Entity {
  return buildEntity({
    key: `disk:${hostId}:${name}`,
    type: 'disk',
    classes: ['Disk'],
    displayName: model ? `${name} (${model})` : name,
    properties: { name, model, sizeInBytes: bytes, rotational, removable },
  });
}

function fileSystemEntity(hostId: string, mount: Mount, bytes: number | undefined): Entity {
  const has = (option: string): boolean => mount.options.includes(option);
  // These share a pool: their total moves with what others store.
  const pooled = ['apfs', 'btrfs', 'zfs', 'bcachefs'].includes(mount.type);
  return buildEntity({
    key: `file_system:${hostId}:${mount.mountPoint}`,
    type: 'file_system',
    classes: ['DataStore'],
    displayName: mount.mountPoint,
    properties: {
      name: mount.mountPoint,
      mountPoint: mount.mountPoint,
      fileSystemType: mount.type,
      source: withoutCredentials(mount.source),
      readOnly: has('ro'),
      noExec: has('noexec'),
      noSuid: has('nosuid'),
      noDev: has('nodev'),
      sizeInBytes: pooled ? undefined : bytes,
    },
  });
}
