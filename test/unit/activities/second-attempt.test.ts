import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { isTerminal } from '../../../src/contracts/sync-job';
import { DomainError } from '../../../src/domain/errors';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { createMemoryBench } from '../../support/memory/memory-bench';
import { MemoryDatabase } from '../../support/memory/memory-database';
import { scheduledStores } from '../../support/memory/scheduled-stores';
import { playJobs } from '../../support/play-jobs';
import { jobStep } from '../../support/sync-arbitraries';

const numRuns = Number(process.env.PERIJOVE_PROPERTY_RUNS ?? 300);
const single = jobStep.map((step) => ({ ...step, second: undefined }));
const steps = fc.array(single, { minLength: 1, maxLength: 3 });

/**
 * An attempt that its worker has lost goes on writing while the next one has begun. In which order the calls of the two reach the
 * stores must not matter.
 */
describe('an attempt that was believed dead', () => {
  it('changes nothing, whenever its calls arrive', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.scheduler(), fc.constantFrom(0, 2_000), async (jobs, scheduler, smallPlan) => {
        const [database, account] = [new MemoryDatabase(), 'acme'];
        const bench = createMemoryBench({ database, account });
        const stores = (all: FinalizeStores) => scheduledStores(all, scheduler);
        const attempt = createMemoryBench({ database, account, stores, smallPlan });
        await playJobs(bench, jobs, {
          finish: async (jobId) => {
            const ref = { account, jobId };
            const { activities, run } = attempt;
            const entities = async () =>
              await run(async () => await activities.finalizeEntities({ ...ref, request: {} }));
            const relationships = async () => await run(async () => await activities.finalizeRelationships(ref));
            const dead: Promise<unknown>[] = [];
            const lose = (work: Promise<unknown>) => dead.push(work.catch(() => undefined));
            lose(entities());
            const all = async () => {
              if (isTerminal((await retried(entities)).status)) return;
              lose(relationships());
              await retried(relationships);
            };
            await scheduler.waitFor(all());
            await scheduler.waitFor(Promise.all(dead));
          },
        });
      }),
      { numRuns },
    );
  });
});

describe('a job that is expired, ended or aborted while it is finalized', () => {
  const upload = { entities: [{ _key: 'a', _type: 'thing' }] };
  const start = { source: 'api', scope: 'east' };

  it.each(['expireSyncJob', 'endSyncJob', 'abort'] as const)(
    'by %s: one of the two wins, and what was acknowledged is not lost',
    async (how) => {
      const ends = new Set<string>();
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), fc.nat(25), async (scheduler, delay) => {
          const [database, account] = [new MemoryDatabase(), 'acme'];
          const bench = createMemoryBench({ database, account, stores: (all) => scheduledStores(all, scheduler) });
          const plain = createMemoryBench({ database, account });
          const { id: jobId } = await plain.service.start(start);
          await plain.upload(jobId, upload);
          bench.clock.now += 7_200_000;
          const ref = { account, jobId };
          const endings = {
            expireSyncJob: async () => await bench.run(async () => await bench.activities.expireSyncJob(ref)),
            endSyncJob: async () => {
              const end = { ...ref, status: 'ABORTED' as const, reason: 'cancelled', evenIfCommitted: false };
              await bench.run(async () => await bench.activities.endSyncJob(end));
            },
            abort: async () => void (await bench.service.abort(jobId, {}).catch(isTooLate)),
          };
          const finalizing = async () => {
            await bench.service.finalize(jobId, { partialTypes: [] }).catch(isTooLate);
            if (!isTerminal((await plain.service.get(jobId)).status)) await bench.finish(jobId);
          };
          const ending = async () => {
            for (let i = 0; i < delay; i++) await scheduler.schedule(Promise.resolve());
            await endings[how]();
          };
          await scheduler.waitFor(Promise.all([ending(), finalizing()]));
          const { status, numEntitiesCreated } = await plain.service.get(jobId);
          ends.add(status);
          expect({ status, created: numEntitiesCreated, live: (await plain.graph()).entities.size }).toEqual(
            status === 'FINISHED' ? { status, created: 1, live: 1 } : { status: 'ABORTED', created: 0, live: 0 },
          );
        }),
        { numRuns: 200 },
      );
      expect(ends).toEqual(new Set(['FINISHED', 'ABORTED']));
    },
  );
});

/** The other side has ended the job, which both may be told. */
function isTooLate(err: unknown): void {
  if (!(err instanceof DomainError) || err.code !== 'JOB_NOT_AWAITING_UPLOADS') throw err;
}

/** As Temporal does: again after every failure that is not final. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (err) {
      if (attempt === 5 || (err instanceof ApplicationFailure && err.nonRetryable === true)) throw err;
    }
  }
}
