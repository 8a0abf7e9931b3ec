import { sha1 } from '../../../src/adapters/digest';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { MemoryDatabase } from './memory-database';
import { MemoryDryRuns } from './memory-dry-runs';
import { MemoryEntityCounts } from './memory-entity-counts';
import { MemoryGraphWriter } from './memory-graph-writer';
import { MemoryManifestStore } from './memory-manifest-store';
import { MemoryObjectTypes } from './memory-object-types';
import { MemoryPlanStore } from './memory-plan-store';
import { MemoryStagingStore } from './memory-staging-store';
import { MemorySyncJobStore } from './memory-sync-job-store';

const reader = createUploadReader();

/** As `accountStores` of the product, without any component. */
export function memoryStores(database: MemoryDatabase, account: string): FinalizeStores {
  return {
    jobs: new MemorySyncJobStore(database, account),
    staging: new MemoryStagingStore(database, account),
    plans: new MemoryPlanStore(database),
    manifests: new MemoryManifestStore(database),
    graph: new MemoryGraphWriter(database),
    counters: new MemoryEntityCounts(database, account),
    types: new MemoryObjectTypes(database),
    dryRuns: new MemoryDryRuns(database),
    blobs: database.blobs,
    reader,
    sha1,
    maxBulkFileBytes: 1e9,
  };
}
