import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';

export const repository = join(__dirname, '../../..');
export const deployFile = (name: string): string => join(repository, 'deploy', name);
export const isThere = (name: string): boolean => existsSync(deployFile(name));
export const textOf = (name: string): string => readFileSync(deployFile(name), 'utf8');

export type Node = Readonly<Record<string, unknown>>;

/** Compose merges `<<` as YAML 1.1 does; js-yaml does so when asked. */
const schema = CORE_SCHEMA.withTags(mergeTag);

export const documentsOf = (name: string): readonly Node[] => loadAll(textOf(name), { schema }) as readonly Node[];

/** The value at a path; undefined when there is none. */
export function at(node: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    node,
  );
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : [];
