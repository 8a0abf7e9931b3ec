import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run-client';

export const clientsFolder = join(__dirname, '..', '..', 'clients');
/** An installation on a slow line; Jest's own limit for a hook is far shorter. */
export const installWithinMs = 400_000;

const say = (line: string): void => void process.stderr.write(`test clients: ${line}\n`);

/** Makes `test/clients/node_modules` what its lock file says, from the registry, and only when it is not that already. */
export async function installNodeClients(): Promise<void> {
  const lock = await readFile(join(clientsFolder, 'package-lock.json'));
  await installOnce({
    what: 'npm ci',
    folder: join(clientsFolder, 'node_modules'),
    version: digest(lock),
    install: () =>
      expectSuccess(
        run({ command: 'npm', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd: clientsFolder }),
      ),
  });
}

/** @returns the interpreter of a virtual environment that holds the client. */
export async function installPythonClient(): Promise<string> {
  const { output: version } = await run({ command: 'python3', args: ['--version'] });
  const requirements = join(clientsFolder, 'python', 'requirements.txt');
  const wanted = digest(await readFile(requirements), version);
  const folder = join(cacheFolder(), `test-python-client-${wanted.slice(0, 16)}`);
  const python = join(folder, 'bin', 'python');
  await installOnce({
    what: 'a Python environment',
    folder,
    version: wanted,
    install: async () => {
      await rm(folder, { recursive: true, force: true });
      await expectSuccess(run({ command: 'python3', args: ['-m', 'venv', folder] }));
      const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '--requirement', requirements];
      await expectSuccess(run({ command: python, args: pip }));
    },
  });
  return python;
}

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'perijove');

const digest = (...parts: (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

interface Installation {
  readonly what: string;
  readonly folder: string;
  /** Changes when the same folder has to be installed anew. */
  readonly version: string;
  readonly install: () => Promise<void>;
}

/** The mark is written last, so that an interrupted installation does not count. Test files run side by side: one installs, others wait. */
async function installOnce({ what, folder, version, install }: Installation): Promise<void> {
  const mark = join(folder, '.perijove-installed');
  const isInstalled = async (): Promise<boolean> => existsSync(mark) && (await readFile(mark, 'utf8')) === version;
  if (await isInstalled()) return;
  const release = await acquire(`${folder}.lock`, what);
  try {
    if (await isInstalled()) return;
    const startedAt = Date.now();
    const elapsed = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
    say(`${what}: started`);
    const progress = setInterval(() => say(`${what}: ${elapsed()}`), 10_000);
    await install().finally(() => clearInterval(progress));
    await writeFile(mark, version);
    say(`${what}: done in ${elapsed()}`);
  } finally {
    await release();
  }
}

/** A file that holds the process id of its owner; one whose owner is gone is taken over. */
async function acquire(file: string, what: string): Promise<() => Promise<void>> {
  for (let waits = 0; ; waits += 1) {
    const handle = await open(file, 'wx').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    });
    if (handle !== undefined) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    // An empty file may belong to an owner who is just writing; after a second nobody is.
    if (owner === 0 ? waits > 10 : !isAlive(owner)) await rm(file, { force: true });
    if (waits % 100 === 1) say(`${what}: waiting for process ${owner}`);
    await sleep(100);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function expectSuccess(running: ReturnType<typeof run>): Promise<void> {
  const { code, output, commandLine } = await running;
  if (code !== 0) throw new Error(`"${commandLine}" ended with ${code}:\n${output.slice(-4000)}`);
}
