import { readSettings, unknownSettings, type Environment, type Rule } from './read-settings';
import { serverSettings, workerSettings, type ValuesOf } from './settings';

type ServerValues = ValuesOf<typeof serverSettings>;
type WorkerValues = ValuesOf<typeof workerSettings>;
type SharedValues = Pick<ServerValues, keyof ServerValues & keyof WorkerValues>;

export type ServerConfig = ReturnType<typeof loadServerConfig>;
export type WorkerConfig = ReturnType<typeof loadWorkerConfig>;

const minTokenLength = 10;

const s3KeysComeTogether: Rule<SharedValues> = (values) =>
  (values.PERIJOVE_S3_ACCESS_KEY_ID === undefined) === (values.PERIJOVE_S3_SECRET_ACCESS_KEY === undefined)
    ? undefined
    : 'PERIJOVE_S3_ACCESS_KEY_ID and PERIJOVE_S3_SECRET_ACCESS_KEY must be set together.';

const bootstrapComesTogether: Rule<ServerValues> = (values) =>
  (values.PERIJOVE_BOOTSTRAP_ACCOUNT === undefined) === (values.PERIJOVE_BOOTSTRAP_TOKEN === undefined)
    ? undefined
    : 'PERIJOVE_BOOTSTRAP_ACCOUNT and PERIJOVE_BOOTSTRAP_TOKEN must be set together.';

const tokenIsLong: Rule<ServerValues> = ({ PERIJOVE_BOOTSTRAP_TOKEN: token }) =>
  token === undefined || token.length >= minTokenLength
    ? undefined
    : `PERIJOVE_BOOTSTRAP_TOKEN must have at least ${minTokenLength} characters; clients refuse shorter ones.`;

/** @throws ConfigError with all problems at once. */
export function loadServerConfig(env: Environment) {
  const values = readSettings(
    { settings: serverSettings, rules: [s3KeysComeTogether, bootstrapComesTogether, tokenIsLong] },
    env,
  );
  return freeze({
    ...sharedPart(values, env),
    http: {
      host: values.PERIJOVE_API_HOST,
      port: values.PERIJOVE_API_PORT,
      publicUrl: values.PERIJOVE_PUBLIC_URL,
      corsOrigins: values.PERIJOVE_CORS_ORIGINS,
      maxBodyBytes: values.PERIJOVE_MAX_BODY_BYTES,
      maxInFlightBodyBytes: values.PERIJOVE_MAX_IN_FLIGHT_BODY_BYTES,
    },
    graphql: {
      limits: {
        depth: values.PERIJOVE_GRAPHQL_MAX_DEPTH,
        cost: values.PERIJOVE_GRAPHQL_MAX_COST,
        aliases: values.PERIJOVE_GRAPHQL_MAX_ALIASES,
        tokens: values.PERIJOVE_GRAPHQL_MAX_TOKENS,
      },
      maxObjects: values.PERIJOVE_GRAPHQL_MAX_OBJECTS,
      introspection: values.PERIJOVE_GRAPHQL_INTROSPECTION,
      maxOperations: values.PERIJOVE_GRAPHQL_MAX_OPERATIONS,
    },
    queries: {
      timeoutMs: values.PERIJOVE_QUERY_TIMEOUT_MS,
      maxConcurrent: values.PERIJOVE_MAX_CONCURRENT_QUERIES,
      pagesBytes: values.PERIJOVE_QUERY_PAGES_BYTES,
      copyBytes: values.PERIJOVE_GRAPH_COPY_BYTES,
    },
    uploadUrlTtlMs: values.PERIJOVE_UPLOAD_URL_TTL_MS,
    bootstrap:
      values.PERIJOVE_BOOTSTRAP_ACCOUNT === undefined || values.PERIJOVE_BOOTSTRAP_TOKEN === undefined
        ? undefined
        : { account: values.PERIJOVE_BOOTSTRAP_ACCOUNT, token: values.PERIJOVE_BOOTSTRAP_TOKEN },
  });
}

/** @throws ConfigError with all problems at once. */
export function loadWorkerConfig(env: Environment) {
  const values = readSettings({ settings: workerSettings, rules: [s3KeysComeTogether] }, env);
  return freeze({
    ...sharedPart(values, env),
    health: { host: values.PERIJOVE_WORKER_HEALTH_HOST, port: values.PERIJOVE_WORKER_HEALTH_PORT },
    sdkMetricsPort: values.PERIJOVE_WORKER_METRICS_PORT,
    maxCachedWorkflows: values.PERIJOVE_MAX_CACHED_WORKFLOWS,
    maxConcurrentActivities: values.PERIJOVE_MAX_CONCURRENT_ACTIVITIES,
    applyLanes: values.PERIJOVE_APPLY_LANES,
    deleteGuard:
      values.PERIJOVE_MAX_DELETE_SHARE === undefined
        ? undefined
        : { maxShare: values.PERIJOVE_MAX_DELETE_SHARE, holdMs: values.PERIJOVE_DELETE_HOLD_MS },
  });
}

function sharedPart(values: SharedValues, env: Environment) {
  return {
    mongo: { uri: values.PERIJOVE_MONGO_URI, database: values.PERIJOVE_MONGO_DATABASE },
    temporal: {
      address: values.PERIJOVE_TEMPORAL_ADDRESS,
      namespace: values.PERIJOVE_TEMPORAL_NAMESPACE,
      apiKey: values.PERIJOVE_TEMPORAL_API_KEY,
      tls: values.PERIJOVE_TEMPORAL_TLS || values.PERIJOVE_TEMPORAL_API_KEY !== undefined,
      taskQueue: values.PERIJOVE_TASK_QUEUE,
    },
    s3: {
      endpoint: values.PERIJOVE_S3_ENDPOINT,
      publicEndpoint: values.PERIJOVE_S3_PUBLIC_ENDPOINT,
      region: values.PERIJOVE_S3_REGION,
      bucket: values.PERIJOVE_S3_BUCKET,
      forcePathStyle: values.PERIJOVE_S3_FORCE_PATH_STYLE,
      credentials:
        values.PERIJOVE_S3_ACCESS_KEY_ID === undefined || values.PERIJOVE_S3_SECRET_ACCESS_KEY === undefined
          ? undefined
          : { accessKeyId: values.PERIJOVE_S3_ACCESS_KEY_ID, secretAccessKey: values.PERIJOVE_S3_SECRET_ACCESS_KEY },
    },
    limits: {
      maxKeyBytes: values.PERIJOVE_MAX_KEY_BYTES,
      maxObjectBytes: values.PERIJOVE_MAX_OBJECT_BYTES,
      maxBulkFileBytes: values.PERIJOVE_MAX_BULK_FILE_BYTES,
    },
    maxQueryBytes: values.PERIJOVE_QUERY_MAX_BYTES,
    uploadWindowMs: values.PERIJOVE_UPLOAD_WINDOW_MS,
    results: { timeoutMs: values.PERIJOVE_DEFERRED_TIMEOUT_MS, keepMs: values.PERIJOVE_RESULT_KEEP_MS },
    log: { level: values.PERIJOVE_LOG_LEVEL },
    telemetry: { enabled: values.PERIJOVE_OTEL_ENABLED, endpoint: values.PERIJOVE_OTEL_ENDPOINT },
    shutdownGraceMs: values.PERIJOVE_SHUTDOWN_GRACE_MS,
    /** Set but unknown: most likely misspelt. Worth a warning, never an error, for newer and older releases share environments. */
    unknownSettings: unknownSettings(env),
  };
}

function freeze<Value extends object>(value: Value): Readonly<Value> {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) freeze(member as object);
  }
  return Object.freeze(value);
}
