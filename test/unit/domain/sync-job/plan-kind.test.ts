import fc from 'fast-check';
import { SyncMode } from '../../../../src/contracts/sync-job';
import { bytesToUuid } from '../../../../src/domain/graph/identity';
import { manifestRowBytes } from '../../../../src/domain/graph/manifest-rows';
import { PlannedAction } from '../../../../src/domain/graph/plan-changes';
import { stagedRowBytes } from '../../../../src/domain/ingest/staged-rows';
import type { RunControl } from '../../../../src/domain/sync-job/finalize-deps';
import { checkDuplicates, planKind } from '../../../../src/domain/sync-job/plan-kind';
import type { StoredJob } from '../../../../src/domain/sync-job/ports';
import { collect } from '../../../support/contracts/subject';
import { createMemoryBench } from '../../../support/memory/memory-bench';

const run: RunControl = { now: Date.now, progress: () => undefined, checkpoint: () => undefined, lanes: 2 };
const entity = (key: string, n = 0) => ({ _key: key, _type: 'thing', n });

/** A scope that holds `present`, and a closed job with `uploads`. */
async function scene(
  present: readonly object[],
  uploads: readonly { readonly entities: readonly object[]; readonly ignoreDuplicates?: boolean }[],
  syncMode: SyncMode = SyncMode.diff,
) {
  const bench = createMemoryBench();
  const first = await bench.service.start({ source: 'api', scope: 'east' });
  await bench.upload(first.id, { entities: present });
  await bench.service.finalize(first.id, { partialTypes: [] });
  await bench.finish(first.id);
  const { id } = await bench.service.start({ source: 'api', scope: 'east', syncMode });
  for (const { entities, ignoreDuplicates } of uploads) await bench.upload(id, { entities }, ignoreDuplicates);
  await bench.service.finalize(id, { partialTypes: [] });
  const job = (await bench.stores.jobs.find(id)) as StoredJob;
  return { ...bench, job };
}

/** What the sealed plan says, by key. */
async function planOf({ stores, job }: Awaited<ReturnType<typeof scene>>) {
  const plan = await stores.plans.sealed(job, 'entity');
  if (!plan) return undefined;
  const actions: Record<string, number> = {};
  for (const { seq, actions: planned } of await collect(plan.batches())) {
    const { rows, body: text } = await stores.staging.content({ jobId: job.document.id, kind: 'entity', seq });
    const body = Buffer.from(text);
    planned.forEach((action, i) => {
      const view = Buffer.from(rows.subarray(i * stagedRowBytes, (i + 1) * stagedRowBytes));
      const [at, length] = [view.readUInt32LE(32), view.readUInt32LE(36)];
      const { _key } = JSON.parse(body.subarray(at, at + length).toString()) as { _key: string };
      actions[`${seq}/${_key}`] = action;
    });
  }
  const deleted = (await collect(plan.deletePages())).flatMap((rows) =>
    Array.from({ length: rows.length / manifestRowBytes }, (_, i) => bytesToUuid(rows, i * manifestRowBytes)),
  );
  return { changes: plan.changes, deletes: plan.deletes, actions, deleted };
}

const { none, create, compare } = PlannedAction;

describe('planning', () => {
  it('says of each uploaded object whether it is new, the same by its bytes, or to be looked at', async () => {
    const played = await scene(
      [entity('a'), entity('b'), entity('c')],
      [{ entities: [entity('a'), entity('b', 1)] }, { entities: [entity('d')] }],
    );
    expect(await planKind(played.stores, played.job, 'entity', run)).toMatchObject({ kind: 'entity' });
    const gone = [...played.database.graph.entity].find(([, { key }]) => key === 'c')?.[0];
    expect(await planOf(played)).toEqual({
      changes: 2,
      deletes: 1,
      actions: { '1/a': none, '1/b': compare, '2/d': create },
      deleted: [gone],
    });
  });

  it.each([SyncMode.createOrUpdate, SyncMode.patch])(
    'looks at every object of a %s job, and deletes none',
    async (mode) => {
      const played = await scene([entity('a'), entity('b')], [{ entities: [entity('a'), entity('d')] }], mode);
      expect(await planKind(played.stores, played.job, 'entity', run)).toMatchObject({ kind: 'entity' });
      expect(await planOf(played)).toEqual({
        changes: 2,
        deletes: 0,
        actions: { '1/a': compare, '1/d': compare },
        deleted: [],
      });
    },
  );

  it('has nothing to do when nothing has changed, and seals nothing', async () => {
    const played = await scene([entity('a')], [{ entities: [entity('a')] }]);
    expect(await planKind(played.stores, played.job, 'entity', run)).toBe('nothing');
    expect(await planKind(played.stores, played.job, 'relationship', run)).toBe('nothing');
    expect((await played.stores.jobs.find(played.job.document.id))?.committed).toBe(false);
  });

  it('plans once, whatever comes afterwards', async () => {
    const played = await scene([], [{ entities: [entity('a')] }]);
    await planKind(played.stores, played.job, 'entity', run);
    const plan = await planOf(played);
    played.database.batches.length = 0;
    const later = (await played.stores.jobs.find(played.job.document.id)) as StoredJob;
    expect(await planKind(played.stores, later, 'entity', run)).toMatchObject({ kind: 'entity' });
    expect(await played.stores.plans.sealed(played.job, 'entity')).toMatchObject({ changes: plan?.changes });
  });

  it('says when the job has ended meanwhile', async () => {
    const played = await scene([], [{ entities: [entity('a')] }]);
    await played.service.abort(played.job.document.id, {});
    expect(await planKind(played.stores, played.job, 'entity', run)).toBe('ended');
  });

  it('takes an object that came twice from its latest upload', async () => {
    const uploads = [
      { entities: [entity('a', 1), entity('b', 1)] },
      { entities: [entity('a', 1)] },
      { entities: [{ n: 1, _type: 'thing', _key: 'b' }] },
    ];
    const played = await scene([], uploads);
    await planKind(played.stores, played.job, 'entity', run);
    // Uploads without work are not part of a plan.
    expect((await planOf(played))?.actions).toEqual({ '2/a': create, '3/b': create });
  });

  it('names every key that came twice with different content, and both uploads', async () => {
    const uploads = [
      { entities: [entity('a'), entity('b')] },
      { entities: [entity('b', 1)] },
      { entities: [entity('a', 1)] },
    ];
    const { stores, job } = await scene([], uploads);
    const problems = ['a', 'b'].map((key, i) => ({
      where: `entity _key "${key}"`,
      what: expect.stringContaining(`uploads number 1 and ${3 - i} `) as unknown,
    }));
    for (const plan of [planKind, checkDuplicates]) {
      const failed: unknown = await plan(stores, job, 'entity', run).catch((err: unknown) => err);
      expect(failed).toMatchObject({ name: 'DomainError', code: 'DUPLICATE_KEY' });
      const found = (failed as { problems: { where: string }[] }).problems;
      expect([...found].sort((a, b) => (a.where < b.where ? -1 : 1))).toEqual(problems);
    }
    expect(await stores.plans.sealed(job, 'entity')).toBeUndefined();
  });

  it('lists at most 50 of them', async () => {
    const many = (n: number) => ({ entities: Array.from({ length: 80 }, (_, i) => entity(`k${i}`, n)) });
    const { stores, job } = await scene([], [many(1), many(2)]);
    await expect(planKind(stores, job, 'entity', run)).rejects.toMatchObject({ problems: { length: 50 } });
  });

  it('accepts them where the latest is to win', async () => {
    const played = await scene(
      [],
      [{ entities: [entity('a')] }, { entities: [entity('a', 1)], ignoreDuplicates: true }],
    );
    await planKind(played.stores, played.job, 'entity', run);
    expect((await planOf(played))?.actions).toEqual({ '2/a': create });
  });

  it('makes the same of many rows in several passes as of few in one', async () => {
    const keys = fc.uniqueArray(fc.nat(400), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(keys, keys, keys, async (before, changed, uploaded) => {
        const isChanged = new Set(changed);
        const nOf = (key: number) => (isChanged.has(key) ? 1 : 0);
        const played = await scene(
          before.map((key) => entity(`k${key}`)),
          [{ entities: uploaded.map((key) => entity(`k${key}`, nOf(key))) }],
        );
        // The store claims so many rows that every partition is a pass of its own.
        const manifests = {
          ...played.stores.manifests,
          prepare: async () => ({ rows: 64 * 200_000 }),
          partitions: played.stores.manifests.partitions.bind(played.stores.manifests),
        };
        await planKind({ ...played.stores, manifests }, played.job, 'entity', run);
        const expected = Object.fromEntries(
          uploaded.map((key) => [`1/k${key}`, before.includes(key) ? (nOf(key) ? compare : none) : create]),
        );
        const plan = await planOf(played);
        const work = Object.values(expected).filter((action) => action !== none).length;
        const gone = before.filter((key) => !uploaded.includes(key)).length;
        expect([plan?.changes ?? 0, plan?.deletes ?? 0]).toEqual([work, gone]);
        if (work > 0) expect(plan?.actions).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('stops between two passes when it is told to', async () => {
    const { stores, job } = await scene([], [{ entities: [entity('a')] }]);
    const stopped = {
      ...run,
      checkpoint: () => {
        throw new Error('stop');
      },
    };
    await expect(planKind(stores, job, 'entity', stopped)).rejects.toThrow('stop');
    expect(await stores.plans.sealed(job, 'entity')).toBeUndefined();
  });
});
