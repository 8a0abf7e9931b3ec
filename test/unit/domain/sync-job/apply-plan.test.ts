import { applyPlan } from '../../../../src/domain/sync-job/apply-plan';
import type { FinalizeStores, RunControl } from '../../../../src/domain/sync-job/finalize-deps';
import type { ChunkOf, GraphWriter } from '../../../../src/domain/sync-job/graph-writer';
import { planKind } from '../../../../src/domain/sync-job/plan-kind';
import type { SealedPlan, StoredJob } from '../../../../src/domain/sync-job/ports';
import { createMemoryBench } from '../../../support/memory/memory-bench';

const run: RunControl = { now: Date.now, progress: () => undefined, checkpoint: () => undefined, lanes: 3 };
const entities = (from: number, to: number, n = 0) =>
  Array.from({ length: to - from }, (_, i) => ({ _key: `k${from + i}`, _type: 'thing', n }));

/** A scope with k0 to k4999, and a planned job that creates, updates, deletes by absence and by name. */
async function scene() {
  const bench = createMemoryBench();
  const first = await bench.service.start({ source: 'api', scope: 'east' });
  await bench.upload(first.id, { entities: entities(0, 5_000) });
  await bench.service.finalize(first.id, { partialTypes: [] });
  await bench.finish(first.id);
  const { id } = await bench.service.start({ source: 'api', scope: 'east' });
  await bench.upload(id, { entities: entities(2_500, 15_500, 1) });
  const named = entities(15_000, 15_600).map(({ _key }) => ({ _key }));
  await bench.upload(id, { entities: entities(15_500, 15_501), deleteEntities: named });
  await bench.service.finalize(id, { partialTypes: [] });
  const job = (await bench.stores.jobs.find(id)) as StoredJob;
  await planKind(bench.stores, job, 'entity', run);
  const plan = (await bench.stores.plans.sealed(job, 'entity')) as SealedPlan;
  return { ...bench, job, plan };
}
const counts = {
  numEntitiesCreated: 10_501,
  numEntitiesUpdated: 2_500,
  numEntitiesDeleted: 2_500 + 501,
  numEntityDeleteErrors: 99,
};
const live = ({ database }: Awaited<ReturnType<typeof scene>>) =>
  [...database.graph.entity.values()].filter(({ deleted }) => !deleted).length;

/** A writer that tells of each piece before it is written. */
function observed(graph: GraphWriter, before: (of: ChunkOf) => Promise<void>): GraphWriter {
  return {
    applyChanges: async (of, changes) => (await before(of), await graph.applyChanges(of, changes)),
    applyDeletes: async (of, rows, keep) => (await before(of), await graph.applyDeletes(of, rows, keep)),
    applyExplicitDeletes: async (of, ids, more) => (await before(of), await graph.applyExplicitDeletes(of, ids, more)),
    settleTargets: async (job) => await graph.settleTargets(job),
    seenByAll: async () => {
      await graph.seenByAll();
    },
    appliedChunks: async (job, kind) => await graph.appliedChunks(job, kind),
    totals: async (job) => await graph.totals(job),
  };
}
const withGraph = (stores: FinalizeStores, graph: GraphWriter): FinalizeStores => ({ ...stores, graph });

describe('applying a plan', () => {
  it('writes every piece once, in pieces of bounded size, those that clients named last', async () => {
    const played = await scene();
    const chunks: string[] = [];
    const graph = observed(played.stores.graph, async ({ chunk }) => void chunks.push(chunk));
    await applyPlan(withGraph(played.stores, graph), played.job, played.plan, run);
    expect(chunks.slice(0, -2).sort()).toEqual(['c1.6000.0', 'c1.6000.1', 'c1.6000.2', 'd0', 'g2.1000']);
    expect(chunks.slice(-2).sort()).toEqual(['x0', 'x500'].map((_, i) => `x${i}`));
    expect((await played.stores.graph.totals(played.job)).counts).toEqual(counts);
    expect(live(played)).toBe(12_500);
    const { document } = (await played.stores.jobs.find(played.job.document.id)) as StoredJob;
    expect(document).toMatchObject({ status: 'FINALIZING_ENTITIES', ...counts });
    chunks.length = 0;
    await applyPlan(withGraph(played.stores, graph), played.job, played.plan, run);
    expect(chunks).toEqual([]);
  });

  it.each([
    { batches: 10, pieces: 5, most: 250 },
    { batches: 60, pieces: 12, most: 500 },
    { batches: 130, pieces: 13, most: 1_000 },
  ])('gathers $batches batches of 100 changes into $pieces pieces', async ({ batches, pieces, most }) => {
    const { service, upload, stores } = createMemoryBench();
    const { id } = await service.start({ source: 'api', scope: 'east' });
    for (let n = 0; n < batches; n++) await upload(id, { entities: entities(100 * n, 100 * (n + 1)) });
    await service.finalize(id, { partialTypes: [] });
    const job = (await stores.jobs.find(id)) as StoredJob;
    await planKind(stores, job, 'entity', run);
    const chunks: string[] = [];
    const graph = observed(stores.graph, async ({ chunk }) => void chunks.push(chunk));
    await applyPlan(withGraph(stores, graph), job, (await stores.plans.sealed(job, 'entity')) as SealedPlan, run);
    expect(chunks).toHaveLength(pieces);
    expect(new Set(chunks.map((chunk) => chunk.split('.')[1]))).toEqual(new Set([String(most)]));
    expect((await stores.graph.totals(job)).counts).toEqual({ numEntitiesCreated: 100 * batches });
  });

  it.each([0, 1, 3, 6])('goes on after a failure behind %i pieces where it stopped', async (pieces) => {
    const played = await scene();
    let left = pieces;
    const failing = observed(played.stores.graph, async () => {
      if (left-- <= 0) throw new Error('crash');
    });
    await expect(applyPlan(withGraph(played.stores, failing), played.job, played.plan, run)).rejects.toThrow('crash');
    const written: string[] = [];
    const graph = observed(played.stores.graph, async ({ chunk }) => void written.push(chunk));
    await applyPlan(withGraph(played.stores, graph), played.job, played.plan, run);
    expect(written).toHaveLength(7 - pieces);
    expect((await played.stores.graph.totals(played.job)).counts).toEqual(counts);
    expect(live(played)).toBe(12_500);
  });

  it('writes again what a database that died had not made durable', async () => {
    const played = await scene();
    const { graph, jobs } = played.stores;
    const objects = played.database.graph.entity;
    let lost: string | undefined;
    const forgetful: FinalizeStores = {
      ...played.stores,
      jobs: Object.assign(Object.create(jobs) as typeof jobs, {
        progress: async (...args: Parameters<typeof jobs.progress>) => {
          const job = await jobs.progress(...args);
          if (lost !== undefined) return job;
          lost = `${played.job.document.id}/entity/d0`;
          for (const [id, object] of objects) {
            if (object.deleted && Number(object.key.slice(1)) < 2_500)
              objects.set(id, { ...object, deleted: false, endOn: null });
          }
          played.database.chunks.delete(lost);
          return job;
        },
      }),
    };
    const written: string[] = [];
    const noted = observed(graph, async ({ chunk }) => void written.push(chunk));
    await applyPlan(withGraph(forgetful, noted), played.job, played.plan, run);
    expect(written.filter((chunk) => chunk === 'd0')).toHaveLength(2);
    expect(written).toHaveLength(8);
    expect((await graph.totals(played.job)).counts).toEqual(counts);
    expect(live(played)).toBe(12_500);
  });

  it('says how far it is, and stops between two pieces when it is told to', async () => {
    const played = await scene();
    const seen: number[] = [];
    let of = 0;
    const telling: RunControl = { ...run, progress: (at) => (seen.push(at.done), (of = at.of)), lanes: 1 };
    await applyPlan(played.stores, played.job, played.plan, telling);
    expect(seen.slice(0, 7)).toEqual([...seen.slice(0, 7)].sort((a, b) => a - b));
    expect(Math.max(...seen)).toBe(of);
    const other = await scene();
    let pieces = 0;
    const stopped: RunControl = {
      ...run,
      lanes: 1,
      checkpoint: () => {
        if (++pieces > 2) throw new Error('stop');
      },
    };
    await expect(applyPlan(other.stores, other.job, other.plan, stopped)).rejects.toThrow('stop');
    expect((await other.stores.graph.appliedChunks(other.job, 'entity')).size).toBe(2);
  });
});
