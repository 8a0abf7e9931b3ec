import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';

/**
 * How collectors read the machine. Every method answers `undefined` (or an empty list) where the source is missing or may not be
 * read: what to make of that is the collector's business, and a machine without a source is an ordinary machine.
 */
export interface Sources {
  readonly platform: NodeJS.Platform;
  readText(file: string): Promise<string | undefined>;
  readLink(file: string): Promise<string | undefined>;
  /** Names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>;
  /** Size of a mounted file system in bytes. */
  fileSystemBytes(mountPoint: string): Promise<number | undefined>;
  /** Standard output of a command that ended well within the time limit. */
  run(command: string, args: readonly string[]): Promise<string | undefined>;
}

export interface SourceOptions {
  /** Folder taken as the root of the file system. */
  readonly root?: string;
  readonly platform?: NodeJS.Platform;
  readonly commandTimeoutMs?: number;
}

export function createSources({
  root = '/',
  platform = process.platform,
  commandTimeoutMs = 20_000,
}: SourceOptions = {}): Sources {
  const at = (file: string): string => path.join(root, file);
  const orUndefined = <T>(promise: Promise<T>): Promise<T | undefined> => promise.catch(() => undefined);
  return {
    platform,
    readText: (file) => orUndefined(fs.readFile(at(file), 'utf8')),
    readLink: (file) => orUndefined(fs.readlink(at(file))),
    list: async (folder) => ((await orUndefined(fs.readdir(at(folder)))) ?? []).sort(),
    fileSystemBytes: async (mountPoint) => {
      const size = await orUndefined(fs.statfs(at(mountPoint)));
      return size === undefined ? undefined : size.blocks * size.bsize;
    },
    run: (command, args) => orUndefined(runCommand({ command, args, timeoutMs: commandTimeoutMs })),
  };
}

function runCommand(options: { command: string; args: readonly string[]; timeoutMs: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      options.command,
      [...options.args],
      // One locale, or dates and headings come in the user's language.
      { timeout: options.timeoutMs, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
  });
}
