import { access, constants, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { reasonOf, StackError } from '../stack-error';
import type { ProgressTask } from '../progress';
import { cachedBinary, makeAtomically, withPreparationLock } from './cache';
import type { Platform } from './platform';
import type { Recipe, Way } from './recipe';

export interface Acquisition {
  env: NodeJS.ProcessEnv;
  platform: Platform;
  cache: string;
  task: ProgressTask;
  signal: AbortSignal;
}

/**
 * Finds a component's binary, or gets it: the setting → PATH → the cache → each way of the recipe in turn. A binary named by the
 * setting must work; one found on PATH or in the cache that does not run here is passed over. Rejects with a StackError that
 * lists why each way failed and names the setting.
 */
export async function acquireBinary(recipe: Recipe, acquisition: Acquisition): Promise<string> {
  const { env, cache, platform } = acquisition;
  const named = env[recipe.setting];
  if (named !== undefined && named !== '') return checkedSetting(recipe, named);

  const ways = recipe.ways(platform);
  const cached = ways.map(({ version }) => cachedBinary(cache, recipe.name, version));
  const found = (await findOnPath(recipe, env.PATH)) ?? (await firstWorking(recipe, cached));
  if (found !== undefined) return found;

  const onWait = (pid: number): void =>
    acquisition.task.step(`waiting for process ${pid}, which is preparing it at this moment`);
  const lock = join(cache, `${recipe.name}.lock`);
  return withPreparationLock(lock, { signal: acquisition.signal, onWait }, async () => {
    // Another process may have finished while this one waited for the lock.
    return (await firstWorking(recipe, cached)) ?? (await prepare(recipe, ways, acquisition));
  });
}

async function checkedSetting(recipe: Recipe, named: string): Promise<string> {
  const file = resolve(named);
  const problem = await problemWith(recipe, file);
  if (problem === undefined) return file;
  throw new StackError(
    `${recipe.setting} names ${file}, which cannot be used as ${recipe.title} (${problem}); ` +
      `correct the setting, or unset it to have the binary prepared for you.`,
  );
}

async function findOnPath(recipe: Recipe, path: string | undefined): Promise<string | undefined> {
  const directories = (path ?? '').split(delimiter).filter((directory) => directory !== '');
  return firstWorking(
    recipe,
    directories.map((directory) => join(directory, recipe.name)),
  );
}

async function firstWorking(recipe: Recipe, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if ((await problemWith(recipe, file)) === undefined) return file;
  return undefined;
}

async function problemWith(recipe: Recipe, file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'it is not executable' : 'there is no such file';
  }
  try {
    await recipe.check(file);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

async function prepare(recipe: Recipe, ways: readonly Way[], acquisition: Acquisition): Promise<string> {
  const { cache, env, task, signal } = acquisition;
  const failures: string[] = [];
  for (const way of ways) {
    const target = cachedBinary(cache, recipe.name, way.version);
    try {
      await makeAtomically(cache, target, async (directory) => {
        const file = await way.obtain({ directory, env, signal, step: (what) => task.step(what) });
        await access(file);
        return file;
      });
      await recipe.check(target);
      return target;
    } catch (error) {
      if (signal.aborted) throw new StackError(`Preparing ${recipe.title} was stopped.`);
      await rm(target, { force: true });
      failures.push(`${way.label}: ${reasonOf(error)}`);
    }
  }
  const reasons = failures.length > 0 ? failures.join('; ') : 'no build is known for this platform';
  throw new StackError(
    `${recipe.title} is not on PATH and could not be prepared (${reasons}): ` +
      `allow the download, install ${recipe.needs}, or set ${recipe.setting} to the path of a binary.`,
  );
}
