import { randomUUID } from 'node:crypto';
import { sha1 } from '../../src/adapters/digest';
import { syncJobWorkflowId } from '../../src/contracts/temporal/sync-job';
import { GraphMutationsService } from '../../src/domain/graph/graph-mutations-service';
import type { ObjectKind } from '../../src/domain/graph/identity';
import type { FlatObject, Tenants } from '../../src/domain/ports';
import { KnownContents } from '../../src/domain/sync-job/known-contents';
import { SyncJobsService } from '../../src/domain/sync-job/sync-jobs-service';
import { MemoryDatabase, type MemoryBatch } from './memory/memory-database';
import { memoryDeferredResults } from './memory/memory-deferred-results';
import { flatObjectsOf, memoryGraphExport } from './memory/memory-graph-export';
import { memoryGraphReads } from './memory/memory-graph-reads';
import { MemoryJobRuns } from './memory/memory-job-runs';
import { MemoryMutationStore } from './memory/memory-mutation-store';
import { memoryQueries, type MemoryQueries } from './memory/memory-queries';
import { MemoryObjectVersions } from './memory/memory-object-versions';
import { MemoryRawDataStore } from './memory/memory-raw-data';
import { memoryStores } from './memory/memory-stores';

export interface MemoryTenants extends Tenants {
  readonly database: MemoryDatabase;
  /** Every upload that was stored, in order; retries do not show up. */
  readonly uploads: readonly MemoryBatch[];
  /** What `graphExport`, `graphReads` and `queries` of an account read, in place of what its jobs have written. */
  setGraph(account: string, kind: ObjectKind, objects: readonly FlatObject[]): void;
  queriesOf(account: string): MemoryQueries;
  readonly deferred: ReturnType<typeof memoryDeferredResults>;
}

/** The service of any number of accounts on stores in memory. Finalizing ends at FINALIZE_PENDING: there is no worker behind it. */
export function createMemoryTenants({ now = Date.now }: { now?: () => number } = {}): MemoryTenants {
  const database = new MemoryDatabase();
  const graphs = new Map<string, readonly FlatObject[]>();
  const runner = new MemoryJobRuns();
  const queries = new Map<string, MemoryQueries>();
  const deferred = memoryDeferredResults({ now });
  const objectsOf = (account: string) => (kind: ObjectKind) =>
    graphs.get(`${account}/${kind}`) ?? flatObjectsOf(database, account, kind);
  const queriesOf = (account: string): MemoryQueries => {
    const known = queries.get(account) ?? memoryQueries(objectsOf(account));
    queries.set(account, known);
    return known;
  };
  return {
    queriesOf,
    deferred,
    database,
    uploads: database.batches,
    setGraph: (account, kind, objects) => void graphs.set(`${account}/${kind}`, objects),
    of(account) {
      const { jobs, staging, manifests, dryRuns, counters, blobs } = memoryStores(database, account);
      return {
        syncJobs: new SyncJobsService({
          account,
          jobs,
          staging,
          known: new KnownContents(manifests),
          dryRuns,
          blobs,
          runner,
          sha1,
          now,
          newId: randomUUID,
          workflowIdOf: (jobId) => syncJobWorkflowId(account, jobId),
          uploadWindowMs: 24 * 3_600_000,
          uploadUrlTtlMs: 3_600_000,
        }),
        graphExport: memoryGraphExport(objectsOf(account)),
        graphReads: memoryGraphReads(objectsOf(account)),
        queries: queriesOf(account),
        entityCounts: counters,
        mutations: new GraphMutationsService({
          account,
          store: new MemoryMutationStore(database, account),
          sha1,
          now,
          limits: { maxKeyBytes: 1_024, maxObjectBytes: 1_048_576 },
        }),
        rawData: new MemoryRawDataStore(database, account, now),
        versions: new MemoryObjectVersions(database, account),
        results: deferred.of(account),
        reports: deferred.reportsOf(account),
      };
    },
  };
}
