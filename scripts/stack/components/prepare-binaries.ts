import type { Progress } from '../progress';
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

/** Finds or gets all three side by side. The first failure stops the others, so that nothing goes on building for nobody. */
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
  const acquire = async (recipe: Recipe): Promise<string> => {
    const task = progress.task(recipe.title);
    try {
      return await acquireBinary(recipe, { ...shared, task });
    } catch (error) {
      failed.abort();
      throw error;
    } finally {
      task.end();
    }
  };
  const attempts = [acquire(temporalCli), acquire(mongod), acquire(versitygw)] as const;
  try {
    const [temporal, mongodFile, s3] = await Promise.all(attempts);
    return { temporal, mongod: mongodFile, s3 };
  } catch (error) {
    await Promise.allSettled(attempts);
    throw error;
  }
}
