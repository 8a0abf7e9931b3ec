import { Client, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProduct, type Product } from '../../../scripts/stack/run-processes';
import { openDatabase, type Database } from '../../../src/adapters/mongo/database';
import type { SyncJobDocument } from '../../../src/contracts/sync-job';
import type { SyncJobState } from '../../../src/contracts/temporal/sync-job';
import { ApiClient } from '../../support/api-client';
import { eventually } from '../../support/eventually';
import { outcomeCounts } from '../../support/bench';

const jobs = '/persister/synchronization/jobs';
const holdMs = 40_000;
const entity = (key: string, more: object = {}) => ({ _key: key, _type: 'thing', _class: 'Thing', ...more });
const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`);
const link = (from: string, to: string) => ({
  _key: `${from}|${to}`,
  _type: 'has',
  _class: 'HAS',
  _fromEntityKey: from,
  _toEntityKey: to,
});

describe('a job that would delete more than its share', () => {
  let product: Product;
  let database: Database;
  let client: Client;
  let api: ApiClient;
  const dataDir = mkdtempSync(join(tmpdir(), 'perijove-guard-'));
  const dist = join(__dirname, '..', '..', '..', 'dist', 'src');

  beforeAll(async () => {
    product = await startProduct({
      dataDir,
      ephemeral: true,
      entries: { server: join(dist, 'server.js'), worker: join(dist, 'worker.js') },
      processEnv: {
        PERIJOVE_WORKER_METRICS_PORT: '0',
        PERIJOVE_MAX_DELETE_SHARE: '0.5',
        PERIJOVE_DELETE_HOLD_MS: String(holdMs),
      },
    });
    api = new ApiClient(product.connection);
    const { temporalAddress, temporalNamespace, mongoUri } = product.connection;
    database = openDatabase({ uri: mongoUri, database: 'perijove', appName: 'test' });
    const connection = await Connection.connect({ address: temporalAddress });
    client = new Client({ connection, namespace: temporalNamespace });
  }, 180_000);
  afterAll(async () => {
    await client.connection.close();
    await database.client.close();
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 120_000);

  const diff = (scope: string) => ({ source: 'api', scope, syncMode: 'DIFF' });
  const live = async (scope: string) =>
    await database.collections.entities.countDocuments({ _scope: scope, _deleted: false });
  const until = async (jobId: string, isSo: (job: SyncJobDocument) => boolean) => {
    for (let i = 0; i < 600; i++) {
      const job = await api.job(jobId);
      if (isSo(job)) return job;
      await sleep(50);
    }
    throw new Error(`job ${jobId} does not get there: ${JSON.stringify(await api.job(jobId))}`);
  };
  const untilHeld = async (jobId: string) => await until(jobId, ({ awaitsApproval }) => awaitsApproval);
  const approve = async (jobId: string) => (await api.ok('POST', `${jobs}/${jobId}/approve`)).job as SyncJobDocument;

  /** A scope of ten, and a finalized job that keeps `left` of them. */
  async function shrunk(scope: string, left: number): Promise<SyncJobDocument> {
    await api.sync(diff(scope), { entities: keys(10).map((key) => entity(key)) });
    const { id } = await api.start(diff(scope));
    await api.upload(id, { entities: keys(left).map((key) => entity(key)) });
    return await api.finalize(id);
  }

  const handleOf = ({ workflowId }: SyncJobDocument) => client.workflow.getHandle(workflowId);
  async function detailsOf(job: SyncJobDocument): Promise<string> {
    const metadata: { currentDetails?: string } = await handleOf(job).query('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  }
  async function longestHistory({ workflowId }: SyncJobDocument): Promise<number> {
    const lengths: number[] = [];
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      lengths.push((await client.workflow.getHandle(workflowId, runId).fetchHistory()).events?.length ?? 0);
    }
    return Math.max(...lengths);
  }

  it('goes through when it deletes no more', async () => {
    const { id } = await shrunk('fine', 5);
    expect(outcomeCounts(await api.untilEnded(id))).toEqual({ numEntitiesDeleted: 5 });
  });

  it('is held with a sentence, keeps its place over a restart of the worker, and goes on when it is approved', async () => {
    const job = await shrunk('held', 4);
    const held = await untilHeld(job.id);
    expect(held.status).toBe('FINALIZE_PENDING');
    expect(held.statusReason).toContain('would delete 6 of 10 entities (60 %)');
    expect(held.statusReason).toContain('more than 50 % needs an approval');
    expect(await live('held')).toBe(10);
    const next = await api.start(diff('held'));
    await api.upload(next.id, { entities: keys(4).map((key) => entity(key, { n: 1 })) });
    await api.finalize(next.id);

    await product.worker.kill();
    await product.worker.restart();
    const details = await detailsOf(job);
    expect(details).toContain('Held');
    expect(details).toContain('send the update `approve`'.slice(5));
    expect(await api.job(job.id)).toMatchObject({ status: 'FINALIZE_PENDING', awaitsApproval: true });
    expect((await api.job(next.id)).status).toBe('FINALIZE_PENDING');

    expect(await approve(job.id)).toMatchObject({ awaitsApproval: false, statusReason: null });
    await approve(job.id);
    const ended = await api.untilEnded(job.id, 60_000);
    expect({ status: ended.status, ...outcomeCounts(ended) }).toEqual({ status: 'FINISHED', numEntitiesDeleted: 6 });
    expect(outcomeCounts(await api.untilEnded(next.id, 60_000))).toEqual({ numEntitiesUpdated: 4 });
    expect(await live('held')).toBe(4);
    await handleOf(job).result();
    expect(await longestHistory(job)).toBeLessThanOrEqual(35);
  }, 120_000);

  it('is finalized, approved and asked about with updates alone', async () => {
    await api.sync(diff('cli'), { entities: keys(10).map((key) => entity(key)) });
    const { account } = product.connection;
    const input = { account, ...diff('cli') };
    const handle = await client.workflow.start('syncJob', {
      workflowId: randomUUID(),
      taskQueue: 'graph-sync',
      args: [input],
    });
    await expect(handle.executeUpdate('approve')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('is not held') },
    });
    const held = await handle.executeUpdate<SyncJobState, []>('finalize');
    expect(held).toMatchObject({ status: 'FINALIZE_PENDING', reason: expect.stringContaining('10 of 10 entities') });
    expect(await live('cli')).toBe(10);
    const { workflowId } = handle;
    const approved = await client.workflow.getHandle(workflowId).executeUpdate<SyncJobState, []>('approve');
    expect(approved.jobId).toBe(held.jobId);
    const ended = await api.untilEnded(held.jobId);
    expect({ status: ended.status, ...outcomeCounts(ended) }).toEqual({ status: 'FINISHED', numEntitiesDeleted: 10 });
    await client.workflow.getHandle(workflowId).result();
    expect(await longestHistory(ended)).toBeLessThanOrEqual(35);
  }, 60_000);

  it.each(['REST abort', 'update abort', 'cancel', 'terminate'])(
    'is given up by %s, with nothing changed',
    async (how) => {
      const scope = how.replace(' ', '-');
      const job = await shrunk(scope, 0);
      await untilHeld(job.id);
      if (how === 'REST abort') await api.ok('POST', `${jobs}/${job.id}/abort`, { reason: 'no' });
      // The document says it a moment before the run: until then the update is refused.
      else if (how === 'update abort') {
        await eventually(async () => await handleOf(job).executeUpdate('abort', { args: [{ reason: 'no' }] }));
      } else if (how === 'cancel') await handleOf(job).cancel();
      else await handleOf(job).terminate();
      const ended = await api.untilEnded(job.id, 60_000);
      expect({ status: ended.status, awaitsApproval: ended.awaitsApproval }).toEqual({
        status: 'ABORTED',
        awaitsApproval: false,
      });
      expect(await live(scope)).toBe(10);
      expect((await api.sync(diff(scope), { entities: keys(6).map((key) => entity(key)) })).status).toBe('FINISHED');
      const late = await api.request('POST', `${jobs}/${job.id}/approve`);
      expect({ status: late.status, error: late.body.error }).toMatchObject({
        status: 400,
        error: { code: 'JOB_NOT_HELD' },
      });
    },
    90_000,
  );

  it('is aborted when nobody approves it in time', async () => {
    const job = await shrunk('late', 0);
    await untilHeld(job.id);
    const ended = await api.untilEnded(job.id, holdMs + 30_000);
    expect(ended).toMatchObject({
      status: 'ABORTED',
      statusReason: expect.stringContaining('not approved within 40 s'),
    });
    expect(ended.durationMs).toBeGreaterThanOrEqual(holdMs - 1_000);
    expect(await live('late')).toBe(10);
  }, 120_000);

  it('counts what is absent, of types that are complete, and looks at relationships by themselves', async () => {
    const entities = keys(10).map((key, i) => entity(key, { _type: i < 8 ? 'partial' : 'thing' }));
    await api.sync(diff('types'), { entities });
    const partial = await api.sync(diff('types'), {}, { partialDatasets: { types: ['partial'] } });
    expect(partial).toMatchObject({ status: 'FINISHED', numEntitiesDeleted: 2 });

    const named = keys(8).map((_key) => ({ _key }));
    const explicit = await api.sync(diff('types'), { entities: entities.slice(0, 8), deleteEntities: named });
    expect(explicit).toMatchObject({ status: 'FINISHED', numEntitiesDeleted: 8 });

    const all = keys(4).map((key) => entity(key));
    const links = ['k1', 'k2', 'k3'].map((key) => link('k0', key));
    await api.sync(diff('links'), { entities: all, relationships: links });
    const { id } = await api.start(diff('links'));
    await api.upload(id, { entities: all, relationships: links.slice(0, 1) });
    await api.finalize(id);
    expect((await untilHeld(id)).statusReason).toContain('would delete 2 of 3 relationships (66.7 %) of the scope');
    await approve(id);
    expect(outcomeCounts(await api.untilEnded(id))).toEqual({ numRelationshipsDeleted: 2 });
  }, 60_000);

  it('refuses an approval of a job that is not held', async () => {
    const { id } = await api.start(diff('open'));
    const refused = await api.request('POST', `${jobs}/${id}/approve`);
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({ code: 'JOB_NOT_HELD' });
    expect((await api.request('POST', `${jobs}/${randomUUID()}/approve`)).status).toBe(404);
  });
});
