import { buildApp } from './api/http/build-app';
import { createUploadReader } from './adapters/ingest/upload-reader';
import { GraphCopies } from './adapters/mongo/copy/graph-copies';
import type { CopyEvent } from './adapters/mongo/copy/followed-graph';
import { openDatabase } from './adapters/mongo/database';
import { ensureIndexes } from './adapters/mongo/indexes';
import { MongoAccounts, MongoAuthenticator } from './adapters/mongo/mongo-accounts';
import { MongoPublishedResults } from './adapters/mongo/mongo-query-results';
import { secretOf } from './adapters/mongo/mongo-secrets';
import { BlobResultContent } from './adapters/s3/result-content';
import { S3BlobStore } from './adapters/s3/s3-blob-store';
import { createSeal } from './adapters/seal';
import { lazyTemporalClient } from './adapters/temporal/temporal-client';
import { TemporalResultRunner } from './adapters/temporal/temporal-result-runner';
import { TemporalSyncJobRunner } from './adapters/temporal/temporal-sync-job-runner';
import { loadServerConfig } from './config/config';
import { QueryCursors } from './domain/query/query-cursors';
import { ResultDocuments } from './domain/query/result-documents';
import { ResultTokens } from './domain/query/result-tokens';
import { accountForExternalMemory } from './observability/external-memory';
import type { Logger } from 'pino';
import { createLogger } from './observability/logger';
import { createMetrics } from './observability/metrics';
import { createReadiness } from './observability/readiness';
import { startTelemetry } from './observability/telemetry';
import { createTenants } from './tenants';

accountForExternalMemory();

async function main(): Promise<void> {
  const config = loadServerConfig(process.env);
  const traced = config.telemetry.enabled;
  const logger = createLogger({ level: config.log.level, name: 'server', traced });
  for (const name of config.unknownSettings) logger.warn({ setting: name }, 'unknown setting; is it misspelt?');
  const telemetry = await startTelemetry({ ...config.telemetry, serviceName: 'perijove-server' });
  const database = openDatabase({ ...config.mongo, appName: 'perijove-server', traced });
  const blobs = new S3BlobStore({ ...config.s3, traced });
  const temporal = lazyTemporalClient({ ...config.temporal, traced });
  await ensureIndexes(database.db);
  const accounts = new MongoAccounts(database);
  if (config.bootstrap) await accounts.bootstrap(config.bootstrap);
  const copies = new GraphCopies(database, {
    maxBytes: config.queries.copyBytes,
    report: (event) => reportCopy(logger, event),
  });
  const seal = createSeal(await secretOf(database, 'queries'));
  const tokens = new ResultTokens((text) => seal.sign(text));
  const reader = createUploadReader(config.limits);
  const readiness = createReadiness({
    checks: {
      mongodb: async () => await database.db.command({ ping: 1 }),
      temporal: async () => {
        await temporal.ping();
      },
    },
    // Small uploads, and everything that only asks, go on without it.
    advisory: {
      s3: async () => {
        await blobs.ping();
      },
    },
    onFailure: (dependency, err) => {
      logger.warn({ dependency, err }, 'a dependency does not answer');
    },
  });
  const app = buildApp({
    authenticator: new MongoAuthenticator(accounts, Date.now),
    tenants: createTenants(config, {
      database,
      blobs,
      reader,
      copies,
      seal,
      tokens,
      runner: new TemporalSyncJobRunner(async () => await temporal.get(), config.temporal.taskQueue),
      resultRunner: new TemporalResultRunner(async () => await temporal.get(), config.temporal.taskQueue),
    }),
    reader,
    logger,
    traced,
    metrics: createMetrics({ graphCopyBytes: () => copies.byteLength }),
    readiness,
    limits: config.http,
    graphql: { ...config.graphql, publicUrl: config.http.publicUrl },
    queryResults: {
      documents: new ResultDocuments({
        results: new MongoPublishedResults(database),
        contentOf: (account) => new BlobResultContent(blobs, account),
        tokens,
        cursorAt: ({ account, id, question }, page) =>
          new QueryCursors(seal, account).write({ kind: 'result', result: id, page }, question),
        now: Date.now,
      }),
      publicUrl: config.http.publicUrl,
    },
    corsOrigins: config.http.corsOrigins,
  });
  await app.listen({ host: config.http.host, port: config.http.port });
  logger.info({ host: config.http.host, port: config.http.port }, 'API is listening');
  await stopSignal();
  readiness.drain();
  await app.close();
  copies.close();
  await Promise.all([temporal.close(), database.client.close(), telemetry.stop()]);
  blobs.close();
}

function reportCopy(logger: Logger, { kind, ...event }: CopyEvent): void {
  if (kind === 'loaded') logger.info(event, 'graph copied into memory');
  else logger.warn(event, 'no copy of the graph is kept; queries read MongoDB');
}

async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

main().catch((err: unknown) => {
  console.error(err instanceof Error ? err.message : err);
  // What is open by now would keep a process alive that does nothing.
  process.exit(1);
});
