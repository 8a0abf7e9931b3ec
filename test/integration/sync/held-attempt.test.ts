import type { Database } from '../../../src/adapters/mongo/database';
import { bulkFileKey } from '../../../src/domain/sync-job/bulk-file';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { outcomeCounts, type SyncBench } from '../../support/bench';
import { openLiveDatabase } from '../../support/live-product';
import { toBody, toBulkFile } from '../../support/model-bodies';
import { createSyncBench } from '../../support/sync-bench';
import type { ModelBulkFile, ModelUpload } from '../../support/sync-model';

describe('an attempt that goes on while the next one is at work', () => {
  let database: Database;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterAll(async () => {
    await database.client.close();
  });

  const ref = (bench: SyncBench, jobId: string) => ({ account: bench.account, jobId });
  const entities = async (bench: SyncBench, jobId: string) =>
    await bench.run(async () => await bench.activities.finalizeEntities({ ...ref(bench, jobId), request: {} }));
  const relationships = async (bench: SyncBench, jobId: string) =>
    await bench.run(async () => await bench.activities.finalizeRelationships(ref(bench, jobId)));

  /** A scope with a to c, and a closed job whose bulk file creates, deletes by absence, and leaves alone. */
  async function closedBulkJob(bench: SyncBench, format: ModelBulkFile['format']): Promise<string> {
    const place = { account: bench.account, scope: 's', turn: 0 };
    const upload = (keys: readonly string[], edges: readonly string[]): ModelUpload => ({
      entities: keys.map((key) => ({ key, type: 'thing', properties: { n: 1 } })),
      relationships: edges.map((key) => ({
        key,
        type: 'has',
        properties: {},
        from: { key: key[0] ?? '' },
        to: { key: key[1] ?? '' },
      })),
      deleteEntities: [],
      deleteRelationships: [],
    });
    const start = { source: 'api', scope: 's' };
    const first = await bench.service.start(start);
    await bench.upload(first.id, toBody(upload(['a', 'b', 'c'], ['ab', 'bc']), place));
    await bench.service.finalize(first.id, { partialTypes: [] });
    await bench.finish(first.id);
    bench.clock.now += 1_000;
    const { id } = await bench.service.start(start);
    await bench.service.createUploadUrl(id);
    const file = toBulkFile({ format, gzip: true, upload: upload(['a', 'b', 'd'], ['ab', 'ad']) }, place);
    await bench.stores.blobs.put(bulkFileKey(bench.account, id), file);
    await bench.service.finalize(id, { partialTypes: [] });
    return id;
  }
  const bulkCounts = {
    numEntitiesCreated: 1,
    numEntitiesDeleted: 1,
    numRelationshipsCreated: 1,
    numRelationshipsDeleted: 1,
  };

  it.each(['json', 'ndjson', 'csv', 'yaml'] as const)('with a bulk file, %s, each twice at once', async (format) => {
    const bench = createSyncBench(database, { smallPlan: 0 });
    const id = await closedBulkJob(bench, format);
    await Promise.all([entities(bench, id), entities(bench, id)]);
    await Promise.all([relationships(bench, id), relationships(bench, id)]);
    const job = await bench.service.get(id);
    expect({ status: job.status, uploaded: job.numEntitiesUploaded, ...outcomeCounts(job) }).toEqual({
      status: 'FINISHED',
      uploaded: 3,
      ...bulkCounts,
    });
  });

  const before = ['blobs open', 'staging stage', 'manifests prepare', 'plans begin', 'jobs progress', 'graph totals'];
  const after = ['plans begin', 'jobs progress', 'graph applyChanges'];
  const heldAt = [
    ...before.map((place) => ({ place, when: 'before relationships' })),
    ...after.map((place) => ({ place, when: 'after the job' })),
  ];

  it.each(heldAt)('an attempt held at $place, which goes on $when', async ({ place, when }) => {
    const [store, method = ''] = place.split(' ') as [keyof FinalizeStores, string];
    const bench = createSyncBench(database, { smallPlan: 0 });
    const id = await closedBulkJob(bench, 'json');
    const held = holding(bench.stores[store] as object, method);
    const { account } = bench;
    const slow = createSyncBench(database, { smallPlan: 0, account, stores: { [store]: held.store } });
    const attempt = entities(slow, id).catch(() => undefined);
    await held.reached;
    await entities(bench, id);
    const goOn = async () => {
      held.release();
      await attempt;
    };
    if (when === 'before relationships') await goOn();
    await relationships(bench, id);
    const [graph, job] = [await bench.graph(), await bench.service.get(id)];
    expect({ status: job.status, ...outcomeCounts(job) }).toEqual({ status: 'FINISHED', ...bulkCounts });
    if (when === 'after the job') await goOn();
    expect(await bench.graph()).toEqual(graph);
    expect(await bench.service.get(id)).toEqual(job);
  });

  it('expireSyncJob that a finalize call has come before leaves what was uploaded', async () => {
    const bench = createSyncBench(database, {});
    const { id } = await bench.service.start({ source: 'api', scope: 's' });
    await bench.upload(id, { entities: [{ _key: 'a', _type: 'thing' }] });
    bench.clock.now += 7_200_000;
    const held = holding(bench.stores.jobs, 'end');
    const slow = createSyncBench(database, { account: bench.account, stores: { jobs: held.store } });
    slow.clock.now = bench.clock.now;
    const expiry = slow.run(async () => await slow.activities.expireSyncJob(ref(bench, id)));
    await held.reached;
    await bench.service.finalize(id, { partialTypes: [] });
    held.release();
    expect(await expiry).toMatchObject({ status: 'FINALIZE_PENDING' });
    await bench.finish(id);
    expect(outcomeCounts(await bench.service.get(id))).toEqual({ numEntitiesCreated: 1 });
  });
});

/** Holds the first call of a method until it is let go on. */
function holding<Store extends object>(store: Store, method: string) {
  const reached = Promise.withResolvers();
  const released = Promise.withResolvers();
  const held = new Proxy(store, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function') return member;
      const call = member.bind(target) as (...args: unknown[]) => unknown;
      if (property !== method) return call;
      return async (...args: unknown[]) => {
        reached.resolve(undefined);
        await released.promise;
        return await call(...args);
      };
    },
  });
  return { store: held, reached: reached.promise, release: () => released.resolve(undefined) };
}
