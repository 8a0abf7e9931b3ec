import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processIdentity } from './process-identity';
import { StackError } from './stack-error';

export interface TrackedProcess {
  title: string;
  pid: number;
  /** See processIdentity: tells the process from a later one with the same number. */
  identity: string;
}

interface LockContent {
  pid: number;
  identity: string;
  processes: TrackedProcess[];
}

const ENDS_WITHIN_MS = 15_000;

/** A data folder that this process alone uses, and the record of what runs on it. */
export interface DataDirectory {
  path: string;
  /** What a run before this one left behind and was ended now: one sentence each. */
  leftovers: readonly string[];
  track(processes: readonly TrackedProcess[]): Promise<void>;
  release(): Promise<void>;
}

/**
 * Claims a data folder by its lock file. A StackError when another living process has it; what a dead one left running is ended
 * first, after its start time and command line have shown that it is really ours.
 */
export async function claimDataDirectory(path: string): Promise<DataDirectory> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const file = join(path, 'stack.lock');
  const own: LockContent = { pid: process.pid, identity: (await processIdentity(process.pid)) ?? '', processes: [] };
  const leftovers: string[] = [];
  while (!(await createLock(file, own))) {
    const before = await readLock(file);
    if (before === undefined) continue;
    if ((await processIdentity(before.pid)) === before.identity) {
      throw new StackError(
        `${path} is in use by process ${before.pid}, which runs this stack already: ` +
          `end it first (Ctrl-C there), or set PERIJOVE_DATA_DIR and the ports to start a second one beside it.`,
      );
    }
    // The last that was started relies on those before it.
    for (const left of before.processes.reverse()) leftovers.push(...(await endLeftover(left)));
    await removeStale(file, before);
  }
  return {
    path,
    leftovers,
    track: (processes) => replaceFile(file, JSON.stringify({ ...own, processes })),
    release: () => rm(file, { force: true }),
  };
}

async function createLock(file: string, content: LockContent): Promise<boolean> {
  // Written first and linked into place, so that nobody ever reads half of it.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readLock(file: string): Promise<LockContent | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockContent;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Not ours, or damaged with the file system: nothing in it can be trusted, nobody is found by it.
    return { pid: -1, identity: 'damaged', processes: [] };
  }
}

/** Removes the lock only if it is still the one that was judged: another start may have replaced it in the meantime. */
async function removeStale(file: string, judged: LockContent): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readLock(aside);
  if (moved?.pid !== judged.pid || moved.identity !== judged.identity) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function endLeftover({ title, pid, identity }: TrackedProcess): Promise<string[]> {
  if ((await processIdentity(pid)) !== identity) return [];
  process.kill(pid, 'SIGTERM');
  for (const deadline = Date.now() + ENDS_WITHIN_MS; Date.now() < deadline;) {
    if (!isAlive(pid) || (await processIdentity(pid)) !== identity) {
      return [`${title} (process ${pid}) was still running from a run that crashed; it has been ended.`];
    }
    await sleep(50);
  }
  process.kill(pid, 'SIGKILL');
  await sleep(200);
  return [`${title} (process ${pid}) was still running from a run that crashed; it had to be killed.`];
}

/** Replaces a file in one step, readable by its owner only. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'w', 0o600);
  await handle.writeFile(content);
  await handle.close();
  await rename(draft, file);
}
