import type { z } from 'zod';
import {
  boolean,
  bucketName,
  choice,
  hostAndPort,
  integer,
  mongoUri,
  optionalShare,
  optionalText,
  optionalUrl,
  origins,
  port,
  text,
} from './setting-types';

const kib = 1024;
const mib = 1024 * kib;
const gib = 1024 * mib;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** One sentence for `docs/settings.md`. */
  readonly about: string;
  /** Never shown, not even in part. */
  readonly secret: boolean;
}

const setting = <Schema extends z.ZodType>(schema: Schema, about: string): Setting<Schema> => ({
  schema,
  about,
  secret: false,
});
const secret = <Schema extends z.ZodType>(schema: Schema, about: string): Setting<Schema> => ({
  schema,
  about,
  secret: true,
});

const connections = {
  PERIJOVE_MONGO_URI: secret(
    mongoUri('mongodb://127.0.0.1:27117/?replicaSet=perijove'),
    'Connection string of the MongoDB replica set or sharded cluster (6.0 or newer).',
  ),
  PERIJOVE_MONGO_DATABASE: setting(text('perijove'), 'Database that holds everything.'),
  PERIJOVE_TEMPORAL_ADDRESS: setting(hostAndPort('127.0.0.1:7233'), 'Frontend of the Temporal cluster, `host:port`.'),
  PERIJOVE_TEMPORAL_NAMESPACE: setting(text('default'), 'Temporal namespace of the workflows.'),
  PERIJOVE_TEMPORAL_API_KEY: secret(optionalText(), 'API key of Temporal Cloud; turns TLS on.'),
  PERIJOVE_TEMPORAL_TLS: setting(boolean(false), 'Connect to Temporal with TLS.'),
  PERIJOVE_TASK_QUEUE: setting(text('graph-sync'), 'Temporal task queue of all workflows.'),
  PERIJOVE_S3_ENDPOINT: setting(optionalUrl(), 'Endpoint of an S3-compatible store. Unset: Amazon S3.'),
  PERIJOVE_S3_PUBLIC_ENDPOINT: setting(
    optionalUrl(),
    'Endpoint that presigned URLs name, where clients reach the store under another address than the server does.',
  ),
  PERIJOVE_S3_REGION: setting(text('us-east-1'), 'Region of the bucket.'),
  PERIJOVE_S3_BUCKET: setting(bucketName('perijove'), 'Bucket of bulk files, large uploads and results.'),
  PERIJOVE_S3_ACCESS_KEY_ID: secret(optionalText(), 'Access key. Unset: the default credential chain of the AWS SDK.'),
  PERIJOVE_S3_SECRET_ACCESS_KEY: secret(optionalText(), 'Secret that belongs to the access key.'),
  PERIJOVE_S3_FORCE_PATH_STYLE: setting(
    boolean(true),
    'Put the bucket into the path instead of the host name, as most S3-compatible stores need.',
  ),
};

const shared = {
  ...connections,
  PERIJOVE_MAX_KEY_BYTES: setting(integer(1024, { min: 16, max: 16 * kib }), 'Longest `_key` in bytes of UTF-8.'),
  PERIJOVE_MAX_OBJECT_BYTES: setting(
    integer(12 * mib, { min: kib, max: 15 * mib }),
    'Largest single entity or relationship, raw data included. A MongoDB document cannot exceed 16 MiB.',
  ),
  PERIJOVE_MAX_BULK_FILE_BYTES: setting(
    integer(5 * gib, { min: kib, max: 5 * gib }),
    'Largest bulk file. S3 takes at most 5 GiB in one PUT.',
  ),
  PERIJOVE_UPLOAD_WINDOW_MS: setting(
    integer(day, { min: 1000, max: 30 * day }),
    'A job that gets no upload and no finalize for so long is aborted.',
  ),
  PERIJOVE_QUERY_MAX_BYTES: setting(
    integer(64 * mib, { min: mib, max: 64 * gib }),
    'Memory that one query may take. Over it the query ends with `QUERY_TOO_LARGE`.',
  ),
  PERIJOVE_DEFERRED_TIMEOUT_MS: setting(
    integer(5 * minute, { min: 1000, max: day }),
    'How long a deferred query or a report may take, the wait for a worker included. More than 300,000 needs a longer `minSnapshotHistoryWindowInSeconds` in MongoDB.',
  ),
  PERIJOVE_RESULT_KEEP_MS: setting(
    integer(2 * day, { min: minute, max: 30 * day }),
    'How long results of deferred queries and reports can be read.',
  ),
  PERIJOVE_LOG_LEVEL: setting(
    choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
    'Least severe log lines to write.',
  ),
  PERIJOVE_OTEL_ENABLED: setting(boolean(false), 'Send traces with OpenTelemetry.'),
  PERIJOVE_OTEL_ENDPOINT: setting(
    optionalUrl(),
    'OTLP/HTTP endpoint of the collector. Unset: the standard `OTEL_*` variables and their defaults.',
  ),
  PERIJOVE_SHUTDOWN_GRACE_MS: setting(
    integer(30_000, { min: 0, max: 10 * minute }),
    'How long work under way may take to end after a stop signal.',
  ),
};

export const serverSettings = {
  ...shared,
  PERIJOVE_API_HOST: setting(text('127.0.0.1'), 'Address to listen on. `0.0.0.0` for all interfaces.'),
  PERIJOVE_API_PORT: setting(port(8080), 'Port to listen on; 0 takes a free one.'),
  PERIJOVE_PUBLIC_URL: setting(
    optionalUrl(),
    'Address under which clients reach the API, where a proxy stands before it.',
  ),
  PERIJOVE_CORS_ORIGINS: setting(
    origins(),
    'Origins whose pages may call the API from a browser, separated by commas.',
  ),
  PERIJOVE_MAX_BODY_BYTES: setting(
    integer(64 * mib, { min: kib, max: gib }),
    'Largest request body, as sent and decompressed. Over it: 413.',
  ),
  PERIJOVE_MAX_IN_FLIGHT_BODY_BYTES: setting(
    integer(32 * mib, { min: kib, max: 16 * gib }),
    'Request bodies in memory at one time. Over it uploads wait; one is always admitted.',
  ),
  PERIJOVE_GRAPHQL_MAX_DEPTH: setting(
    integer(20, { min: 3, max: 1000 }),
    'Fields inside each other in one GraphQL operation.',
  ),
  PERIJOVE_GRAPHQL_MAX_COST: setting(
    integer(5000, { min: 10, max: 1_000_000 }),
    'Cost of one GraphQL operation: its fields, times ten for each list of vertices or edges around them.',
  ),
  PERIJOVE_GRAPHQL_MAX_ALIASES: setting(integer(100, { min: 0, max: 100_000 }), 'Aliases in one GraphQL operation.'),
  PERIJOVE_GRAPHQL_MAX_TOKENS: setting(
    integer(10_000, { min: 100, max: 1_000_000 }),
    'Words and signs of one GraphQL document.',
  ),
  PERIJOVE_GRAPHQL_MAX_OPERATIONS: setting(
    integer(100, { min: 1, max: 10_000 }),
    'GraphQL operations that one request may hold as an array.',
  ),
  PERIJOVE_GRAPHQL_MAX_OBJECTS: setting(
    integer(10_000, { min: 10, max: 1_000_000 }),
    'Vertices and edges that one GraphQL operation may find from other ones.',
  ),
  PERIJOVE_GRAPHQL_INTROSPECTION: setting(boolean(true), 'Let callers with credentials ask for the GraphQL schema.'),
  PERIJOVE_QUERY_TIMEOUT_MS: setting(
    integer(30_000, { min: 100, max: hour }),
    'How long a query may take that is not deferred. Over it the query ends with `QUERY_TIMEOUT`.',
  ),
  PERIJOVE_MAX_CONCURRENT_QUERIES: setting(
    integer(16, { min: 1, max: 1000 }),
    'Queries that run at one time; others wait for their turn.',
  ),
  PERIJOVE_QUERY_PAGES_BYTES: setting(
    integer(32 * mib, { min: 0, max: 64 * gib }),
    'Memory for further pages of sorted and grouped answers. A page that is not there is computed again.',
  ),
  PERIJOVE_GRAPH_COPY_BYTES: setting(
    integer(gib, { min: 0, max: 64 * gib }),
    'Memory for copies of graphs that are asked often. A graph that does not fit is read from MongoDB each time; 0 keeps no copy.',
  ),
  PERIJOVE_UPLOAD_URL_TTL_MS: setting(
    integer(hour, { min: minute, max: 7 * day }),
    'How long the presigned URL of a bulk file is valid.',
  ),
  PERIJOVE_BOOTSTRAP_ACCOUNT: setting(
    optionalText(),
    'Account to create at start if it does not exist. Needs a token.',
  ),
  PERIJOVE_BOOTSTRAP_TOKEN: secret(optionalText(), 'Token of the bootstrap account, at least 10 characters.'),
};

export const workerSettings = {
  ...shared,
  PERIJOVE_WORKER_HEALTH_HOST: setting(text('127.0.0.1'), 'Address of the probes and metrics of the worker.'),
  PERIJOVE_WORKER_HEALTH_PORT: setting(port(8081), 'Port of `/livez`, `/readyz` and `/metrics` of the worker.'),
  PERIJOVE_WORKER_METRICS_PORT: setting(
    port(9464),
    'Port of the Prometheus metrics of the Temporal SDK; 0 serves none.',
  ),
  PERIJOVE_MAX_CACHED_WORKFLOWS: setting(
    integer(500, { min: 0, max: 100_000 }),
    'Workflows kept in memory between their tasks; each costs some hundred kilobytes.',
  ),
  PERIJOVE_MAX_CONCURRENT_ACTIVITIES: setting(integer(20, { min: 1, max: 1000 }), 'Activities that run at one time.'),
  PERIJOVE_MAX_DELETE_SHARE: setting(
    optionalShare(),
    'A DIFF job that would delete more than this share of the entities or relationships of its scope is held for approval, such as `0.3`. Unset: none is held.',
  ),
  PERIJOVE_DELETE_HOLD_MS: setting(
    integer(3 * day, { min: 1000, max: 6 * day }),
    'A held job that is not approved for so long is aborted.',
  ),
  PERIJOVE_APPLY_LANES: setting(integer(3, { min: 1, max: 32 }), 'Writes to MongoDB in flight for one job.'),
};

export type Settings = Readonly<Record<string, Setting>>;
export type ValuesOf<All extends Settings> = { readonly [Name in keyof All]: z.output<All[Name]['schema']> };

/** Read by the scripts that prepare and start components, and set in the environment that server and worker inherit from them. */
export const launcherSettings: readonly string[] = [
  'PERIJOVE_CACHE_DIR',
  'PERIJOVE_DATA_DIR',
  'PERIJOVE_MONGOD_BIN',
  'PERIJOVE_MONGO_CACHE_GB',
  'PERIJOVE_MONGO_PORT',
  'PERIJOVE_S3_BIN',
  'PERIJOVE_S3_PORT',
  'PERIJOVE_TEMPORAL_BIN',
  'PERIJOVE_TEMPORAL_PORT',
  'PERIJOVE_TEMPORAL_UI_PORT',
  'PERIJOVE_TEMPORAL_UI_URL',
];
