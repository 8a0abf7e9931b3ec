import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { processIdentity } from '../../../scripts/stack/process-identity';
import { startStack, type Stack } from '../../../scripts/stack/start-stack';

// A first start may have to build the binaries.
const PREPARATION_MS = 900_000;

describe('the embedded stack', () => {
  let dataDir: string;
  let stack: Stack;
  let mongo: MongoClient;
  let s3: S3Client;
  const lines: string[] = [];

  beforeAll(async () => {
    // The blank stands for folders such as "My Projects".
    dataDir = await mkdtemp(join(tmpdir(), 'perijove stack '));
    // As a first start leaves it that was killed before the schema was written.
    await mkdir(join(dataDir, 'temporal'));
    await writeFile(join(dataDir, 'temporal', 'temporal.db'), '');
    stack = await startStack({ dataDir, ephemeral: true, log: (line) => lines.push(line) });
    mongo = new MongoClient(stack.connection.mongoUri, { runtimeAdapters: { os } });
    const { s3Endpoint, s3Region, s3AccessKeyId, s3SecretAccessKey } = stack.connection;
    s3 = new S3Client({
      endpoint: s3Endpoint,
      region: s3Region,
      credentials: { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey },
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  }, PREPARATION_MS);

  afterAll(async () => {
    await mongo.close();
    s3.destroy();
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function withTemporal<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: stack.connection.temporalAddress });
    try {
      return await use(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }
  const workflowStatus = async (): Promise<string> =>
    (await withTemporal((client) => client.workflow.getHandle('kept').describe())).status.name;

  const searchAttributes = (): Promise<string[]> =>
    withTemporal(async ({ connection }) => {
      const namespace = stack.connection.temporalNamespace;
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      return Object.keys(customAttributes ?? {}).filter((name) => name.startsWith('Perijove'));
    });

  async function readObject(Key: string): Promise<string> {
    const object = await s3.send(new GetObjectCommand({ Bucket: stack.connection.s3Bucket, Key }));
    return (await object.Body?.transformToString()) ?? '';
  }

  it('serves Temporal with its Web UI and our search attributes', async () => {
    expect((await searchAttributes()).sort()).toEqual([
      'PerijoveAccount',
      'PerijoveInstance',
      'PerijoveScope',
      'PerijoveSource',
      'PerijoveStatus',
    ]);
    await withTemporal((client) => client.workflow.start('waits', { taskQueue: 'nobody', workflowId: 'kept' }));
    expect(await workflowStatus()).toBe('RUNNING');
    const ui = await fetch(stack.connection.temporalUiUrl);
    expect(ui.status).toBe(200);
    expect(await ui.text()).toContain('<html');
  });

  it('serves MongoDB transactions and change streams', async () => {
    const collection = mongo.db().collection<{ _id: string; n: number }>('sums');
    await collection.insertOne({ _id: 'a', n: 0 });
    const changes = collection.watch();
    await changes.tryNext();
    await mongo.withSession((session) =>
      session.withTransaction(async () => {
        await collection.updateOne({ _id: 'a' }, { $inc: { n: 2 } }, { session });
        await collection.insertOne({ _id: 'b', n: 3 }, { session });
      }),
    );
    const [first, second] = [await changes.next(), await changes.next()];
    await changes.close();
    expect([first.operationType, second.operationType]).toEqual(['update', 'insert']);
    expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'b', n: 3 },
    ]);
  });

  it('serves S3 objects, and PUTs to presigned URLs from a plain HTTP client', async () => {
    const Bucket = stack.connection.s3Bucket;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'one' }));
    expect(await readObject('kept')).toBe('one');

    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'folder/presigned' }), { expiresIn: 60 });
    expect((await fetch(url, { method: 'PUT', body: 'two' })).status).toBe(200);
    expect(await readObject('folder/presigned')).toBe('two');
    expect((await fetch(`${url.replace(/Signature=./, 'Signature=_')}`, { method: 'PUT', body: 'no' })).status).toBe(
      403,
    );
  });

  it('keeps its keys to itself', async () => {
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it.each(['temporal', 'mongo', 's3'] as const)('restarts %s after a SIGKILL with its data', async (name) => {
    const component = stack[name];
    const before = component.pid;
    await component.kill('SIGKILL');
    expect(component.pid).toBeUndefined();
    await component.restart();
    expect(component.pid).not.toBe(before);

    expect(await searchAttributes()).toHaveLength(5);
    expect(await workflowStatus()).toBe('RUNNING');
    expect(await mongo.db().collection('sums').countDocuments()).toBe(2);
    expect(await readObject('kept')).toBe('one');
  });

  it('starts a component again that died by itself, and says so', async () => {
    const before = stack.s3.pid ?? 0;
    process.kill(before, 'SIGKILL');
    // At the start, after the kill before this test, and after this crash.
    await until(() => lines.filter((line) => line.startsWith('S3 server is ready')).length === 3);
    expect(stack.s3.pid).not.toBe(before);
    expect(lines.filter((line) => /^S3 server ended unexpectedly by SIGKILL/.test(line))).toHaveLength(1);
    expect(await readObject('kept')).toBe('one');
  });

  it('refuses a second stack on the same data', async () => {
    await expect(startStack({ dataDir, ephemeral: true })).rejects.toThrow(/is in use by process \d+/);
  });

  it('keeps the data over a stop and a start on other ports, and leaves no process behind', async () => {
    const pids = [stack.temporal.pid, stack.mongo.pid, stack.s3.pid].map((pid) => pid ?? 0);
    await Promise.all([mongo.close(), stack.stop()]);
    s3.destroy();
    expect(await Promise.all(pids.map(processIdentity))).toEqual([undefined, undefined, undefined]);
    await expect(stat(join(dataDir, 'stack.lock'))).rejects.toThrow(/ENOENT/);

    const old = stack.connection;
    stack = await startStack({ dataDir, ephemeral: true });
    expect(stack.connection.s3SecretAccessKey).toBe(old.s3SecretAccessKey);
    expect(stack.connection.mongoUri).not.toBe(old.mongoUri);
    mongo = new MongoClient(stack.connection.mongoUri, { runtimeAdapters: { os } });
    expect(await mongo.db().collection('sums').countDocuments()).toBe(2);
    expect(await workflowStatus()).toBe('RUNNING');
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition();) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
