import type { BlobStore } from '../../domain/blob-store';
import { scopeId } from '../../domain/graph/identity';
import type { UploadReader } from '../../domain/ingest/upload-reader';
import type { FinalizeStores } from '../../domain/sync-job/finalize-deps';
import { sha1 } from '../digest';
import type { Database } from './database';
import { MongoDryRuns } from './mongo-dry-runs';
import { MongoEntityCounts } from './mongo-entity-counts';
import { MongoGraphWriter } from './mongo-graph-writer';
import { MongoManifestStore } from './mongo-manifest-store';
import { MongoObjectTypes } from './mongo-object-types';
import { MongoPlanStore } from './mongo-plan-store';
import { MongoStagingStore } from './mongo-staging-store';
import { MongoSyncJobStore } from './mongo-sync-job-store';

/** Hands out the stores of one account: the account is a parameter of the store, not of each query (invariant 8). */
export function accountStores(
  shared: {
    readonly database: Database;
    readonly blobs: BlobStore;
    readonly reader: UploadReader;
    readonly maxBulkFileBytes: number;
  },
  account: string,
): FinalizeStores {
  const { database, blobs, reader, maxBulkFileBytes } = shared;
  return {
    jobs: new MongoSyncJobStore(database, account, (scope) => scopeId(sha1, scope)),
    staging: new MongoStagingStore(database, blobs, account),
    plans: new MongoPlanStore(database),
    manifests: new MongoManifestStore(database),
    graph: new MongoGraphWriter(database),
    counters: new MongoEntityCounts(database, account),
    types: new MongoObjectTypes(database),
    dryRuns: new MongoDryRuns(database),
    blobs,
    reader,
    sha1,
    maxBulkFileBytes,
  };
}
