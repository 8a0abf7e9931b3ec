import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataDirectory } from '../../../../scripts/stack/data-directory';
import { processIdentity } from '../../../../scripts/stack/process-identity';
import { loadSecrets } from '../../../../scripts/stack/secrets';

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perijove-data-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

function sleeper(): { child: ChildProcess; pid: number } {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('sleep cannot be started');
  return { child, pid: child.pid };
}

/** The lock file of a run that was killed while `pid` ran for it. */
async function leaveBehind(pid: number, identity: string): Promise<void> {
  const dead = { pid: spawnSync('true').pid, identity: '1 true' };
  const processes = [{ title: 'MongoDB', pid, identity }];
  await writeFile(join(directory, 'stack.lock'), JSON.stringify({ ...dead, processes }));
}

it('belongs to one process at a time, and to the next after release', async () => {
  const first = await claimDataDirectory(directory);
  await expect(claimDataDirectory(directory)).rejects.toThrow(
    new RegExp(`${directory} is in use by process ${process.pid}, which runs this stack already: end it first`),
  );
  await first.release();
  await (await claimDataDirectory(directory)).release();
  expect(await readdir(directory)).toEqual([]);
});

it('ends what a killed run left behind, and says so', async () => {
  const { child, pid } = sleeper();
  await leaveBehind(pid, (await processIdentity(pid)) ?? '');
  const ended = once(child, 'exit');
  const claim = await claimDataDirectory(directory);
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(claim.leftovers).toEqual([
    `MongoDB (process ${pid}) was still running from a run that crashed; it has been ended.`,
  ]);
});

it('leaves a process alone that merely has the number of one of ours', async () => {
  const { child, pid } = sleeper();
  await leaveBehind(pid, '12345 mongod --dbpath /somewhere');
  const claim = await claimDataDirectory(directory);
  expect(claim.leftovers).toEqual([]);
  expect(child.exitCode ?? child.signalCode).toBeNull();
});

it('is given free by a damaged lock file', async () => {
  await writeFile(join(directory, 'stack.lock'), '{"pid": 1');
  await expect(claimDataDirectory(directory)).resolves.toMatchObject({ leftovers: [] });
});

it('goes to exactly one of many that find a dead lock at the same time', async () => {
  await leaveBehind(spawnSync('true').pid, 'gone');
  const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimDataDirectory(directory)));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('records the processes for the next start', async () => {
  const claim = await claimDataDirectory(directory);
  await claim.track([{ title: 'MongoDB', pid: 7, identity: 'x' }]);
  const lock = JSON.parse(await readFile(join(directory, 'stack.lock'), 'utf8')) as unknown;
  expect(lock).toMatchObject({ pid: process.pid, processes: [{ title: 'MongoDB', pid: 7, identity: 'x' }] });
});

describe('secrets', () => {
  it('are random, made once, and readable by their owner only', async () => {
    const secrets = await loadSecrets(directory);
    expect(await loadSecrets(directory)).toEqual(secrets);
    expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
    await rm(join(directory, 'secrets.json'));
    expect((await loadSecrets(directory)).bootstrapToken).not.toBe(secrets.bootstrapToken);
  });

  it('are not replaced silently when their file is damaged', async () => {
    await writeFile(join(directory, 'secrets.json'), '{"s3AccessKeyId": 1}');
    await expect(loadSecrets(directory)).rejects.toThrow(/secrets\.json is damaged; delete it/);
  });
});
