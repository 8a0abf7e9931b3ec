import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { maxEntryNameLength } from '../../domain/graph/raw-data-entries';
import type { UploadReader } from '../../domain/ingest/upload-reader';
import type { Authenticator, Tenants } from '../../domain/ports';
import type { Metrics } from '../../observability/metrics';
import type { Readiness } from '../../observability/readiness';
import { registerAbortSyncJob } from './abort-sync-job';
import { registerAbout } from './about';
import { registerAnswerGraphql, type GraphqlOptions } from './answer-graphql';
import type { ApiDependencies } from './api-dependencies';
import { createByteBudget } from './body/byte-budget';
import { answerClientError } from './client-error';
import { registerApproveSyncJob } from './approve-sync-job';
import { registerCompareVersions } from './compare-versions';
import { registerCreateUploadUrl } from './create-upload-url';
import { requireCredentials } from './credentials';
import { registerDeleteRawData } from './delete-raw-data';
import { registerDownloadRawData } from './download-raw-data';
import { registerExplainQuery } from './explain-query';
import { registerExportGraph } from './export-graph';
import { registerFinalizeSyncJob } from './finalize-sync-job';
import { registerGetDryRun } from './get-dry-run';
import { registerGetRawData } from './get-raw-data';
import { registerGetSyncJob } from './get-sync-job';
import { registerGetVersion } from './get-version';
import { registerListRawDataEntryVersions } from './list-raw-data-entry-versions';
import { registerListRawDataVersions } from './list-raw-data-versions';
import { registerListSyncJobs } from './list-sync-jobs';
import { registerListVersions } from './list-versions';
import { answerUnknownRoutes } from './not-found';
import { registerOptimizeQueries } from './optimize-queries';
import { registerProbes } from './probes';
import { isOurFault, toProblem } from './problem';
import { registerPutRawData } from './put-raw-data';
import { registerLocateQueryResult, registerQueryResults, type QueryResultsOptions } from './query-result';
import { requestIdOf } from './request-id';
import { observeRequests } from './request-log';
import { RequestLogger } from './request-logger';
import { traceRequests } from './request-span';
import { addResponseHeaders, writeCommonHeaders } from './response-headers';
import { registerShowGraphiql } from './show-graphiql';
import { registerStartSyncJob } from './start-sync-job';
import { registerSyncJobEvents } from './sync-job-events';
import { registerUploadObjects } from './upload-objects';
import { registerValidateQueries } from './validate-queries';

export interface ApiLimits {
  /** Of one upload, as sent and decompressed. */
  readonly maxBodyBytes: number;
  /** Of all bodies in memory together; at least one is always admitted. */
  readonly maxInFlightBodyBytes: number;
}

export interface ApiOptions {
  readonly authenticator: Authenticator;
  readonly tenants: Tenants;
  readonly reader: UploadReader;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly limits: ApiLimits;
  readonly graphql: GraphqlOptions;
  readonly queryResults: QueryResultsOptions;
  /** Makes a span of every request. */
  readonly traced?: boolean;
  /** Origins whose pages may call the API from a browser. */
  readonly corsOrigins?: readonly string[];
  /** A body that stops coming for so long is given up. */
  readonly bodyIdleTimeoutMs?: number;
}

const maxSmallBodyBytes = 1024 * 1024;
/** Mutations carry raw data. */
const maxGraphqlBodyBytes = 8 * maxSmallBodyBytes;
const requestTimeoutMs = 15 * 60_000;
const keepAliveTimeoutMs = 65_000;

/** The HTTP API, not yet listening. */
export function buildApp(options: ApiOptions): FastifyInstance {
  const { metrics, limits, bodyIdleTimeoutMs = 30_000 } = options;
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    genReqId: requestIdOf,
    childLoggerFactory: (logger, bindings) => new RequestLogger(logger, bindings),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: maxEntryNameLength },
    frameworkErrors: sendProblem,
    clientErrorHandler: answerClientError,
  });
  const budget = createByteBudget(limits.maxInFlightBodyBytes, (inUse) => metrics.inFlightBodyBytes.set(inUse));
  const uploads = { budget, maxBytes: limits.maxBodyBytes, idleTimeoutMs: bodyIdleTimeoutMs };
  const api: ApiDependencies = {
    tenants: options.tenants,
    reader: options.reader,
    metrics,
    uploads,
    smallBodies: { ...uploads, maxBytes: Math.min(maxSmallBodyBytes, limits.maxBodyBytes) },
    graphqlBodies: { ...uploads, maxBytes: Math.min(maxGraphqlBodyBytes, limits.maxBodyBytes) },
  };

  app.decorateRequest('principal', null);
  app.setErrorHandler(sendProblem);
  answerUnknownRoutes(app);
  addResponseHeaders(app, options.corsOrigins ?? []);
  observeRequests(app, options);
  if (options.traced) traceRequests(app);
  readBodiesInHandlers(app);

  registerAbout(app);
  registerShowGraphiql(app);
  registerProbes(app, options);
  registerQueryResults(app, options.queryResults);
  app.register(async (secured) => {
    secured.addHook('onRequest', requireCredentials(options.authenticator));
    registerStartSyncJob(secured, api);
    registerListSyncJobs(secured, api);
    registerGetSyncJob(secured, api);
    registerUploadObjects(secured, { api, shape: 'upload' });
    registerUploadObjects(secured, { api, shape: 'entities' });
    registerUploadObjects(secured, { api, shape: 'relationships' });
    registerCreateUploadUrl(secured, api);
    registerFinalizeSyncJob(secured, api);
    registerGetDryRun(secured, api);
    registerApproveSyncJob(secured, api);
    registerAbortSyncJob(secured, api);
    registerSyncJobEvents(secured, api);
    for (const kind of ['entity', 'relationship'] as const) {
      registerExportGraph(secured, { api, kind });
      registerListVersions(secured, { api, kind });
      registerGetVersion(secured, { api, kind });
      registerCompareVersions(secured, { api, kind });
    }
    registerGetRawData(secured, api);
    registerListRawDataVersions(secured, api);
    registerListRawDataEntryVersions(secured, api);
    registerDownloadRawData(secured, api);
    registerPutRawData(secured, api);
    registerDeleteRawData(secured, api);
    registerValidateQueries(secured, api);
    registerOptimizeQueries(secured, api);
    registerExplainQuery(secured, api);
    registerLocateQueryResult(secured, { api, publicUrl: options.queryResults.publicUrl });
    registerAnswerGraphql(secured, { api, options: options.graphql });
  });
  return app;
}

/** Fastify must not touch bodies: each handler decides when to read, after it knows that it wants to. */
function readBodiesInHandlers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

function sendProblem(err: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(err, request.id);
  if (isOurFault(problem)) request.log.error({ err }, 'request failed');
  else request.log.info({ code: problem.body.error.code, message: problem.body.error.message }, 'request refused');
  writeCommonHeaders(request, reply);
  void reply.status(problem.status).headers(problem.headers).send(problem.body);
}
