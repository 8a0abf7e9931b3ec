import type { KindCounts } from '../../src/domain/graph/entity-counts';
import { bulkFileKey } from '../../src/domain/sync-job/bulk-file';
import { outcomeCounts, type SyncBench } from './bench';
import { toBody, toBulkFile } from './model-bodies';
import type { JobStep } from './sync-arbitraries';
import { SyncModel, type ModelJob } from './sync-model';

/** Plays jobs on a bench and on the model; each must end with the counts and the graph of the model, every version included. */
export async function playJobs(
  bench: SyncBench,
  steps: readonly JobStep[],
  options: {
    readonly finish?: (jobId: string) => Promise<unknown>;
    readonly after?: (step: number) => Promise<void>;
  } = {},
): Promise<void> {
  const { finish = async (jobId) => await bench.finish(jobId), after } = options;
  const model = new SyncModel();
  for (const [i, { first, second, turn }] of steps.entries()) {
    const jobs = second ? [first, second] : [first];
    const ids: string[] = [];
    for (const job of jobs) ids.push(await beginJob(bench, job, turn));
    const expected = [];
    const foretold = await dryRun(bench, ids[0] ?? '', first.partialTypes);
    for (const [n, job] of jobs.entries()) {
      bench.clock.now += 1_000;
      await bench.service.finalize(ids[n] ?? '', { partialTypes: job.partialTypes });
      expected.push(model.run(job, bench.clock.now));
    }
    expect(foretold).toEqual({ ...expected[0], estimated: false });
    await Promise.all(ids.map(async (id) => await finish(id)));
    for (const [n, id] of ids.entries()) {
      const document = await bench.service.get(id);
      expect({ status: document.status, counts: outcomeCounts(document) }).toEqual(expected[n]);
    }
    expect(await bench.graph()).toEqual({ entities: model.entities, relationships: model.relationships });
    await expectCounted(bench, model);
    await after?.(i);
  }
}

/** The counters are what the model has, and what counting one by one gives. */
export async function expectCounted(bench: SyncBench, model: CountedModel): Promise<void> {
  const { entity, relationship } = await bench.stores.counters.counts();
  expect(plain(entity)).toEqual(plain((await bench.recount()).entity));
  expect(plain(relationship)).toEqual(plain((await bench.recount()).relationship));
  expect(plain(entity)).toMatchObject(typesOf(model.entities));
  expect(plain(relationship)).toMatchObject(typesOf(model.relationships));
}

const plain = ({ total, types, classes }: KindCounts) => ({ total, types: new Map(types), classes: new Map(classes) });

type CountedObjects = ReadonlyMap<string, { readonly type: string; readonly deleted: boolean }>;
interface CountedModel {
  readonly entities: CountedObjects;
  readonly relationships: CountedObjects;
}

function typesOf(objects: CountedObjects): Pick<KindCounts, 'total' | 'types'> {
  const live = [...objects.values()].filter(({ deleted }) => !deleted);
  const types = [...Map.groupBy(live, ({ type }) => type)].map(([type, all]) => [type, all.length] as const);
  return { total: live.length, types: new Map(types) };
}

/** What finalizing would do; on a graph that no other job changes meanwhile. */
export async function dryRun({ account, activities, run }: SyncBench, jobId: string, partialTypes: readonly string[]) {
  const request = { dryRun: true, partialDatasets: { types: partialTypes } };
  const result = await run(async () => await activities.dryRunSyncJob({ account, jobId, request }));
  const { status, counts, estimated } = result;
  return { status, counts, estimated };
}

/** Starts a job and uploads all of it; finalizing is left to the caller. */
export async function beginJob(bench: SyncBench, job: ModelJob, turn: number): Promise<string> {
  const { scope, mode: syncMode, ignoreDuplicates, uploads, bulk } = job;
  const { account, service, stores } = bench;
  const { id } = await service.start({ source: 'api', scope, syncMode, ignoreDuplicates });
  for (const [i, upload] of uploads.entries()) {
    await bench.upload(id, toBody(upload, { account, scope, turn: turn + i }), ignoreDuplicates);
  }
  if (bulk) {
    await service.createUploadUrl(id);
    await stores.blobs.put(bulkFileKey(account, id), toBulkFile(bulk, { account, scope, turn }));
  }
  return id;
}
