import type { Component, ComponentHandle } from './component';
import { type Binaries, prepareBinaries } from './components/prepare-binaries';
import { mongoServer, mongoUri } from './mongo-server';
import { type PortName, type PortPlan, settlePorts } from './ports';
import { Progress, type Reporter } from './progress';
import { S3_BUCKET, S3_REGION, s3Server } from './s3-server';
import { loadSecrets, type StackSecrets } from './secrets';
import { openSession, type Session } from './session';
import type { StackError } from './stack-error';
import { readStackSettings } from './stack-settings';
import { TEMPORAL_NAMESPACE, temporalServer } from './temporal-server';

/** Where the running components are and how to use them. */
export interface StackConnection {
  /** host:port */
  temporalAddress: string;
  temporalNamespace: string;
  temporalUiUrl: string;
  mongoUri: string;
  s3Endpoint: string;
  s3AccessKeyId: string;
  s3SecretAccessKey: string;
  s3Bucket: string;
  s3Region: string;
  binaries: Binaries;
}

export interface StackOptions {
  /** Data, logs, keys. Default: PERIJOVE_DATA_DIR, else `.perijove` in the working directory. */
  dataDir?: string;
  /** Overrides of the settings' ports; 0 takes any free one. */
  ports?: Partial<PortPlan>;
  /** Takes any free port where `ports` names none, whatever the settings say: for tests beside a running stack. */
  ephemeral?: boolean;
  /** Lasting lines: progress, crashes, restarts. Silent by default. */
  log?: (line: string) => void;
  /** Terminals only: one line to overwrite while something takes long; undefined clears it. */
  status?: (text: string | undefined) => void;
  /** Stops the preparation: what was begun is ended and removed. */
  signal?: AbortSignal;
  /** A component crashed so often that it is not restarted any more; the caller stops the rest. */
  onGivenUp?: (error: StackError) => void;
  /** Settings are read from here; process.env by default. */
  env?: NodeJS.ProcessEnv;
}

/** The embedded stack, running. */
export interface Stack {
  connection: StackConnection;
  temporal: ComponentHandle;
  mongo: ComponentHandle;
  s3: ComponentHandle;
  /** Ends S3, Temporal and MongoDB in this order and waits until nothing is left. May be called twice. */
  stop(): Promise<void>;
}

/** Prepares the binaries where needed and starts all three components; a StackError when one cannot be had or started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { stack, close } = await openStack(options, []);
  return { ...stack, stop: once(() => close([])) };
}

/** The components of a stack within a session that other processes can join. */
export interface OpenStack {
  session: Session;
  ports: PortPlan;
  secrets: StackSecrets;
  stack: Omit<Stack, 'stop'>;
  /** Stops `first` in its order, then the stack, and gives the data folder free. */
  close(first: readonly Component[]): Promise<void>;
}

export async function openStack(options: StackOptions, morePorts: readonly PortName[]): Promise<OpenStack> {
  const { env = process.env, log = () => undefined, status, ephemeral = false, onGivenUp = () => undefined } = options;
  const reporter: Reporter = { line: log, ...(status === undefined ? {} : { status }) };
  const settings = readStackSettings(env);
  const session = await openSession({ dataDir: options.dataDir ?? settings.dataDir, log, onGivenUp });
  const started: Component[] = [];
  try {
    const names: PortName[] = ['temporal', 'temporalUi', 'mongo', 's3', ...morePorts];
    const ports = await settlePorts({ ...(ephemeral ? anyPorts : settings.ports), ...options.ports }, names);
    const secrets = await loadSecrets(session.dataDir);
    const signal = options.signal ?? new AbortController().signal;
    const binaries = await prepareBinaries({ env, progress: new Progress(reporter), signal });
    const cacheGb = settings.mongoCacheGb;
    const mongo = await mongoServer(session, { binary: binaries.mongod, port: ports.mongo, cacheGb });
    const temporal = await temporalServer(session, {
      binary: binaries.temporal,
      port: ports.temporal,
      uiPort: ports.temporalUi,
    });
    const s3 = await s3Server(session, { binary: binaries.s3, port: ports.s3, secrets });
    started.push(s3, temporal, mongo);
    await startAll(started, signal);
    const connection = connectionOf({ ports, secrets, binaries });
    const close = (first: readonly Component[]): Promise<void> => session.close([...first, ...started]);
    return { session, ports, secrets, stack: { connection, temporal, mongo, s3 }, close };
  } catch (error) {
    await session.close(started);
    throw error;
  }
}

/** Side by side; when one fails the caller stops the others, but only after every start has come to its end. */
async function startAll(components: readonly Component[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stopAll = (): void => void Promise.allSettled(components.map((component) => component.stop()));
  signal.addEventListener('abort', stopAll, { once: true });
  const starts = components.map((component) => component.start());
  try {
    await Promise.all(starts);
  } finally {
    await Promise.allSettled(starts);
    signal.removeEventListener('abort', stopAll);
  }
}

function connectionOf({
  ports,
  secrets,
  binaries,
}: {
  ports: PortPlan;
  secrets: StackSecrets;
  binaries: Binaries;
}): StackConnection {
  return {
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    temporalNamespace: TEMPORAL_NAMESPACE,
    temporalUiUrl: `http://127.0.0.1:${ports.temporalUi}`,
    mongoUri: mongoUri(ports.mongo),
    s3Endpoint: `http://127.0.0.1:${ports.s3}`,
    s3AccessKeyId: secrets.s3AccessKeyId,
    s3SecretAccessKey: secrets.s3SecretAccessKey,
    s3Bucket: S3_BUCKET,
    s3Region: S3_REGION,
    binaries,
  };
}

const anyPorts: PortPlan = { temporal: 0, temporalUi: 0, mongo: 0, s3: 0, api: 0, workerHealth: 0 };

/** The same promise for every call: a second Ctrl-C must not begin a second stop. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
