import type { FlatObject } from '../ports';

export interface VersionDifference {
  /** Name → value of the later one. */
  readonly added: Readonly<Record<string, unknown>>;
  /** Name → value of the earlier one. */
  readonly removed: Readonly<Record<string, unknown>>;
  readonly changed: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

/** Which version it is, and until when: differs by nature. Raw data has versions of its own. */
const lineage: ReadonlySet<string> = new Set([
  ...['_version', '_beginOn', '_endOn', '_latest', '_deleted', '_createdOn', '_rawDataHashes'],
]);

/** What turns one version of an object into another: its properties, and of its metadata what describes it. Names are sorted. */
export function versionDifference(from: FlatObject, to: FlatObject): VersionDifference {
  const added: [string, unknown][] = [];
  const removed: [string, unknown][] = [];
  const changed: [string, { from: unknown; to: unknown }][] = [];
  for (const name of [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()) {
    if (lineage.has(name)) continue;
    if (!Object.hasOwn(from, name)) added.push([name, to[name]]);
    else if (!Object.hasOwn(to, name)) removed.push([name, from[name]]);
    else if (!isSame(from[name], to[name])) changed.push([name, { from: from[name], to: to[name] }]);
  }
  return {
    added: Object.fromEntries(added),
    removed: Object.fromEntries(removed),
    changed: Object.fromEntries(changed),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => item === b[i]);
  return a === b;
}
