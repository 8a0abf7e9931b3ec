import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Component, ComponentHandle } from './component';
import { replaceFile } from './data-directory';
import { packageRoot } from './package-root';
import { StackError } from './stack-error';
import { once, openStack, type OpenStack, type Stack, type StackOptions } from './start-stack';

/** What `connection.json` in the data folder holds: all that a client, a test or an operator needs to find the product. */
export interface ProductConnection {
  apiBaseUrl: string;
  account: string;
  token: string;
  temporalAddress: string;
  temporalNamespace: string;
  temporalUiUrl: string;
  mongoUri: string;
  s3Endpoint: string;
}

export interface ProductOptions extends StackOptions {
  /** Scripts of the two processes. Default: the built `dist/src/server.js` and `dist/src/worker.js`. */
  entries?: { server: string; worker: string };
  /** Options of Node itself for both processes, such as `--max-old-space-size=128`. */
  nodeOptions?: readonly string[];
  /** More environment for both processes; what the stack decides (ports, addresses, keys) cannot be overridden. */
  processEnv?: Readonly<Record<string, string>>;
}

/** Stack, API and worker, running and ready. */
export interface Product {
  stack: Omit<Stack, 'stop'>;
  server: ComponentHandle;
  worker: ComponentHandle;
  connection: ProductConnection;
  connectionFile: string;
  /** Ends API, worker, S3, Temporal and MongoDB in this order and waits until nothing is left. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Node would take up to 64 for each of the two halves, and again in the thread that runs workflows. Queries make many objects that live
 * for a moment; what jobs carry lies outside of the heap.
 */
export const youngGenerationsMiB = { server: 4, worker: 1 } as const;

/**
 * For glibc. It would raise the limit to the size of whatever was freed last, and keep the bodies of uploads for itself, in as many
 * places as there are threads. What is above the limit goes back to the system when it is freed, and is cleared anew for the next:
 * a tenth of the time of an upload with the limit of the worker.
 */
export const thriftyMalloc = {
  server: { MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_ARENA_MAX: '1' },
  worker: { MALLOC_MMAP_THRESHOLD_: '32768', MALLOC_ARENA_MAX: '1' },
} as const;

const ACCOUNT = 'demo';
/** The worker bundles its workflows first; the API makes indexes. */
const READY_WITHIN_MS = 120_000;
/** Longer than either process gives its own work to finish. */
const STOP_WITHIN_MS = 30_000;

/** Starts the stack, then API and worker on it. Rejects with a StackError, with everything stopped again, when one fails. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const entries = options.entries ?? builtEntries();
  const open = await openStack(options, ['api', 'workerHealth']);
  const started: Component[] = [];
  const stop = once(() => open.close(started));
  const onAbort = (): void => void stop().catch(() => undefined);
  try {
    const connection = connectionOf(open, options.env ?? process.env);
    const connectionFile = join(open.session.dataDir, 'connection.json');
    // Whoever waits for the file must not take the one of an earlier run for this one's.
    await rm(connectionFile, { force: true });
    const env = processEnvironment(open, connection, options);
    const server = nodeProcess(open, {
      name: 'api',
      title: 'API',
      entry: entries.server,
      port: open.ports.api,
      youngGenerationMiB: youngGenerationsMiB.server,
      env: { ...thriftyMalloc.server, ...env },
      options,
    });
    const worker = nodeProcess(open, {
      name: 'worker',
      title: 'Worker',
      entry: entries.worker,
      port: open.ports.workerHealth,
      youngGenerationMiB: youngGenerationsMiB.worker,
      env: { ...thriftyMalloc.worker, ...env },
      options,
    });
    started.push(server, worker);
    options.signal?.throwIfAborted();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    await allReady([server.start(), worker.start()]);
    await replaceFile(connectionFile, `${JSON.stringify(connection, undefined, 2)}\n`);
    return { stack: open.stack, server, worker, connection, connectionFile, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** The first failure, but only after the other start has come to its end too: nothing may be stopped half-way into starting. */
async function allReady(starts: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(starts);
  await Promise.all(starts);
}

function builtEntries(): { server: string; worker: string } {
  const root = packageRoot();
  const entries = { server: join(root, 'dist/src/server.js'), worker: join(root, 'dist/src/worker.js') };
  const missing = Object.values(entries).filter((file) => !existsSync(file));
  if (missing.length === 0) return entries;
  const names = missing.map((file) => relative(root, file)).join(' and ');
  throw new StackError(`${names} cannot be found in ${root}: run \`npm run build\` first.`);
}

function nodeProcess(
  { session }: OpenStack,
  process_: {
    name: string;
    title: string;
    entry: string;
    port: number;
    youngGenerationMiB: number;
    env: NodeJS.ProcessEnv;
    options: ProductOptions;
  },
): Component {
  const { name, title, entry, port, youngGenerationMiB, env, options } = process_;
  const url = `http://127.0.0.1:${port}`;
  return session.component({
    title,
    where: name === 'api' ? url : `health on ${url}`,
    command: process.execPath,
    args: [`--max-semi-space-size=${youngGenerationMiB}`, ...(options.nodeOptions ?? []), entry],
    cwd: process.cwd(),
    env,
    logFile: session.logFile(name),
    ready: async () => {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`GET ${url}/readyz answers ${response.status}`);
    },
    readyWithinMs: READY_WITHIN_MS,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  });
}

function connectionOf({ stack, ports, secrets }: OpenStack, env: NodeJS.ProcessEnv): ProductConnection {
  const { temporalAddress, temporalNamespace, temporalUiUrl, mongoUri, s3Endpoint } = stack.connection;
  return {
    apiBaseUrl: `http://127.0.0.1:${ports.api}`,
    account: env.PERIJOVE_BOOTSTRAP_ACCOUNT || ACCOUNT,
    token: env.PERIJOVE_BOOTSTRAP_TOKEN || secrets.bootstrapToken,
    temporalAddress,
    temporalNamespace,
    temporalUiUrl,
    mongoUri,
    s3Endpoint,
  };
}

function processEnvironment(
  { stack, ports }: OpenStack,
  connection: ProductConnection,
  { env = process.env, processEnv = {}, ephemeral = false }: ProductOptions,
): NodeJS.ProcessEnv {
  const { s3AccessKeyId, s3SecretAccessKey, s3Bucket, s3Region } = stack.connection;
  return {
    // As in the image; without it graphql-js checks each object that it looks at.
    NODE_ENV: 'production',
    ...env,
    // Its port is not among those that a test picks; two products would want the same one.
    ...(ephemeral && { PERIJOVE_WORKER_METRICS_PORT: '0' }),
    ...processEnv,
    PERIJOVE_API_PORT: String(ports.api),
    PERIJOVE_WORKER_HEALTH_PORT: String(ports.workerHealth),
    PERIJOVE_MONGO_URI: connection.mongoUri,
    PERIJOVE_TEMPORAL_ADDRESS: connection.temporalAddress,
    PERIJOVE_TEMPORAL_NAMESPACE: connection.temporalNamespace,
    PERIJOVE_TEMPORAL_UI_URL: connection.temporalUiUrl,
    PERIJOVE_S3_ENDPOINT: connection.s3Endpoint,
    PERIJOVE_S3_ACCESS_KEY_ID: s3AccessKeyId,
    PERIJOVE_S3_SECRET_ACCESS_KEY: s3SecretAccessKey,
    PERIJOVE_S3_BUCKET: s3Bucket,
    PERIJOVE_S3_REGION: s3Region,
    PERIJOVE_BOOTSTRAP_ACCOUNT: connection.account,
    PERIJOVE_BOOTSTRAP_TOKEN: connection.token,
  };
}
