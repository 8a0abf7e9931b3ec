import { NativeConnection, Runtime, Worker, type Logger as RuntimeLogger } from '@temporalio/worker';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { domainFailureInterceptor } from './activities/domain-failure-interceptor';
import { createSyncJobActivities } from './activities/sync-job-activities';
import { createUploadReader } from './adapters/ingest/upload-reader';
import { accountStores } from './adapters/mongo/account-stores';
import { openDatabase } from './adapters/mongo/database';
import { ensureIndexes } from './adapters/mongo/indexes';
import { MongoAccounts } from './adapters/mongo/mongo-accounts';
import { MongoOpenJobs } from './adapters/mongo/mongo-open-jobs';
import { S3BlobStore } from './adapters/s3/s3-blob-store';
import { lazyTemporalClient } from './adapters/temporal/temporal-client';
import { TemporalSyncJobRunner } from './adapters/temporal/temporal-sync-job-runner';
import { loadWorkerConfig } from './config/config';
import { keepJobs, type KeepJobsRequest } from './domain/sync-job/job-keeper';
import { createHealthServer } from './observability/health-server';
import { createLogger } from './observability/logger';
import { createMetrics } from './observability/metrics';
import { createReadiness } from './observability/readiness';
import { startTelemetry } from './observability/telemetry';

/** Built by `npm run build` beside this file. */
const workflowBundle = { codePath: join(__dirname, 'workflow-bundle.js') };

async function main(): Promise<void> {
  const config = loadWorkerConfig(process.env);
  const logger = createLogger({ level: config.log.level, name: 'worker' });
  for (const name of config.unknownSettings) logger.warn({ name }, 'unknown setting; is it misspelt?');
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
          },
          globalTags: { service: 'perijove-worker' },
        },
      }),
    },
  });
  const database = openDatabase({ ...config.mongo, appName: 'perijove-worker' });
  const blobs = new S3BlobStore(config.s3);
  const shared = {
    database,
    blobs,
    reader: createUploadReader(config.limits),
    maxBulkFileBytes: config.limits.maxBulkFileBytes,
  };
  await ensureIndexes(database.db);
  const accounts = new MongoAccounts(database);
  const { address, namespace, apiKey, tls, taskQueue } = config.temporal;
  const connection = await NativeConnection.connect({
    address,
    ...(tls && { tls: true }),
    ...(apiKey !== undefined && { apiKey }),
  });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities: createSyncJobActivities({
      storesOf: (account) => accountStores(shared, account),
      accountExists: async (account) => await accounts.exists(account),
      now: Date.now,
      uploadWindowMs: config.uploadWindowMs,
      applyLanes: config.applyLanes,
      deleteGuard: config.deleteGuard,
    }),
    interceptors: { activity: [() => ({ inbound: domainFailureInterceptor })] },
    maxCachedWorkflows: config.maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: config.maxConcurrentActivities,
    shutdownGraceTime: config.shutdownGraceMs,
    shutdownForceTime: config.shutdownGraceMs + 15_000,
  });
  const readiness = createReadiness({
    checks: {
      mongodb: async () => await database.db.command({ ping: 1 }),
      worker: async () => {
        if (worker.getState() !== 'RUNNING') return await Promise.reject(new Error(worker.getState()));
      },
    },
  });
  const health = await createHealthServer({ ...config.health, readiness, metrics: createMetrics() });
  const temporal = lazyTemporalClient(config.temporal);
  const keeper = new AbortController();
  const keeping = keepOn(keeper.signal, logger, {
    jobs: new MongoOpenJobs(database),
    storeOf: (account) => accountStores(shared, account).jobs,
    runs: new TemporalSyncJobRunner(async () => await temporal.get(), taskQueue),
  });
  logger.info({ taskQueue, address, namespace }, 'worker is polling');
  try {
    await worker.run();
  } finally {
    readiness.drain();
    keeper.abort();
    await keeping;
    await health.close();
    await Promise.all([connection.close(), temporal.close(), database.client.close(), telemetry.stop()]);
    blobs.close();
  }
}

const keepEveryMs = 5_000;
const keepIdleMs = 10_000;
const keepLimit = 200;

async function keepOn(
  signal: AbortSignal,
  logger: ReturnType<typeof createLogger>,
  request: Pick<KeepJobsRequest, 'jobs' | 'runs' | 'storeOf'>,
): Promise<void> {
  let after = '';
  while (!signal.aborted) {
    await sleep(keepEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const kept = await keepJobs({ ...request, now: Date.now(), idleMs: keepIdleMs, limit: keepLimit, after });
      after = kept.next;
      for (const jobId of kept.resumed) logger.warn({ jobId }, 'the job had no run; it has a new one');
      for (const jobId of kept.aborted) logger.warn({ jobId }, 'the run of the job was stopped; the job is aborted');
    } catch (err) {
      logger.warn({ err }, 'looking after open jobs failed; trying again');
    }
  }
}

/** The SDK names an error `error`; our log names it `err`, and shows it without what could be data. */
function sdkLogger(logger: ReturnType<typeof createLogger>): RuntimeLogger {
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Readonly<Record<string, unknown>>) => {
      const { error, taskToken: _taskToken, ...rest } = meta ?? {};
      logger[level]({ ...rest, ...(error !== undefined && { err: error }) }, message);
    };
  const byLevel = {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return {
    ...byLevel,
    log: (level, message, meta) => {
      byLevel[level.toLowerCase() as keyof typeof byLevel](message, meta);
    },
  };
}

main().catch((err: unknown) => {
  console.error(err instanceof Error ? err.message : err);
  // What is open by now would keep a process alive that does nothing.
  process.exit(1);
});
