import fc from 'fast-check';
import type { DryRun } from '../../../src/contracts/sync-job';
import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { job, toBody } from '../../support/sync-arbitraries';
import { createSyncBench, outcomeCounts, type SyncBench } from '../../support/sync-bench';
import { SyncModel, type ModelJob } from '../../support/sync-model';

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

/** One job, or two on one scope whose finalizations run at the same time; afterwards perhaps a manifest is hurt. */
const step = fc.record({
  first: job,
  second: fc.option(job, { nil: undefined, freq: 3 }),
  turn: fc.nat(1),
});
const damage = fc.constantFrom('parts', 'chunks', 'heads', 'all', 'none');

describe('random sequences of jobs', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  async function begin(bench: SyncBench, { scope, mode, ignoreDuplicates, ...job }: ModelJob, turn: number) {
    const { id } = await bench.service.start({ source: 'api', scope, syncMode: mode, ignoreDuplicates });
    for (const [i, upload] of job.uploads.entries()) await bench.upload(id, toBody(upload, turn + i), ignoreDuplicates);
    return id;
  }

  async function play(
    steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
    hurts: readonly string[],
  ) {
    const bench = createSyncBench(database, { foldAfterRows: 1 });
    const model = new SyncModel();
    for (const [i, { first, second, turn }] of steps.entries()) {
      const jobs = second ? [first, { ...second, scope: first.scope }] : [first];
      const ids: string[] = [];
      for (const one of jobs) ids.push(await begin(bench, one, turn));
      const expected = [];
      let dryRun: DryRun | undefined;
      for (const [n, one] of jobs.entries()) {
        bench.clock.now += 1_000;
        // Of two jobs the second one comes to a graph that the first has changed.
        if (n === 0) dryRun = (await bench.service.dryRun(ids[0] ?? '', { partialTypes: one.partialTypes })).dryRun;
        await bench.service.finalize(ids[n] ?? '', { partialTypes: one.partialTypes });
        expected.push(model.run(one, bench.clock.now));
      }
      expect({ status: dryRun?.status, counts: dryRun?.counts }).toEqual(expected[0]);
      expect(dryRun?.estimated).toBe(false);
      await Promise.all(ids.map(async (id) => await bench.finish(id)));
      for (const [n, id] of ids.entries()) {
        const document = await bench.service.get(id);
        expect({ status: document.status, counts: outcomeCounts(document) }).toEqual(expected[n]);
      }
      expect(await bench.graph()).toEqual({ entities: model.entities, relationships: model.relationships });
      await hurt(bench.account, hurts[i] ?? 'none');
    }
  }

  /** Takes away what the manifests of all scopes of the account are made of. The markers of ended jobs are of no other use. */
  async function hurt(account: string, what: string): Promise<void> {
    const { scopes, manifestParts, appliedChunks } = database.collections;
    const ids = (await scopes.find({ account }).toArray()).map(({ _id }) => _id);
    const all = what === 'all';
    if (all || what === 'parts') await manifestParts.deleteMany({ scopeId: { $in: ids } });
    if (all || what === 'chunks') await appliedChunks.deleteMany({ scopeId: { $in: ids } });
    if (all || what === 'heads') await scopes.updateMany({ account }, { $unset: { manifests: '' } });
  }

  it('gives the counts and the graph of the model, every version included', async () => {
    await holds(numRuns, fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      await play(steps, []);
    });
  }, 900_000);

  it('gives the same when the manifests are lost or damaged in between', async () => {
    const both = fc.tuple(
      fc.array(step, { minLength: 2, maxLength: 5 }),
      fc.array(damage, { minLength: 5, maxLength: 5 }),
    );
    await holds(numRuns / 2, both, async ([steps, hurts]) => {
      await play(steps, hurts);
    });
  }, 900_000);
});
