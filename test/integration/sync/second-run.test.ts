import { randomUUID } from 'node:crypto';
import type { Database } from '../../../src/adapters/mongo/database';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { GraphWriter } from '../../../src/domain/sync-job/graph-writer';
import { openLiveDatabase } from '../../support/live-product';
import { outcomeCounts, type SyncBench } from '../../support/bench';
import { createSyncBench } from '../../support/sync-bench';

const entity = (key: string, n = 0) => ({ _key: key, _type: 'thing', _class: 'Thing', n });
const relationship = (key: string, from: string, to: string) => ({
  _key: key,
  _type: 'has',
  _class: 'HAS',
  _fromEntityKey: from,
  _toEntityKey: to,
});
const mapped = (key: string, source: string, target: string) => ({
  _key: key,
  _type: 'is',
  _class: 'IS',
  _mapping: {
    sourceEntityKey: source,
    targetEntity: { _type: 'target', _key: target, _class: 'Target', [key]: 'says so' },
  },
});

describe('a second run of a writing activity changes nothing', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  /** A scope with a to e, and a closed job that creates, updates, deletes by absence and by key, in three chunks. */
  async function closedJob(bench: SyncBench): Promise<string> {
    const start = { source: 'api', scope: 's' };
    const first = await bench.service.start(start);
    await bench.upload(first.id, {
      entities: ['a', 'b', 'c', 'd', 'e'].map((key) => entity(key)),
      relationships: [
        ...[relationship('ab', 'a', 'b'), relationship('cd', 'c', 'd'), relationship('de', 'd', 'e')],
        ...[mapped('ma', 'a', 'p1'), mapped('mb', 'b', 'p2'), mapped('mc', 'c', 'p3'), mapped('me', 'e', 'p1')],
      ],
    });
    await bench.service.finalize(first.id, { partialTypes: [] });
    await bench.finish(first.id);
    bench.clock.now += 1_000;
    const { id } = await bench.service.start(start);
    await bench.upload(id, {
      entities: [entity('a', 1), entity('b'), entity('f')],
      // One target changes hands, one stays with fewer contributors, one is new, two go.
      relationships: [mapped('ma', 'a', 'p4'), mapped('md', 'd', 'p1'), mapped('mx', 'x', 'p1')],
    });
    await bench.upload(id, {
      entities: [entity('d'), entity('e', 2)],
      relationships: [relationship('ab', 'b', 'a'), relationship('af', 'a', 'f'), relationship('ax', 'a', 'x')],
      deleteEntities: [{ _key: 'b' }, { _key: 'unknown' }],
    });
    await bench.service.finalize(id, { partialTypes: [] });
    return id;
  }

  /** Exactly what the job above does, crashed or not. */
  const counts = {
    numEntitiesCreated: 1,
    numEntitiesUpdated: 2,
    numEntitiesDeleted: 2,
    numEntityDeleteErrors: 1,
    numRelationshipsCreated: 1,
    numRelationshipsDeleted: 3,
    numRelationshipCreateErrors: 2,
    numMappedRelationshipsCreated: 2,
    numMappedRelationshipsDeleted: 4,
    numMappedRelationshipCreateErrors: 1,
  };

  const ref = (bench: SyncBench, jobId: string) => ({ account: bench.account, jobId });
  const entities = async (bench: SyncBench, jobId: string) =>
    await bench.run(async () => await bench.activities.finalizeEntities({ ...ref(bench, jobId), request: {} }));
  const relationships = async (bench: SyncBench, jobId: string) =>
    await bench.run(async () => await bench.activities.finalizeRelationships(ref(bench, jobId)));

  /** Entities and relationships in an activity each, and all in the first one. */
  const bothShapes = [{ smallPlan: 0 }, { smallPlan: 2_000 }];

  it.each(bothShapes)('finalizeEntities and finalizeRelationships, $smallPlan', async (shape) => {
    const bench = createSyncBench(database, shape);
    const id = await closedJob(bench);
    await entities(bench, id);
    const afterEntities = await bench.graph();
    await entities(bench, id);
    expect(await bench.graph()).toEqual(afterEntities);
    await relationships(bench, id);
    const [graph, job] = [await bench.graph(), await bench.service.get(id)];
    expect({ status: job.status, ...outcomeCounts(job) }).toEqual({ status: 'FINISHED', ...counts });
    bench.clock.now += 1_000;
    await relationships(bench, id);
    await entities(bench, id);
    expect(await bench.graph()).toEqual(graph);
    expect(await bench.service.get(id)).toEqual(job);
  });

  it.each(bothShapes)('finalizeEntities and finalizeRelationships, each twice at once, $smallPlan', async (shape) => {
    const bench = createSyncBench(database, shape);
    const id = await closedJob(bench);
    await Promise.all([entities(bench, id), entities(bench, id)]);
    await Promise.all([relationships(bench, id), relationships(bench, id)]);
    expect(outcomeCounts(await bench.service.get(id))).toEqual(counts);
  });

  it('covers every activity', () => {
    const { activities } = createSyncBench(database, {});
    const ending = ['expireSyncJob', 'finalizeEntities', 'finalizeRelationships', 'endSyncJob'];
    const covered = ['openSyncJob', 'dryRunSyncJob', 'approveSyncJob', ...ending];
    expect(Object.keys(activities).sort()).toEqual(covered.sort());
  });

  it('after a crash before and after every single write', async () => {
    const undisturbed = createSyncBench(database, {});
    const baseline = await closedJob(undisturbed);
    await undisturbed.finish(baseline);
    const expected = timeless(await undisturbed.graph());
    let crashes = 0;
    for (let at = 1; ; at++) {
      const saboteur = { calls: 0, crashAt: Number.POSITIVE_INFINITY };
      const healthy = createSyncBench(database, { applyLanes: 1 });
      const bench = createSyncBench(database, {
        applyLanes: 1,
        account: healthy.account,
        stores: { graph: crashing(healthy.stores.graph, saboteur) },
      });
      const id = await closedJob(healthy);
      saboteur.crashAt = at;
      const crashed = await bench.finish(id).then(
        () => false,
        () => true,
      );
      if (crashed) {
        crashes++;
        await healthy.finish(id);
      }
      expect(outcomeCounts(await healthy.service.get(id))).toEqual(counts);
      expect(timeless(await healthy.graph())).toEqual(expected);
      if (!crashed) break;
    }
    expect(crashes).toBeGreaterThanOrEqual(8);
  });

  it('openSyncJob, expireSyncJob and endSyncJob', async () => {
    const bench = createSyncBench(database, {});
    const jobId = '00000000-0000-4000-8000-000000000000'.replace(/0{12}$/, bench.account.slice(-12));
    const open = {
      ...ref(bench, jobId),
      workflowId: `cli-${jobId}`,
      decision: { source: 'api', scope: 's', integrationInstanceId: null, syncMode: 'DIFF' as const },
    };
    const opened = await bench.run(async () => await bench.activities.openSyncJob(open));
    expect(opened).toMatchObject({ status: 'AWAITING_UPLOADS', waitMs: 3_600_000 });
    const document = await bench.service.get(jobId);
    bench.clock.now += 1_000;
    await bench.run(async () => await bench.activities.openSyncJob(open));
    const { startTimestamp } = await bench.service.get(jobId);
    expect(startTimestamp).toBe(document.startTimestamp);

    const expire = async () => await bench.run(async () => await bench.activities.expireSyncJob(ref(bench, jobId)));
    expect(await expire()).toMatchObject({ status: 'AWAITING_UPLOADS', waitMs: 3_599_000 });
    bench.clock.now += 3_600_000;
    expect(await expire()).toMatchObject({ status: 'ABORTED', waitMs: 0 });
    const aborted = await bench.service.get(jobId);
    bench.clock.now += 1_000;
    expect(await expire()).toMatchObject({ status: 'ABORTED', waitMs: 0 });
    const end = {
      ...ref(bench, jobId),
      status: 'ERROR_UNEXPECTED_FAILURE' as const,
      reason: 'no',
      evenIfCommitted: true,
    };
    expect(await bench.run(async () => await bench.activities.endSyncJob(end))).toMatchObject({ status: 'ABORTED' });
    expect(await bench.service.get(jobId)).toEqual(aborted);
  });

  it('dryRunSyncJob, also twice at the same time', async () => {
    const bench = createSyncBench(database, {});
    const id = await closedJob(bench);
    await bench.finish(id);
    const open = await bench.service.start({ source: 'api', scope: 's' });
    await bench.upload(open.id, {
      entities: [entity('a', 1), entity('z')],
      relationships: [relationship('az', 'a', 'z')],
    });
    const [graph, job] = [await bench.graph(), await bench.service.get(open.id)];
    const dryRun = async () =>
      await bench.run(async () => await bench.activities.dryRunSyncJob({ ...ref(bench, open.id), request: {} }));
    const first = await dryRun();
    expect(await Promise.all([dryRun(), dryRun()])).toEqual([first, first]);
    expect(await bench.graph()).toEqual(graph);
    expect(await bench.service.get(open.id)).toEqual(job);
    await bench.service.finalize(open.id, { partialTypes: [] });
    await bench.finish(open.id);
    expect(outcomeCounts(await bench.service.get(open.id))).toEqual(first.counts);
    await expect(dryRun()).rejects.toMatchObject({ type: 'JOB_NOT_AWAITING_UPLOADS' });
  });

  it('finalizeEntities of a held job, and approveSyncJob', async () => {
    const deleteGuard = { maxShare: 0.1, holdMs: 10_000 };
    const bench = createSyncBench(database, { deleteGuard });
    const id = await closedJob(createSyncBench(database, { account: bench.account }));
    const graph = await bench.graph();
    await expect(bench.run(async () => await bench.activities.approveSyncJob(ref(bench, id)))).rejects.toMatchObject({
      type: 'JOB_NOT_HELD',
    });
    const held = await entities(bench, id);
    expect(held).toMatchObject({ status: 'FINALIZE_PENDING', holdMs: 10_000 });
    bench.clock.now += 4_000;
    expect(await entities(bench, id)).toEqual({ ...held, holdMs: 6_000 });
    expect(await bench.graph()).toEqual(graph);
    const approve = async () => await bench.run(async () => await bench.activities.approveSyncJob(ref(bench, id)));
    expect(await approve()).toEqual(await approve());
    bench.clock.now += 60_000;
    await entities(bench, id);
    await relationships(bench, id);
    expect(outcomeCounts(await bench.service.get(id))).toEqual(counts);
    expect((await approve()).status).toBe('FINISHED');
  });

  it('finalizeEntities of a job whose hold is over', async () => {
    const bench = createSyncBench(database, { deleteGuard: { maxShare: 0.1, holdMs: 10_000 } });
    const id = await closedJob(createSyncBench(database, { account: bench.account }));
    await entities(bench, id);
    bench.clock.now += 10_000;
    expect(await entities(bench, id)).toMatchObject({
      status: 'ABORTED',
      reason: expect.stringContaining('within 10 s'),
    });
    expect(await entities(bench, id)).toMatchObject({ status: 'ABORTED' });
    await expect(bench.service.approve(id, {})).rejects.toMatchObject({ code: 'JOB_NOT_HELD' });
  });

  it('openSyncJob, expireSyncJob and endSyncJob, each twice at the same time', async () => {
    const bench = createSyncBench(database, {});
    const both = async (work: () => Promise<unknown>) => {
      const [one, other] = await Promise.all([bench.run(work), bench.run(work)]);
      expect(one).toEqual(other);
    };
    for (const how of ['expireSyncJob', 'endSyncJob'] as const) {
      const jobId = randomUUID();
      const open = {
        ...ref(bench, jobId),
        workflowId: `cli-${jobId}`,
        decision: { source: 'api', scope: 's', integrationInstanceId: null, syncMode: 'DIFF' as const },
      };
      await both(async () => await bench.activities.openSyncJob(open));
      await bench.upload(jobId, { entities: [entity('a')] });
      bench.clock.now += 3_600_000;
      const end = { ...ref(bench, jobId), status: 'ABORTED' as const, reason: 'no', evenIfCommitted: false };
      await both(async () =>
        how === 'endSyncJob'
          ? await bench.activities.endSyncJob(end)
          : await bench.activities.expireSyncJob(ref(bench, jobId)),
      );
      expect(await bench.service.get(jobId)).toMatchObject({ status: 'ABORTED', numEntitiesUploaded: 1 });
      expect(await bench.stores.staging.batches(jobId)).toEqual([]);
    }
  });

  it('endSyncJob leaves a job that is committed, and ends it when told to', async () => {
    const bench = createSyncBench(database, { smallPlan: 0 });
    const id = await closedJob(bench);
    await entities(bench, id);
    const end = { ...ref(bench, id), status: 'ABORTED' as const, reason: 'cancelled', evenIfCommitted: false };
    const state = await bench.run(async () => await bench.activities.endSyncJob(end));
    expect(state.status).toBe('FINALIZING_ENTITIES');
    await relationships(bench, id);
    expect(outcomeCounts(await bench.service.get(id))).toEqual(counts);
  });
});

/** Fails once, at the given call of a writing method: on odd numbers before it writes, on even ones after. */
function crashing(graph: FinalizeStores['graph'], saboteur: { calls: number; crashAt: number }): GraphWriter {
  const around = async (write: () => Promise<void>): Promise<void> => {
    const before = ++saboteur.calls === saboteur.crashAt;
    if (before) throw new Error('crash before a write');
    await write();
    if (++saboteur.calls === saboteur.crashAt) throw new Error('crash after a write');
  };
  return {
    applyChanges: async (of, changes) => await around(async () => await graph.applyChanges(of, changes)),
    applyDeletes: async (of, rows, keep) => await around(async () => await graph.applyDeletes(of, rows, keep)),
    applyExplicitDeletes: async (of, ids, more) =>
      await around(async () => await graph.applyExplicitDeletes(of, ids, more)),
    settleTargets: async (job) => {
      let settled = 0;
      await around(async () => {
        settled = await graph.settleTargets(job);
      });
      return settled;
    },
    seenByAll: async () => {
      await graph.seenByAll();
    },
    appliedChunks: async (job, kind) => await graph.appliedChunks(job, kind),
    totals: async (job) => await graph.totals(job),
  };
}

/** The graph without its times. */
function timeless({ entities, relationships }: Awaited<ReturnType<SyncBench['graph']>>) {
  const strip = (objects: typeof entities) =>
    [...objects]
      .map(([name, { beginOn: _b, endOn: _e, createdOn: _c, history, ...rest }]) => ({
        name,
        ...rest,
        history: history.map(({ beginOn: _begin, endOn: _end, ...old }) => old),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entities: strip(entities), relationships: strip(relationships) };
}
