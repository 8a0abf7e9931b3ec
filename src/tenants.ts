import { LRUCache } from 'lru-cache';
import { randomUUID } from 'node:crypto';
import { sha1, sha256Base64 } from './adapters/digest';
import type { GraphCopies } from './adapters/mongo/copy/graph-copies';
import { accountStores } from './adapters/mongo/account-stores';
import { MongoGraphExport } from './adapters/mongo/mongo-graph-export';
import { MongoGraphReads } from './adapters/mongo/mongo-graph-reads';
import { MongoManifestStore } from './adapters/mongo/mongo-manifest-store';
import { MongoMutationStore } from './adapters/mongo/mongo-mutation-store';
import { MongoObjectVersions } from './adapters/mongo/mongo-object-versions';
import { MongoQueryResults } from './adapters/mongo/mongo-query-results';
import { MongoRawDataStore } from './adapters/mongo/mongo-raw-data-store';
import { BlobResultContent } from './adapters/s3/result-content';
import type { TemporalResultRunner } from './adapters/temporal/temporal-result-runner';
import type { TemporalSyncJobRunner } from './adapters/temporal/temporal-sync-job-runner';
import type { ServerConfig } from './config/config';
import { syncJobWorkflowId } from './contracts/temporal/sync-job';
import { GraphMutationsService } from './domain/graph/graph-mutations-service';
import type { Tenant, Tenants } from './domain/ports';
import { CheckedQueries } from './domain/query/checked-queries';
import { DeferredResults } from './domain/query/deferred-results';
import { QueryCursors, type Seal } from './domain/query/query-cursors';
import { QueryService, type PageCache } from './domain/query/query-service';
import { StoredReports } from './domain/query/reports';
import type { ResultTokens } from './domain/query/result-tokens';
import { KnownContents } from './domain/sync-job/known-contents';
import { SyncJobsService } from './domain/sync-job/sync-jobs-service';
import { Gate } from './lib/gate';
import { youngCollector } from './observability/young-collector';

export interface TenantWiring extends Pick<Parameters<typeof accountStores>[0], 'database' | 'blobs' | 'reader'> {
  readonly runner: TemporalSyncJobRunner;
  readonly resultRunner: TemporalResultRunner;
  readonly copies: GraphCopies;
  readonly seal: Seal;
  readonly tokens: ResultTokens;
}

const keptTenants = 1_000;

/** Puts together what belongs to one account, for the API. */
export function createTenants(
  config: ServerConfig,
  { runner, resultRunner, copies, seal, tokens, ...shared }: TenantWiring,
): Tenants {
  const { maxBulkFileBytes } = config.limits;
  const { timeoutMs, maxConcurrent, pagesBytes } = config.queries;
  const gate = new Gate(maxConcurrent);
  const pages = pageCache(pagesBytes);
  const texts = new CheckedQueries();
  const known = new KnownContents(new MongoManifestStore(shared.database), undefined, youngCollector());
  const tenants: Tenants = {
    of(account) {
      const copied = copies.answersOf(account);
      const { jobs, staging, dryRuns, counters, blobs } = accountStores({ ...shared, maxBulkFileBytes }, account);
      const making = {
        results: new MongoQueryResults(shared.database, account),
        runner: resultRunner,
        tokens,
        newId: randomUUID,
        now: Date.now,
        limits: config.results,
      };
      const results = new DeferredResults({
        ...making,
        content: new BlobResultContent(blobs, account),
        cursors: new QueryCursors(seal, account),
      });
      return {
        syncJobs: new SyncJobsService({
          account,
          jobs,
          staging,
          known,
          dryRuns,
          blobs,
          runner,
          sha1,
          now: Date.now,
          newId: randomUUID,
          workflowIdOf: (jobId) => syncJobWorkflowId(account, jobId),
          uploadWindowMs: config.uploadWindowMs,
          uploadUrlTtlMs: config.uploadUrlTtlMs,
        }),
        queries: new QueryService({
          account,
          graph: copies.readerOf(account),
          deferred: results,
          seal,
          pages,
          texts,
          gate,
          limits: { timeoutMs, maxBytes: config.maxQueryBytes },
          names: async () => await counters.all(),
          policies: [],
          now: Date.now,
          digest: sha256Base64,
        }),
        graphExport: new MongoGraphExport(shared.database, account),
        graphReads: new MongoGraphReads(shared.database, account, counters, copied && { copied }),
        entityCounts: counters,
        mutations: new GraphMutationsService({
          account,
          store: new MongoMutationStore(shared.database, account),
          sha1,
          now: Date.now,
          limits: config.limits,
        }),
        rawData: new MongoRawDataStore(shared.database, account),
        versions: new MongoObjectVersions(shared.database, account),
        results,
        reports: new StoredReports(making),
      };
    },
  };
  return kept(tenants);
}

/** What an account has is put together once for all of its requests; none of it holds anything of a single one. */
function kept(tenants: Tenants): Tenants {
  const latest = new LRUCache<string, Tenant>({ max: keptTenants, memoMethod: (account) => tenants.of(account) });
  return { of: (account) => latest.memo(account) };
}

function pageCache(maxSize: number): PageCache {
  if (maxSize === 0) return { get: () => undefined, set: () => undefined };
  const cache = new LRUCache<string, readonly string[]>({
    maxSize,
    sizeCalculation: (pages) => pages.reduce((bytes, page) => bytes + 2 * page.length, 1),
  });
  return { get: (key) => cache.get(key), set: (key, pages) => void cache.set(key, pages) };
}
