import { buildEntity, relate, type Collected, type Entity, type Relationship } from './graph';
import {
  parseApkInstalled,
  parseBrewVersions,
  parseDpkgStatus,
  parseRpmList,
  RPM_FORMAT,
  type InstalledPackage,
} from './package-databases';
import type { Sources } from './sources';

const LIBRARY_SECTIONS = new Set(
  `libs oldlibs libdevel perl python javascript ruby golang haskell java lisp ocaml php rust`.split(' '),
);

async function readPackages(sources: Sources): Promise<InstalledPackage[]> {
  const read = async (
    text: Promise<string | undefined>,
    parse: (text: string) => InstalledPackage[],
  ): Promise<InstalledPackage[]> => parse((await text) ?? '');
  const found = await Promise.all([
    read(sources.readText('/var/lib/dpkg/status'), parseDpkgStatus),
    read(sources.readText('/lib/apk/db/installed'), parseApkInstalled),
    // Debian's rpm tool, installed for conversions, has an empty database and finds nothing: that is right.
    read(sources.run('rpm', ['-qa', '--queryformat', RPM_FORMAT]), parseRpmList),
    sources.platform === 'darwin' ? read(sources.run('brew', ['list', '--versions']), parseBrewVersions) : [],
  ]);
  return found.flat();
}

export interface PackagesInput {
  readonly hostId: string;
  readonly host: Entity;
}

export interface CollectedPackages extends Collected {
  /** Package entities by name, for dpkg only: what /var/lib/dpkg/info calls them (`name` or `name:architecture`). */
  readonly dpkgPackages: ReadonlyMap<string, Entity>;
}

export async function collectPackages(sources: Sources, input: PackagesInput): Promise<CollectedPackages> {
  const packages = await readPackages(sources);
  const skipped = packages.length === 0 ? ['packages: no dpkg, apk, rpm or brew database found'] : [];
  return { ...packagesGraph({ ...input, packages }), skipped };
}

export function packagesGraph({
  hostId,
  host,
  packages,
}: PackagesInput & { packages: readonly InstalledPackage[] }): Omit<CollectedPackages, 'skipped'> {
  const nameOf = ({ manager, name, architecture }: InstalledPackage): string =>
    [manager, name, architecture].filter(Boolean).join(':');
  const installedTimes = new Map<string, number>();
  for (const one of packages) installedTimes.set(nameOf(one), (installedTimes.get(nameOf(one)) ?? 0) + 1);

  const entities = new Map<string, Entity>();
  const rows: { one: InstalledPackage; entity: Entity }[] = [];
  for (const one of packages) {
    // Kernels and keys are installed in several versions at once; only then is the version a part of the identity.
    const name = (installedTimes.get(nameOf(one)) ?? 0) > 1 ? `${nameOf(one)}:${one.version}` : nameOf(one);
    const entity = packageEntity(`os_package:${hostId}:${name}`, one);
    if (entities.has(entity._key)) continue;
    entities.set(entity._key, entity);
    rows.push({ one, entity });
  }
  const relationships = [...rows.map(({ entity }) => relate(host, 'INSTALLED', entity)), ...dependencies(rows)];
  const dpkgPackages = new Map<string, Entity>();
  for (const { one, entity } of rows.filter((row) => row.one.manager === 'dpkg')) {
    dpkgPackages.set(one.name, entity);
    if (one.architecture) dpkgPackages.set(`${one.name}:${one.architecture}`, entity);
  }
  return { entities: [...entities.values()], relationships, dpkgPackages };
}

/** Who needs whom, as far as it is installed: by package name first, else by what packages provide. */
function dependencies(rows: readonly { one: InstalledPackage; entity: Entity }[]): Relationship[] {
  const byName = new Map<string, typeof rows>();
  const byProvided = new Map<string, typeof rows>();
  const add = (index: Map<string, typeof rows>, key: string, row: (typeof rows)[number]): void => {
    index.set(key, [...(index.get(key) ?? []), row]);
  };
  for (const row of rows) {
    add(byName, `${row.one.manager}:${row.one.name}`, row);
    for (const provided of row.one.provides) add(byProvided, `${row.one.manager}:${provided}`, row);
  }
  return rows.flatMap(({ one, entity }) => {
    const needed = new Map<string, Relationship>();
    for (const name of one.dependsOn) {
      const key = `${one.manager}:${name}`;
      const candidates = byName.get(key) ?? byProvided.get(key) ?? [];
      const match = candidates.find((row) => row.one.architecture === one.architecture) ?? candidates[0];
      if (match && match.entity !== entity) needed.set(match.entity._key, relate(entity, 'USES', match.entity));
    }
    return [...needed.values()];
  });
}

function packageEntity(key: string, one: InstalledPackage): Entity {
  const section = one.section?.split('/').at(-1)?.toLowerCase();
  const library = (section !== undefined && LIBRARY_SECTIONS.has(section)) || /^lib[a-z]/.test(one.name);
  return buildEntity({
    key,
    type: 'os_package',
    classes: [library ? 'CodeModule' : 'Application'],
    displayName: `${one.name} ${one.version}`,
    properties: {
      name: one.name,
      version: one.version,
      packageManager: one.manager,
      architecture: one.architecture,
      section: one.section,
      summary: one.summary,
      license: one.license,
      webLink: one.homepage && URL.canParse(one.homepage) ? one.homepage : undefined,
    },
  });
}

/** `/bin/x` and `/usr/bin/x` are one file on systems with a merged /usr, but dpkg may list either. */
const merged = (file: string): string => file.replace(/^\/usr(?=\/(bin|sbin|lib\w*)\/)/, '');

/** Which of the given files belong to which dpkg package, from dpkg's file lists. */
export async function findFileOwners(
  sources: Sources,
  files: Iterable<string>,
  dpkgPackages: ReadonlyMap<string, Entity>,
): Promise<ReadonlyMap<string, Entity>> {
  const wanted = new Map([...files].map((file) => [merged(file), file]));
  const owners = new Map<string, Entity>();
  if (wanted.size === 0 || dpkgPackages.size === 0) return owners;
  for (const name of await sources.list('/var/lib/dpkg/info')) {
    const entity = name.endsWith('.list') ? dpkgPackages.get(name.slice(0, -'.list'.length)) : undefined;
    if (!entity) continue;
    for (const line of ((await sources.readText(`/var/lib/dpkg/info/${name}`)) ?? '').split('\n')) {
      const file = wanted.get(merged(line));
      if (file !== undefined) owners.set(file, entity);
    }
  }
  return owners;
}
