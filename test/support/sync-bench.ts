import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainFailureInterceptor } from '../../src/activities/domain-failure-interceptor';
import { createSyncJobActivities, type SyncJobActivities } from '../../src/activities/sync-job-activities';
import { sha1 } from '../../src/adapters/digest';
import { createUploadReader } from '../../src/adapters/ingest/upload-reader';
import { accountStores } from '../../src/adapters/mongo/account-stores';
import type { GraphDocument, VersionDocument } from '../../src/adapters/mongo/collections';
import type { Database } from '../../src/adapters/mongo/database';
import { readState } from '../../src/adapters/mongo/graph-document';
import { MongoManifestStore } from '../../src/adapters/mongo/mongo-manifest-store';
import { idToText } from '../../src/adapters/mongo/packed-ids';
import { S3BlobStore } from '../../src/adapters/s3/s3-blob-store';
import { isTerminal, syncJobCounters, type SyncJobCounter, type SyncJobDocument } from '../../src/contracts/sync-job';
import type { SyncJobState } from '../../src/contracts/temporal/sync-job';
import { mapperSource } from '../../src/domain/mapping/mapper-objects';
import type { DeleteGuard } from '../../src/domain/sync-job/delete-guard';
import type { FinalizeStores } from '../../src/domain/sync-job/finalize-deps';
import { SyncJobsService } from '../../src/domain/sync-job/sync-jobs-service';
import { liveProduct } from './live-product';
import type { ModelObject, ModelVersion } from './model-objects';

/** Attempts that fail are what some tests are about. */
const quiet = new DefaultLogger('ERROR');

/** The service and the activities of one account in this process, on the live database and object store, without Temporal. */
export interface SyncBench {
  readonly account: string;
  readonly stores: FinalizeStores;
  readonly service: SyncJobsService;
  readonly activities: SyncJobActivities;
  /** Epoch ms that the next call sees; the tests move it. */
  readonly clock: { now: number };
  upload(jobId: string, body: unknown, ignoreDuplicates?: boolean): Promise<void>;
  /** Runs an activity as a worker does: again while it fails with something that may pass. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Both finalizing activities; what the workflow does after the finalize call. */
  finish(jobId: string): Promise<SyncJobState>;
  /** All objects, ended ones too, with their histories, by `scope/key`. */
  graph(): Promise<{ entities: Map<string, ModelObject>; relationships: Map<string, ModelObject> }>;
}

export function createSyncBench(
  database: Database,
  options: {
    readonly foldAfterRows?: number;
    readonly applyLanes?: number;
    /** 0: entities and relationships are each finalized by the activity of their name. */
    readonly smallPlan?: number;
    readonly deleteGuard?: DeleteGuard;
    readonly stores?: Partial<FinalizeStores>;
    /** Default: a new one. */
    readonly account?: string;
  },
): SyncBench {
  const account = options.account ?? `t-${randomUUID()}`;
  const { s3Endpoint, s3AccessKeyId, s3SecretAccessKey, s3Bucket, s3Region } = liveProduct();
  const blobs = new S3BlobStore({
    endpoint: s3Endpoint,
    region: s3Region,
    bucket: s3Bucket,
    credentials: { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey },
    forcePathStyle: true,
  });
  const reader = createUploadReader();
  const stores: FinalizeStores = {
    ...accountStores({ database, blobs, reader, maxBulkFileBytes: 1e9 }, account),
    manifests: new MongoManifestStore(database, { minFoldedRows: options.foldAfterRows ?? 20_000 }),
    ...options.stores,
  };
  // Ahead of the product's job keeper, to whom these jobs, which have no workflow, would look forgotten.
  const clock = { now: Date.now() + 3_600_000 };
  const activities = createSyncJobActivities({
    storesOf: () => stores,
    accountExists: async () => true,
    now: () => clock.now,
    uploadWindowMs: 3_600_000,
    applyLanes: options.applyLanes ?? 2,
    ...(options.smallPlan !== undefined && { smallPlan: options.smallPlan }),
    deleteGuard: options.deleteGuard,
  });
  const service = new SyncJobsService({
    account,
    jobs: stores.jobs,
    staging: stores.staging,
    dryRuns: stores.dryRuns,
    blobs,
    runner: {
      start: async () => undefined,
      finalize: async () => undefined,
      approve: async () => undefined,
      abort: async () => undefined,
      dryRun: async ({ document }, { partialTypes }) => {
        const request = { dryRun: true, partialDatasets: { types: partialTypes } };
        await run(async () => await activities.dryRunSyncJob({ account, jobId: document.id, request }));
        return 'done';
      },
    },
    sha1,
    now: () => clock.now,
    newId: randomUUID,
    workflowIdOf: (jobId) => `test:${jobId}`,
    uploadWindowMs: 3_600_000,
    uploadUrlTtlMs: 600_000,
  });
  async function run<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const results: T[] = [];
      const attempt = async () => {
        results.push(await work());
      };
      try {
        await new MockActivityEnvironment(undefined, { logger: quiet }).run(async () => {
          await domainFailureInterceptor.execute(undefined, attempt);
        });
        return results[0] as T;
      } catch (err) {
        if (!(err instanceof ApplicationFailure) || err.type !== 'SCOPE_BUSY') throw err;
        await sleep(5);
      }
    }
  }
  return {
    account,
    stores,
    service,
    activities,
    clock,
    run,
    async upload(jobId, body, ignoreDuplicates = false) {
      const target = await service.uploadTarget(jobId);
      const upload = reader.read(Buffer.from(JSON.stringify(body)), {
        ...target,
        format: 'json',
        shape: 'upload',
        ignoreDuplicates,
      });
      await service.upload({ jobId, uploadId: randomUUID(), upload, ignoreDuplicates });
    },
    async finish(jobId) {
      const ref = { account, jobId };
      const state = await run(async () => await activities.finalizeEntities({ ...ref, request: {} }));
      if (isTerminal(state.status)) return state;
      return await run(async () => await activities.finalizeRelationships(ref));
    },
    graph: async () => await readGraph(database, account),
  };
}

export async function readGraph(database: Database, account: string) {
  const { entities, relationships, entityVersions, relationshipVersions, mappings } = database.collections;
  const owned = { _accountId: account };
  const [contributors, nodes, edges, oldNodes, oldEdges] = await Promise.all([
    mappings.find(owned).toArray(),
    entities.find(owned).toArray(),
    relationships.find(owned).toArray(),
    entityVersions.find(owned).toArray(),
    relationshipVersions.find(owned).toArray(),
  ]);
  const names = new Map([...contributors, ...nodes].map((node) => [idToText(node._id), nameOf(node)]));
  /** The key of a generated relationship has the ids of its contributor and its target; their names tell more. */
  const nameOfObject = (document: GraphDocument) => {
    const [contributor = '', direction = '', target = ''] = document._key.split('|');
    if (document._source !== mapperSource || !names.has(contributor)) return nameOf(document);
    return `${document._scope}/${names.get(contributor) ?? ''} ${direction} ${names.get(target) ?? ''}`;
  };
  const nameOfId = (id: string | undefined) => (id === undefined ? undefined : (names.get(id) ?? `unknown ${id}`));
  const versionOf = (document: GraphDocument): ModelVersion => {
    const { type, properties, fromId, toId } = readState(document);
    return {
      version: document._version,
      type,
      properties: properties as Record<string, string | number>,
      from: nameOfId(fromId),
      to: nameOfId(toId),
      beginOn: document._beginOn,
      endOn: document._endOn ?? null,
    };
  };
  const collect = (present: readonly GraphDocument[], ended: readonly VersionDocument[]) => {
    const historyOf = Map.groupBy(ended, (document) => idToText(document._id.id));
    return new Map(
      present.map((document): [string, ModelObject] => {
        const history = (historyOf.get(idToText(document._id)) ?? [])
          .map((old) => versionOf({ ...old, _id: old._id.id } as GraphDocument))
          .sort((a, b) => a.version - b.version);
        const { _deleted: deleted, _createdOn: createdOn } = document;
        return [nameOfObject(document), { ...versionOf(document), deleted, createdOn, history }];
      }),
    );
  };
  return { entities: collect(nodes, oldNodes), relationships: collect(edges, oldEdges) };
}

const nameOf = ({ _scope, _key }: Pick<GraphDocument, '_scope' | '_key'>): string => `${_scope}/${_key}`;

/** Counters of what happened to the graph, zeros left out. */
export function outcomeCounts(document: SyncJobDocument): Partial<Record<SyncJobCounter, number>> {
  const names = syncJobCounters.filter((name) => !name.endsWith('Uploaded') && document[name] !== 0);
  return Object.fromEntries(names.map((name) => [name, document[name]]));
}
