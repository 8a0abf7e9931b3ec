import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../process-identity';

/** Where prepared binaries are kept: PERIJOVE_CACHE_DIR, else `perijove` in the user's cache folder. */
export function cacheDirectory(env: NodeJS.ProcessEnv, os: string = process.platform): string {
  if (env.PERIJOVE_CACHE_DIR) return env.PERIJOVE_CACHE_DIR;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'perijove');
  const home = env.HOME || homedir();
  return os === 'darwin' ? join(home, 'Library', 'Caches', 'perijove') : join(home, '.cache', 'perijove');
}

export function cachedBinary(cache: string, name: string, version: string): string {
  return join(cache, `${name}-${version}`, name);
}

/**
 * Runs `make` in a fresh folder of the cache and moves the file it returns to `target` in one step: a binary in the cache is
 * complete, however the preparation before it ended. The folder goes away in any case.
 */
export async function makeAtomically(
  cache: string,
  target: string,
  make: (directory: string) => Promise<string>,
): Promise<void> {
  await removeAbandoned(cache);
  const directory = join(cache, `.work-${process.pid}-${randomUUID()}`);
  await mkdir(directory, { recursive: true });
  try {
    const file = await make(directory);
    await chmod(file, 0o755);
    await mkdir(dirname(target), { recursive: true });
    await rename(file, target);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Work folders of processes that were killed half-way; they hold up to gigabytes. */
async function removeAbandoned(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const entry of await readdir(cache)) {
    const pid = Number(/^\.work-(\d+)-/.exec(entry)?.[1]);
    if (pid > 0 && !isAlive(pid)) await rm(join(cache, entry), { recursive: true, force: true });
  }
}

/**
 * Lets one process prepare a component while others wait for it, so that two first starts do not build the same thing side by
 * side. It only saves work: what two would prepare at once never collides, because names are unique and the last step is a rename.
 */
export async function withPreparationLock<T>(
  file: string,
  { signal, onWait }: { signal: AbortSignal; onWait: (pid: number) => void },
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let announced = false;
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await lockOwner(file);
    if (owner === 'gone') {
      await rm(file, { force: true });
      continue;
    }
    if (!announced && typeof owner === 'number') {
      onWait(owner);
      announced = true;
    }
    await sleep(300, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function lockOwner(file: string): Promise<number | 'gone' | 'unknown'> {
  try {
    const pid = Number(await readFile(file, 'utf8'));
    if (pid > 0) return isAlive(pid) ? pid : 'gone';
    // Created but not yet written, or its owner died in between.
    return Date.now() - (await stat(file)).mtimeMs > 5_000 ? 'gone' : 'unknown';
  } catch {
    return 'unknown';
  }
}
