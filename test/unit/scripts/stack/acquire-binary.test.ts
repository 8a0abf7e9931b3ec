import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Acquisition, acquireBinary } from '../../../../scripts/stack/components/acquire-binary';
import { cachedBinary, cacheDirectory } from '../../../../scripts/stack/components/cache';
import type { Recipe, Way } from '../../../../scripts/stack/components/recipe';
import { runTool } from '../../../../scripts/stack/components/run-tool';

let root: string;
let cache: string;
const steps: string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'perijove-binaries-'));
  cache = join(root, 'cache');
  steps.length = 0;
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function executable(file: string, prints: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho ${prints}\n`, { mode: 0o755 });
  return file;
}

const making = (version: string, prints = 'works'): Way => ({
  label: `way ${version}`,
  version,
  obtain: ({ directory }) => executable(join(directory, 'made'), prints),
});
const failing = (version: string, reason: string): Way => ({
  label: `way ${version}`,
  version,
  obtain: () => Promise.reject(new Error(reason)),
});
const recipe = (...ways: Way[]): Recipe => ({
  name: 'temporal',
  title: 'Temporal CLI',
  setting: 'PERIJOVE_TEMPORAL_BIN',
  needs: 'Go',
  ways: () => ways,
  check: async (file) => {
    if (!(await runTool(file, [])).includes('works')) throw new Error('it is too old');
  },
});
const acquisition = (env: NodeJS.ProcessEnv = {}): Acquisition => ({
  env,
  cache,
  platform: { os: 'linux', arch: 'x64', osRelease: {} },
  task: { step: (what) => steps.push(what), end: () => undefined },
  signal: new AbortController().signal,
});

describe('the search order', () => {
  it('is setting, PATH, cache, then the ways in turn', async () => {
    const named = await executable(join(root, 'named'), 'works');
    const onPath = await executable(join(root, 'bin', 'temporal'), 'works');
    const cached = await executable(cachedBinary(cache, 'temporal', '2'), 'works');
    const given = recipe(failing('1', 'no network'), making('2'));
    const env = { PERIJOVE_TEMPORAL_BIN: named, PATH: `/nowhere:${join(root, 'bin')}` };

    expect(await acquireBinary(given, acquisition(env))).toBe(named);
    expect(await acquireBinary(given, acquisition({ PATH: env.PATH }))).toBe(onPath);
    expect(await acquireBinary(given, acquisition())).toBe(cached);
    await rm(cached);
    expect(await acquireBinary(given, acquisition())).toBe(cached);
    expect(await readFile(cached, 'utf8')).toContain('works');
  });

  it('passes over what does not run or is too old on PATH and in the cache', async () => {
    await executable(join(root, 'bin', 'temporal'), 'old');
    await mkdir(dirname(cachedBinary(cache, 'temporal', '1')), { recursive: true });
    await writeFile(cachedBinary(cache, 'temporal', '1'), 'half a binary');
    const file = await acquireBinary(recipe(making('1')), acquisition({ PATH: join(root, 'bin') }));
    expect(file).toBe(cachedBinary(cache, 'temporal', '1'));
    expect(await readFile(file, 'utf8')).toContain('works');
  });

  it.each([
    ['missing', undefined, /names .*missing, which cannot be used as Temporal CLI \(there is no such file\)/],
    ['old', 'old', /\(it is too old\)/],
  ])('refuses a setting whose binary is %s instead of taking another', async (name, prints, message) => {
    if (prints !== undefined) await executable(join(root, name), prints);
    const env = { PERIJOVE_TEMPORAL_BIN: join(root, name) };
    await expect(acquireBinary(recipe(making('1')), acquisition(env))).rejects.toThrow(message);
  });
});

it('lists why every way failed, and names the setting', async () => {
  const given = recipe(failing('1', 'host cannot be reached'), failing('2', 'go is not installed'));
  await expect(acquireBinary(given, acquisition())).rejects.toThrow(
    'Temporal CLI is not on PATH and could not be prepared (way 1: host cannot be reached; way 2: go is not installed): ' +
      'allow the download, install Go, or set PERIJOVE_TEMPORAL_BIN to the path of a binary.',
  );
  expect(await readdir(cache)).toEqual([]);
});

it('takes the next way when the binary of one does not run here, and keeps nothing of it', async () => {
  const file = await acquireBinary(recipe(making('1', 'wrong-libc'), making('2')), acquisition());
  expect(file).toBe(cachedBinary(cache, 'temporal', '2'));
  expect(await readdir(join(cache, 'temporal-1'))).toEqual([]);
});

it('never uses what an interrupted preparation left, and removes it', async () => {
  const dead = spawnSync('true').pid;
  const abandoned = join(cache, `.work-${dead}-1`);
  await executable(join(abandoned, 'temporal'), 'works');
  await writeFile(join(cache, 'temporal.lock'), String(dead));
  const file = await acquireBinary(recipe(making('1')), acquisition());
  expect(file).toBe(cachedBinary(cache, 'temporal', '1'));
  expect((await readdir(cache)).sort()).toEqual(['temporal-1']);
});

it('leaves no half binary when a way fails in the middle', async () => {
  const half: Way = {
    label: 'half',
    version: '1',
    obtain: async ({ directory }) => {
      await writeFile(join(directory, 'made'), '#!/bin/sh\necho works');
      throw new Error('connection lost');
    },
  };
  await expect(acquireBinary(recipe(half), acquisition())).rejects.toThrow(/half: connection lost/);
  expect(await readdir(cache)).toEqual([]);
});

it('prepares once when two ask at the same time', async () => {
  let made = 0;
  const slow: Way = {
    label: 'slow',
    version: '1',
    obtain: async ({ directory }) => {
      made += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return executable(join(directory, 'made'), 'works');
    },
  };
  const files = await Promise.all([
    acquireBinary(recipe(slow), acquisition()),
    acquireBinary(recipe(slow), acquisition()),
  ]);
  expect(new Set(files)).toEqual(new Set([cachedBinary(cache, 'temporal', '1')]));
  expect(made).toBe(1);
  expect(steps).toEqual([`waiting for process ${process.pid}, which is preparing it at this moment`]);
});

it.each([
  [{ PERIJOVE_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux', '/c'],
  [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux', '/x/perijove'],
  [{ HOME: '/h' }, 'linux', '/h/.cache/perijove'],
  [{ HOME: '/h' }, 'darwin', '/h/Library/Caches/perijove'],
])('keeps binaries with %j on %s in %s', (env, os, expected) => {
  expect(cacheDirectory(env, os)).toBe(expected);
});
