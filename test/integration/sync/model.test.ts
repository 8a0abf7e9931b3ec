import fc from 'fast-check';
import type { Database } from '../../../src/adapters/mongo/database';
import { GraphChangesWatcher } from '../../support/graph-changes-watcher';
import { openLiveDatabase } from '../../support/live-product';
import { playJobs } from '../../support/play-jobs';
import { jobStep } from '../../support/sync-arbitraries';
import { createSyncBench } from '../../support/sync-bench';

const numRuns = Number(process.env.PERIJOVE_PROPERTY_RUNS ?? 100);
/** Runs wait for the journal most of the time, so some go side by side, each in an account of its own. */
const sideBySide = 8;

async function holds<T>(runs: number, arbitrary: fc.Arbitrary<T>, play: (value: T) => Promise<void>): Promise<void> {
  const property = fc.asyncProperty(arbitrary, play);
  const seed = Number(process.env.PERIJOVE_PROPERTY_SEED ?? Date.now() % 1_000_000);
  const lanes = Array.from({ length: sideBySide }, async (_, lane) => {
    await fc.assert(property, { numRuns: Math.ceil(runs / sideBySide), seed: seed + lane });
  });
  await Promise.all(lanes);
}

const damage = fc.constantFrom('parts', 'chunks', 'heads', 'all', 'none');

describe('random sequences of jobs', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  /** Takes away what the manifests of all scopes of the account are made of. The markers of ended jobs are of no other use. */
  async function hurt(account: string, what: string | undefined): Promise<void> {
    const { scopes, manifestParts, appliedChunks } = database.collections;
    const ids = (await scopes.find({ account }).toArray()).map(({ _id }) => _id);
    const all = what === 'all';
    if (all || what === 'parts') await manifestParts.deleteMany({ scopeId: { $in: ids } });
    if (all || what === 'chunks') await appliedChunks.deleteMany({ scopeId: { $in: ids } });
    if (all || what === 'heads') await scopes.updateMany({ account }, { $unset: { manifests: '' } });
  }

  it('gives the counts and the graph of the model, every version included', async () => {
    await holds(numRuns, fc.array(jobStep, { minLength: 1, maxLength: 6 }), async (steps) => {
      const bench = createSyncBench(database, { foldAfterRows: 1 });
      const watcher = new GraphChangesWatcher(database, bench.account);
      await playJobs(bench, steps, { after: async () => await watcher.expectRecorded() });
    });
  }, 900_000);

  it('gives the same when the manifests are lost or damaged in between', async () => {
    const both = fc.tuple(
      fc.array(jobStep, { minLength: 2, maxLength: 5 }),
      fc.array(damage, { minLength: 5, maxLength: 5 }),
    );
    await holds(numRuns / 2, both, async ([steps, hurts]) => {
      const bench = createSyncBench(database, { foldAfterRows: 1 });
      await playJobs(bench, steps, { after: async (step) => await hurt(bench.account, hurts[step]) });
    });
  }, 900_000);
});
