import { randomUUID } from 'node:crypto';
import { createUploadReader } from '../../src/adapters/ingest/upload-reader';
import { accountStores } from '../../src/adapters/mongo/account-stores';
import type { GraphDocument, VersionDocument } from '../../src/adapters/mongo/collections';
import type { Database } from '../../src/adapters/mongo/database';
import { readState } from '../../src/adapters/mongo/graph-document';
import { MongoEntityCounts } from '../../src/adapters/mongo/mongo-entity-counts';
import { MongoManifestStore } from '../../src/adapters/mongo/mongo-manifest-store';
import { idToText } from '../../src/adapters/mongo/packed-ids';
import { S3BlobStore } from '../../src/adapters/s3/s3-blob-store';
import { CountTally, type GraphCounts } from '../../src/domain/graph/entity-counts';
import { mapperSource } from '../../src/domain/mapping/mapper-objects';
import type { DeleteGuard } from '../../src/domain/sync-job/delete-guard';
import type { FinalizeStores } from '../../src/domain/sync-job/finalize-deps';
import type { KnownContents } from '../../src/domain/sync-job/known-contents';
import { createBench, type BenchGraph, type SyncBench } from './bench';
import { liveProduct } from './live-product';
import type { ModelObject, ModelVersion } from './sync-model';

export function liveBlobStore(): S3BlobStore {
  const { s3Endpoint, s3AccessKeyId, s3SecretAccessKey, s3Bucket, s3Region } = liveProduct();
  return new S3BlobStore({
    endpoint: s3Endpoint,
    region: s3Region,
    bucket: s3Bucket,
    credentials: { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey },
    forcePathStyle: true,
  });
}

/** A bench on the live database and object store. */
export function createSyncBench(
  database: Database,
  options: {
    readonly foldAfterRows?: number;
    readonly applyLanes?: number;
    /** 0: entities and relationships are each finalized by the activity of their name. */
    readonly smallPlan?: number;
    readonly deleteGuard?: DeleteGuard;
    readonly known?: KnownContents;
    readonly stores?: Partial<FinalizeStores>;
    /** Default: a new one. */
    readonly account?: string;
  },
): SyncBench {
  const account = options.account ?? `t-${randomUUID()}`;
  const shared = { database, blobs: liveBlobStore(), reader: createUploadReader(), maxBulkFileBytes: 1e9 };
  const stores: FinalizeStores = {
    ...accountStores(shared, account),
    manifests: new MongoManifestStore(database, { minFoldedRows: options.foldAfterRows ?? 20_000 }),
    counters: new MongoEntityCounts(database, account, options.foldAfterRows === 1 ? { maxDeltas: 1 } : {}),
    ...options.stores,
  };
  const graph = async () => await readGraph(database, account);
  const recount = async () => await recountGraph(database, account);
  const { applyLanes, smallPlan, deleteGuard, known } = options;
  return createBench({ account, stores, graph, recount, applyLanes, smallPlan, deleteGuard, known });
}

export async function recountGraph({ collections }: Database, account: string): Promise<GraphCounts> {
  const counts = new CountTally();
  const live = { _accountId: account, _deleted: false };
  for await (const entity of collections.entities.find(live)) {
    counts.add('entity', entity._type, readState(entity).classes, 1);
  }
  for await (const relationship of collections.relationships.find(live)) {
    counts.add('relationship', relationship._type, readState(relationship).classes, 1);
  }
  return counts;
}

export async function readGraph(database: Database, account: string): Promise<BenchGraph> {
  const { entities, relationships, entityVersions, relationshipVersions, mappings } = database.collections;
  const owned = { _accountId: account, _wiped: { $exists: false } } as const;
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
    const { type, properties, fromId, toId, overrides } = readState(document);
    return {
      version: document._version,
      type,
      properties: properties as Record<string, string | number>,
      from: nameOfId(fromId),
      to: nameOfId(toId),
      overrides: overrides as ModelVersion['overrides'],
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
