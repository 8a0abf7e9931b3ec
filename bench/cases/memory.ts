import type { BenchCase } from '../harness/bench';
import { peakResidentMiB } from '../harness/measure';

/** 256 MB. */
const targetMiB = 256e6 / 2 ** 20;

/**
 * The most that the two processes have ever held, after a first, an unchanged and a 1 % sync and whatever cases ran before. Meant with
 * `--node-option=--max-old-space-size=128`.
 */
export const memory: BenchCase = {
  name: 'memory',
  title: 'highest resident size of API and worker',
  async run({ product, fleet, scope, log }) {
    const peaks = () =>
      [
        { name: 'API', pid: product.server.pid ?? 0 },
        { name: 'worker', pid: product.worker.pid ?? 0 },
      ].map(({ name, pid }) => ({ name, ours: peakResidentMiB(pid) }));
    const report = (after: string): void => {
      log(
        `${after}: ${peaks()
          .map(({ name, ours }) => `${name} ${Math.round(ours)} MiB`)
          .join(', ')}`,
      );
    };
    report('before');
    await scope.requireLoaded(0);
    report('loaded');
    const { job, finalizeMs: unchangedMs } = await scope.sync(0);
    if (job.numEntitiesCreated + job.numEntitiesUpdated > 0) throw new Error('an unchanged sync has changed something');
    report(`unchanged (${Math.round(unchangedMs)} ms)`);
    const { finalizeMs: changedMs } = await scope.sync(1);
    report(`1 % changed (${Math.round(changedMs)} ms)`);
    return peaks().map(({ name, ours }) => ({
      name: `peak resident size of the ${name} up to ${fleet.entities} entities`,
      unit: 'MiB',
      ours,
      target: { text: '≤ 256 MB (244 MiB)', isMet: ours <= targetMiB },
    }));
  },
};
