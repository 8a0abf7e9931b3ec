import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../../scripts/stack/process-identity';
import { type Product, type ProductConnection, startProduct } from '../../../scripts/stack/run-processes';

const PREPARATION_MS = 900_000;
const fixture = (name: string): string => join(__dirname, 'fixtures', name);

describe('the product: stack, API and worker', () => {
  let dataDir: string;
  let product: Product;
  const lines: string[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'perijove-product-'));
    product = await startProduct({
      dataDir,
      ephemeral: true,
      entries: { server: fixture('stand-in-server.js'), worker: fixture('stand-in-worker.js') },
      processEnv: { STAND_IN_STOPS: join(dataDir, 'stops') },
      log: (line) => lines.push(line),
    });
  }, PREPARATION_MS);

  afterAll(async () => {
    await product.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('resolves when both processes are ready, and writes connection.json for its owner only', async () => {
    expect((await fetch(`${product.connection.apiBaseUrl}/readyz`)).status).toBe(200);
    const written = JSON.parse(await readFile(join(dataDir, 'connection.json'), 'utf8')) as ProductConnection;
    expect(written).toEqual(product.connection);
    expect(Object.keys(written).sort()).toEqual([
      'account',
      'apiBaseUrl',
      'mongoUri',
      's3Endpoint',
      'temporalAddress',
      'temporalNamespace',
      'temporalUiUrl',
      'token',
    ]);
    expect((await stat(join(dataDir, 'connection.json'))).mode & 0o777).toBe(0o600);
  });

  it('gives the processes their settings by environment', async () => {
    const environment = (await (
      await fetch(`${product.connection.apiBaseUrl}/environment`)
    ).json()) as NodeJS.ProcessEnv;
    const { connection } = product.stack;
    expect(environment).toMatchObject({
      PERIJOVE_API_PORT: new URL(product.connection.apiBaseUrl).port,
      PERIJOVE_MONGO_URI: connection.mongoUri,
      PERIJOVE_TEMPORAL_ADDRESS: connection.temporalAddress,
      PERIJOVE_TEMPORAL_NAMESPACE: 'default',
      PERIJOVE_TEMPORAL_UI_URL: connection.temporalUiUrl,
      PERIJOVE_S3_ENDPOINT: connection.s3Endpoint,
      PERIJOVE_S3_ACCESS_KEY_ID: connection.s3AccessKeyId,
      PERIJOVE_S3_SECRET_ACCESS_KEY: connection.s3SecretAccessKey,
      PERIJOVE_S3_BUCKET: 'perijove',
      PERIJOVE_S3_REGION: 'us-east-1',
      PERIJOVE_BOOTSTRAP_ACCOUNT: 'demo',
      PERIJOVE_BOOTSTRAP_TOKEN: product.connection.token,
    });
  });

  it('starts a crashed API again and says so in one sentence', async () => {
    const before = product.server.pid;
    await expect(fetch(`${product.connection.apiBaseUrl}/crash`)).rejects.toThrow();
    const readyLines = (): number => lines.filter((line) => line.startsWith('API is ready')).length;
    for (const deadline = Date.now() + 20_000; readyLines() < 2 && Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(product.server.pid).not.toBe(before);
    expect((await fetch(`${product.connection.apiBaseUrl}/readyz`)).status).toBe(200);
    expect(
      lines.filter((line) => /^API ended unexpectedly with exit code 7; restarting in 0.5 s/.test(line)),
    ).toHaveLength(1);
  });

  it('stops the API before the worker, and leaves nothing running', async () => {
    const { stack, server, worker } = product;
    const pids = [server, worker, stack.s3, stack.temporal, stack.mongo].map(({ pid }) => pid ?? 0);
    expect(await Promise.all(pids.map(processIdentity))).not.toContain(undefined);
    await product.stop();
    expect(await Promise.all(pids.map(processIdentity))).toEqual(pids.map(() => undefined));
    expect(await readFile(join(dataDir, 'stops'), 'utf8')).toBe('api\nworker\n');
  });
});

it('stops the stack again when a process does not start, and says why', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'perijove-product-'));
  const broken = fixture('broken-entry.js');
  const entries = { server: broken, worker: fixture('stand-in-worker.js') };
  const processEnv = { STAND_IN_STOPS: join(dataDir, 'stops') };
  await expect(startProduct({ dataDir, ephemeral: true, entries, processEnv })).rejects.toThrow(
    /^API ended with exit code 1 while it was starting; its last log lines: .*the setting X is missing.*api\.log/,
  );
  await expect(stat(join(dataDir, 'stack.lock'))).rejects.toThrow(/ENOENT/);
  await rm(dataDir, { recursive: true, force: true });
});
