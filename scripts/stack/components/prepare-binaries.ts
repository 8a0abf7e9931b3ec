import type { Progress } from '../progress';
import { reasonOf, StackError } from '../stack-error';
import { acquireBinary } from './acquire-binary';
import { cacheDirectory } from './cache';
import { mongod } from './mongod';
import { thisPlatform } from './platform';
import type { Recipe } from './recipe';
import { temporalCli } from './temporal-cli';
import { versitygw } from './versitygw';

/** Absolute paths of the three servers' binaries. */
export interface Binaries {
  temporal: string;
  mongod: string;
  s3: string;
}

/** A missing tool fails several components at nearly the same moment: all of it is told at once. */
const WAIT_FOR_OTHER_FAILURES_MS = 1_000;

/** Finds or gets all three side by side. A failure stops the others soon, so that nothing goes on building for nobody. */
export async function prepareBinaries({
  env,
  progress,
  signal,
}: {
  env: NodeJS.ProcessEnv;
  progress: Progress;
  signal: AbortSignal;
}): Promise<Binaries> {
  const failed = new AbortController();
  const shared = {
    env,
    platform: thisPlatform(),
    cache: cacheDirectory(env),
    signal: AbortSignal.any([signal, failed.signal]),
  };
  const failures: unknown[] = [];
  const acquire = async (recipe: Recipe): Promise<string> => {
    const task = progress.task(recipe.title);
    try {
      return await acquireBinary(recipe, { ...shared, task });
    } catch (error) {
      if (!failed.signal.aborted) failures.push(error);
      setTimeout(() => failed.abort(), WAIT_FOR_OTHER_FAILURES_MS).unref();
      return '';
    } finally {
      task.end();
    }
  };
  const [temporal, mongodFile, s3] = await Promise.all([acquire(temporalCli), acquire(mongod), acquire(versitygw)]);
  if (failures.length === 0) return { temporal, mongod: mongodFile, s3 };
  const unexpected = failures.find((error) => !(error instanceof StackError));
  if (unexpected !== undefined) throw unexpected;
  throw new StackError(failures.map(reasonOf).join(' '));
}
