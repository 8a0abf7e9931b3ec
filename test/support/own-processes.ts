import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pickFreePort } from '../../scripts/stack/ports';
import { liveProduct } from './live-product';

type LogLine = Readonly<Record<string, unknown>>;

export interface OwnProcesses {
  readonly apiBaseUrl: string;
  readonly workerBaseUrl: string;
  readonly sdkMetricsUrl: string;
  /** What both have logged so far. */
  readonly logs: readonly LogLine[];
  /** The first such line, once it is there: lines come a little after the answers that they speak of. */
  logged(isWanted: (line: LogLine) => boolean): Promise<LogLine>;
  /** Kills the worker, as a crash would, and starts another one in its place. */
  replaceWorker(): Promise<void>;
  /** Ends both in order; what they still had to send is sent. */
  stop(): Promise<void>;
}

/** An API and a worker of their own on the components of the live product, with a task queue and settings of their own. */
export async function startOwnProcesses(
  taskQueue: string,
  env: Readonly<Record<string, string>>,
): Promise<OwnProcesses> {
  const product = liveProduct();
  const [api, health, sdkMetrics] = await freePorts(3);
  const logs: LogLine[] = [];
  const settings = {
    PERIJOVE_MONGO_URI: product.mongoUri,
    PERIJOVE_TEMPORAL_ADDRESS: product.temporalAddress,
    PERIJOVE_TEMPORAL_NAMESPACE: product.temporalNamespace,
    PERIJOVE_S3_ENDPOINT: product.s3Endpoint,
    PERIJOVE_S3_ACCESS_KEY_ID: product.s3AccessKeyId,
    PERIJOVE_S3_SECRET_ACCESS_KEY: product.s3SecretAccessKey,
    PERIJOVE_S3_BUCKET: product.s3Bucket,
    PERIJOVE_S3_REGION: product.s3Region,
    PERIJOVE_TASK_QUEUE: taskQueue,
    PERIJOVE_API_PORT: String(api),
    PERIJOVE_WORKER_HEALTH_PORT: String(health),
    PERIJOVE_WORKER_METRICS_PORT: String(sdkMetrics),
    ...env,
  };
  const server = start('server', settings, logs);
  let worker = start('worker', settings, logs);
  const urls = [api, health].map((port) => `http://127.0.0.1:${String(port)}`);
  await Promise.all(urls.map(untilReady));
  return {
    apiBaseUrl: urls[0] ?? '',
    workerBaseUrl: urls[1] ?? '',
    sdkMetricsUrl: `http://127.0.0.1:${String(sdkMetrics)}/metrics`,
    logs,
    logged: async (isWanted) => await untilFound(() => logs.find(isWanted)),
    replaceWorker: async () => {
      const ended = once(worker, 'exit');
      worker.kill('SIGKILL');
      await ended;
      worker = start('worker', settings, logs);
      await untilReady(urls[1] ?? '');
    },
    stop: async () => {
      await Promise.all([server, worker].map(end));
    },
  };
}

function start(entry: string, env: Readonly<Record<string, string>>, logs: object[]): ChildProcess {
  const script = join(__dirname, '..', '..', 'dist', 'src', `${entry}.js`);
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) logs.push(JSON.parse(line) as object);
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilFound<T>(find: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; await sleep(20)) {
    const found = find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('no such line was logged within 10 s');
  }
}

async function untilReady(url: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await sleep(50)) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) return;
    if (Date.now() > deadline) throw new Error(`${url} is not ready after 30 s`);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await pickFreePort(ports));
  return [...ports];
}
