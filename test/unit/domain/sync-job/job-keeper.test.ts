import fc from 'fast-check';
import { isTerminal } from '../../../../src/contracts/sync-job';
import { keepJobs, type JobRuns, type Kept } from '../../../../src/domain/sync-job/job-keeper';
import { closedJob, newJob, now } from '../../../support/contracts/subject';
import { MemoryDatabase } from '../../../support/memory/memory-database';
import { MemoryJobRuns } from '../../../support/memory/memory-job-runs';
import { MemoryOpenJobs } from '../../../support/memory/memory-open-jobs';
import { memoryStores } from '../../../support/memory/memory-stores';

const population = fc.array(
  fc.record({
    account: fc.constantFrom('acme', 'other'),
    stage: fc.constantFrom('open', 'closed', 'committed', 'ended'),
    run: fc.constantFrom('running', 'stopped', 'unknown'),
    isIdle: fc.boolean(),
  }),
  { maxLength: 25 },
);
const idleMs = 10_000;

async function populate(jobs: typeof population extends fc.Arbitrary<infer T> ? T : never) {
  const [database, runs] = [new MemoryDatabase(), new MemoryJobRuns()];
  const all = [];
  for (const { account, stage, run, isIdle } of jobs) {
    const stores = memoryStores(database, account);
    const startedAt = isIdle ? now - idleMs - 1_000 : now - 1;
    let job = await stores.jobs.create(newJob(account, { startedAt }));
    const id = job.document.id;
    if (stage !== 'open') job = (await stores.jobs.close(id, { partialTypes: [], now: startedAt })) ?? job;
    if (stage === 'committed')
      await (await stores.plans.begin(job, 'entity', Date.now())).seal({ changes: 1, deletes: 0 });
    if (stage === 'ended') {
      const end = { reason: null, now: startedAt, from: ['FINALIZE_PENDING'], unlessCommitted: false } as const;
      await stores.jobs.end(id, { status: 'FINISHED', ...end });
    }
    if (run !== 'unknown') await runs.start(job);
    if (run === 'stopped') runs.stop(job);
    all.push({ id, account, stage, run, isIdle });
  }
  const keep = async (limit: number, after = '', of: JobRuns = runs): Promise<Kept> =>
    await keepJobs({
      jobs: new MemoryOpenJobs(database),
      storeOf: (account) => memoryStores(database, account).jobs,
      runs: of,
      now,
      idleMs,
      limit,
      after,
    });
  return { database, runs, all, keep };
}

describe('the job keeper', () => {
  it('aborts what was stopped before it changed anything, resumes what has no run, and leaves the rest alone', async () => {
    await fc.assert(
      fc.asyncProperty(population, fc.integer({ min: 1, max: 30 }), async (jobs, limit) => {
        const { database, runs, all, keep } = await populate(jobs);
        const before = new Map([...database.jobs].map(([id, { stored }]) => [id, stored.document]));
        const resumed: string[] = [];
        const aborted: string[] = [];
        for (let after = '', rounds = 0; ; rounds++) {
          const kept = await keep(limit, after);
          resumed.push(...kept.resumed.map(({ jobId }) => jobId));
          aborted.push(...kept.aborted.map(({ jobId }) => jobId));
          expect(kept.resumed.length + kept.aborted.length).toBeLessThanOrEqual(limit);
          if ((after = kept.next) === '') break;
          if (rounds > all.length) throw new Error('the rounds do not end');
        }
        const isLost = all.filter(({ stage, run, isIdle }) => stage !== 'ended' && isIdle && run !== 'running');
        const isUntouched = isLost.filter(({ stage, run }) => run === 'stopped' && stage !== 'committed');
        expect(aborted).toEqual(isUntouched.map(({ id }) => id).sort());
        expect(resumed).toEqual(
          isLost
            .filter((job) => !isUntouched.includes(job))
            .map(({ id }) => id)
            .sort(),
        );
        for (const { id } of all) {
          const { stored } = database.jobs.get(id) ?? {};
          if (aborted.includes(id)) {
            expect(stored?.document).toMatchObject({
              status: 'ABORTED',
              statusReason: expect.stringContaining('stopped') as unknown,
            });
          } else expect(stored?.document).toEqual(before.get(id));
          // One that is aborted has a new run too, which shows how it ended.
          if ([...resumed, ...aborted].includes(id) && stored) expect(await runs.state(stored)).toBe('running');
        }
        expect(await keep(1_000)).toEqual({ resumed: [], aborted: [], next: '' });
      }),
    );
  });

  it('does not abort a job that commits between the look and the end', async () => {
    const [database, runs] = [new MemoryDatabase(), new MemoryJobRuns()];
    const stores = memoryStores(database, 'acme');
    const job = await closedJob(stores, 'acme', { startedAt: now - 60_000 });
    const committing: JobRuns = {
      state: async () => {
        await (await stores.plans.begin(job, 'entity', Date.now())).seal({ changes: 1, deletes: 0 });
        return 'stopped';
      },
      resume: async (of) => await runs.resume(of),
    };
    const request = {
      jobs: new MemoryOpenJobs(database),
      storeOf: () => stores.jobs,
      runs: committing,
      idleMs,
      limit: 9,
      after: '',
    };
    expect((await keepJobs({ ...request, now: now + 60_000 })).aborted).toEqual([]);
    const present = await stores.jobs.find(job.document.id);
    expect(present && isTerminal(present.document.status)).toBe(false);
  });
});
