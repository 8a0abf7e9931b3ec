import { NativeConnection, Runtime, Worker, type InjectedSinks } from '@temporalio/worker';
import { LRUCache } from 'lru-cache';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainFailureInterceptor } from './activities/domain-failure-interceptor';
import { jobEndInterceptor } from './activities/job-end-interceptor';
import { activityLogInterceptors } from './activities/log-interceptors';
import { createQueryActivities } from './activities/query-activities';
import { createReportActivities } from './activities/report-activities';
import type { ResultDependencies } from './activities/result-ends';
import { createSyncJobActivities } from './activities/sync-job-activities';
import { timedStores } from './activities/timed-stores';
import { activityTraceInterceptor } from './activities/trace-interceptor';
import { sha256Base64 } from './adapters/digest';
import { createUploadReader } from './adapters/ingest/upload-reader';
import { accountStores } from './adapters/mongo/account-stores';
import { openDatabase } from './adapters/mongo/database';
import { ensureIndexes } from './adapters/mongo/indexes';
import { MongoAccounts } from './adapters/mongo/mongo-accounts';
import { MongoOpenJobs } from './adapters/mongo/mongo-open-jobs';
import { MongoExpiredResults, MongoQueryResults } from './adapters/mongo/mongo-query-results';
import { MongoGraphReader } from './adapters/mongo/query/mongo-graph-reader';
import { BlobResultContent } from './adapters/s3/result-content';
import { S3BlobStore } from './adapters/s3/s3-blob-store';
import { lazyTemporalClient } from './adapters/temporal/temporal-client';
import { TemporalSyncJobRunner } from './adapters/temporal/temporal-sync-job-runner';
import { loadWorkerConfig } from './config/config';
import { openStatuses } from './contracts/sync-job';
import type { TraceSinks } from './contracts/temporal/trace';
import { removeExpired } from './domain/query/remove-expired';
import type { FinalizeStores } from './domain/sync-job/finalize-deps';
import { keepJobs, type KeepJobsRequest } from './domain/sync-job/job-keeper';
import { accountForExternalMemory } from './observability/external-memory';
import { createHealthServer } from './observability/health-server';
import { createLogger } from './observability/logger';
import { watchOpenJobs } from './observability/open-jobs-watch';
import { createReadiness } from './observability/readiness';
import { sdkLogger } from './observability/sdk-logger';
import { startTelemetry, type Telemetry } from './observability/telemetry';
import { createWorkerMetrics, type WorkerMetrics } from './observability/worker-metrics';
import { heapTrimmer } from './observability/heap-trimmer';
import { youngCollector } from './observability/young-collector';

/** Built by `npm run build` beside this file: one bundle without the interceptors of traces, one with them. */
const bundleFile = (isTraced: boolean): string => (isTraced ? 'workflow-bundle-traced.js' : 'workflow-bundle.js');

/** What a worker holds that has large jobs; 256 MB are what it may. */
const untrimmedBytes = 200 * 1024 * 1024;
const trimEveryMs = 10_000;

accountForExternalMemory();

async function main(): Promise<void> {
  const config = loadWorkerConfig(process.env);
  const traced = config.telemetry.enabled;
  const logger = createLogger({ level: config.log.level, name: 'worker', traced });
  for (const name of config.unknownSettings) logger.warn({ setting: name }, 'unknown setting; is it misspelt?');
  const telemetry = await startTelemetry({ ...config.telemetry, serviceName: 'perijove-worker' });
  Runtime.install({
    logger: sdkLogger(logger),
    shutdownSignals: ['SIGINT', 'SIGTERM'],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'WARN' } },
      ...(config.sdkMetricsPort > 0 && {
        metrics: {
          prometheus: {
            bindAddress: `${config.health.host}:${String(config.sdkMetricsPort)}`,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
          globalTags: { service: 'perijove-worker' },
        },
      }),
    },
  });
  const database = openDatabase({ ...config.mongo, appName: 'perijove-worker', traced });
  const blobs = new S3BlobStore({ ...config.s3, traced });
  const shared = {
    database,
    blobs,
    reader: createUploadReader(config.limits),
    maxBulkFileBytes: config.limits.maxBulkFileBytes,
  };
  const metrics = createWorkerMetrics();
  await ensureIndexes(database.db);
  const accounts = new MongoAccounts(database);
  const stores = new LRUCache<string, FinalizeStores>({
    max: keptAccounts,
    memoMethod: (account) => timedStores(accountStores(shared, account), metrics),
  });
  const results: ResultDependencies = {
    storesOf: (account) => ({
      results: new MongoQueryResults(database, account),
      content: new BlobResultContent(blobs, account),
      graph: new MongoGraphReader(database, account),
      policies: [],
      maxBytes: config.maxQueryBytes,
    }),
    accountExists: async (account) => await accounts.exists(account),
    now: Date.now,
    limits: config.results,
    metrics,
  };
  const { address, namespace, apiKey, tls, taskQueue } = config.temporal;
  const connection = await NativeConnection.connect({
    address,
    ...(tls && { tls: true }),
    ...(apiKey !== undefined && { apiKey }),
  });
  const collectYoung = youngCollector();
  const trimHeap = heapTrimmer({ aboveBytes: untrimmedBytes, everyMs: trimEveryMs, now: Date.now });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: join(__dirname, bundleFile(traced)) },
    ...(traced && { sinks: traceSinks(telemetry) }),
    activities: {
      ...createSyncJobActivities({
        storesOf: (account) => stores.memo(account),
        accountExists: async (account) => await accounts.exists(account),
        now: Date.now,
        uploadWindowMs: config.uploadWindowMs,
        applyLanes: config.applyLanes,
        betweenPieces: () => {
          collectYoung();
          trimHeap();
        },
        deleteGuard: config.deleteGuard,
      }),
      ...createQueryActivities({ ...results, digest: sha256Base64 }),
      ...createReportActivities(results),
    },
    interceptors: {
      activity: [
        activityLogInterceptors,
        ...(traced ? [() => ({ inbound: activityTraceInterceptor })] : []),
        () => ({ inbound: domainFailureInterceptor }),
        () => ({ inbound: jobEndInterceptor(metrics) }),
      ],
    },
    maxCachedWorkflows: config.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: config.maxConcurrentActivities,
    // Cancellation is heard with a heartbeat, and a query that somebody has stopped should stop soon.
    maxHeartbeatThrottleInterval: '2s',
    shutdownGraceTime: config.shutdownGraceMs,
    shutdownForceTime: config.shutdownGraceMs + 15_000,
  });
  const temporal = lazyTemporalClient({ ...config.temporal, traced });
  const readiness = createReadiness({
    checks: {
      mongodb: async () => await database.db.command({ ping: 1 }),
      temporal: async () => {
        await temporal.ping();
      },
      worker: async () => {
        if (worker.getState() !== 'RUNNING') return await Promise.reject(new Error(worker.getState()));
      },
    },
    advisory: {
      s3: async () => {
        await blobs.ping();
      },
    },
    onFailure: (dependency, err) => {
      logger.warn({ dependency, err }, 'a dependency does not answer');
    },
  });
  const health = await createHealthServer({ ...config.health, readiness, metrics });
  const openJobs = new MongoOpenJobs(database);
  const keeper = new AbortController();
  const watching = watchOpenJobs({
    signal: keeper.signal,
    everyMs: watchEveryMs,
    openStatuses,
    read: async () => await openJobs.byStatus(Date.now()),
    metrics,
    onFailure: (err) => {
      logger.warn({ err }, 'counting open jobs failed; trying again');
    },
  });
  const keeping = keepOn(keeper.signal, logger, metrics, {
    jobs: openJobs,
    storeOf: (account) => accountStores(shared, account).jobs,
    runs: new TemporalSyncJobRunner(async () => await temporal.get(), taskQueue),
  });
  const sweeping = sweepOn(keeper.signal, logger, metrics, {
    expired: new MongoExpiredResults(database),
    contentOf: (account) => new BlobResultContent(blobs, account),
  });
  logger.info({ taskQueue, address, namespace }, 'worker is polling');
  try {
    await worker.run();
  } finally {
    readiness.drain();
    keeper.abort();
    await Promise.all([keeping, watching, sweeping]);
    await health.close();
    await Promise.all([connection.close(), temporal.close(), database.client.close(), telemetry.stop()]);
    blobs.close();
  }
}

/** Not while a worker replays: the worker that ran the workflow first has sent its spans. */
const traceSinks = (telemetry: Telemetry): InjectedSinks<TraceSinks> => ({
  traces: {
    ended: {
      fn: (_info, span) => {
        telemetry.record(span);
      },
      callDuringReplay: false,
    },
  },
});

const keptAccounts = 1_000;
const watchEveryMs = 15_000;
const keepEveryMs = 5_000;
const keepIdleMs = 10_000;
const keepLimit = 200;

async function keepOn(
  signal: AbortSignal,
  logger: ReturnType<typeof createLogger>,
  { syncJobsKept }: Pick<WorkerMetrics, 'syncJobsKept'>,
  request: Pick<KeepJobsRequest, 'jobs' | 'runs' | 'storeOf'>,
): Promise<void> {
  let after = '';
  while (!signal.aborted) {
    await sleep(keepEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const kept = await keepJobs({ ...request, now: Date.now(), idleMs: keepIdleMs, limit: keepLimit, after });
      after = kept.next;
      for (const job of kept.resumed) {
        syncJobsKept.inc({ action: 'resumed' });
        logger.warn(job, 'the job had no run; it has a new one');
      }
      for (const job of kept.aborted) {
        syncJobsKept.inc({ action: 'aborted' });
        // Its new run counts the end.
        logger.warn(job, 'the run of the job was stopped; the job is aborted');
      }
    } catch (err) {
      logger.warn({ err }, 'looking after open jobs failed; trying again');
    }
  }
}

const sweepEveryMs = 30_000;
const sweepLimit = 200;

/** Every worker clears expired results away; two that meet at one do no harm. */
async function sweepOn(
  signal: AbortSignal,
  logger: ReturnType<typeof createLogger>,
  { resultsRemoved }: Pick<WorkerMetrics, 'resultsRemoved'>,
  request: Omit<Parameters<typeof removeExpired>[0], 'now' | 'limit'>,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(sweepEveryMs, undefined, { signal }).catch(() => undefined);
    try {
      for (let removed = sweepLimit; removed === sweepLimit && !signal.aborted;) {
        removed = await removeExpired({ ...request, now: Date.now(), limit: sweepLimit });
        resultsRemoved.inc(removed);
      }
    } catch (err) {
      logger.warn({ err }, 'clearing expired results away failed; trying again');
    }
  }
}

main().catch((err: unknown) => {
  console.error(err instanceof Error ? err.message : err);
  // What is open by now would keep a process alive that does nothing.
  process.exit(1);
});
