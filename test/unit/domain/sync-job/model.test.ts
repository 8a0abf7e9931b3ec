import fc from 'fast-check';
import { createMemoryBench } from '../../../support/memory/memory-bench';
import { playJobs } from '../../../support/play-jobs';
import { jobStep } from '../../../support/sync-arbitraries';

const numRuns = Number(process.env.PERIJOVE_PROPERTY_RUNS ?? 300);

describe('random sequences of jobs on stores in memory', () => {
  it('give the counts and the graph of the model, every version included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(jobStep, { minLength: 1, maxLength: 6 }), async (steps) => {
        await playJobs(createMemoryBench(), steps);
      }),
      { numRuns },
    );
  });
});
