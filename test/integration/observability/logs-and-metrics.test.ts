import { Client, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/adapters/mongo/database';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';
import { startOwnProcesses, type OwnProcesses } from '../../support/own-processes';

const taskQueue = 'observed';
const jobs = '/persister/synchronization/jobs';
const one = { entities: [{ _key: 'a', _type: 'thing', _class: 'Thing' }] };

describe('logs and metrics of a job', () => {
  let processes: OwnProcesses;
  let database: Database;
  let api: ApiClient;
  let account: string;

  beforeAll(async () => {
    processes = await startOwnProcesses(taskQueue, { PERIJOVE_LOG_LEVEL: 'debug' });
    database = openLiveDatabase();
    const credentials = await newAccount(database);
    account = credentials.account;
    api = new ApiClient({ apiBaseUrl: processes.apiBaseUrl, ...credentials });
  });
  afterAll(async () => {
    await processes.stop();
    await database.client.close();
  });

  /** Starts, uploads and finalizes with a request id for each call. */
  async function sync(scope: string): Promise<string> {
    const call = async (path: string, body: object, id: string) =>
      (await api.ok('POST', `${jobs}${path}`, body, { 'JupiterOne-Correlation-Id': `${scope}-${id}` })).job;
    const { id } = (await call('', { source: 'api', scope, syncMode: 'DIFF' }, 'start')) as { id: string };
    await call(`/${id}/upload`, one, 'upload');
    await call(`/${id}/finalize`, {}, 'finalize');
    await api.untilEnded(id);
    return id;
  }
  const ended = async (jobId: string) =>
    await processes.logged((line) => line['msg'] === 'synchronization job ended' && line['jobId'] === jobId);

  it('every line of it names account, job and request', async () => {
    const jobId = await sync('logged');
    expect(await ended(jobId)).toMatchObject({
      name: 'worker',
      level: 'info',
      account,
      requestId: 'logged-finalize',
      status: 'FINISHED',
      counts: { numEntitiesUploaded: 1, numEntitiesCreated: 1 },
    });
    await processes.logged((line) => line['msg'] === 'Workflow completed' && line['jobId'] === jobId);
    const lines = processes.logs.filter((line) => JSON.stringify(line).includes(jobId));
    const messages = lines.map((line) => line['msg']);
    for (const message of ['synchronization job started', 'request', 'Workflow started', 'Activity completed']) {
      expect(messages).toContain(message);
    }
    for (const line of lines) {
      expect(line).toMatchObject({ account, jobId });
      // Written by the SDK before it knows more than the workflow.
      const isEarly = line['msg'] === 'Workflow started' || line['msg'] === 'Activity started';
      if (!isEarly) expect(line).toHaveProperty('requestId');
    }
    const ofUpload = processes.logs.filter((line) => line['requestId'] === 'logged-upload');
    expect(ofUpload).toEqual([expect.objectContaining({ msg: 'request', account, jobId })]);
  });

  it('a refused request is logged with its job', async () => {
    const jobId = await sync('refused');
    await api.request('POST', `${jobs}/${jobId}/upload`, one, { 'JupiterOne-Correlation-Id': 'too-late' });
    const line = await processes.logged(({ msg, requestId }) => msg === 'request refused' && requestId === 'too-late');
    expect(line).toMatchObject({ account, jobId, code: 'JOB_NOT_AWAITING_UPLOADS' });
  });

  it('a job that the CLI started and finalized is logged likewise; the update is the request', async () => {
    const { temporalAddress: address, temporalNamespace: namespace } = liveProduct();
    const connection = await Connection.connect({ address });
    const handle = await new Client({ connection, namespace }).workflow.start('syncJob', {
      workflowId: `by-hand-${randomUUID()}`,
      taskQueue,
      args: [{ account, source: 'api', scope: 'cli' }],
    });
    const { jobId } = (await handle.executeUpdate('finalize', { updateId: 'my-update' })) as { jobId: string };
    await connection.close();
    expect(await ended(jobId)).toMatchObject({ account, requestId: 'my-update' });
    const completed = await processes.logged(
      ({ msg, workflowId }) => msg === 'Workflow completed' && workflowId === handle.workflowId,
    );
    expect(completed).toMatchObject({ account, jobId, requestId: 'my-update' });
  });

  it('is counted and measured', async () => {
    const before = await metricsOf(`${processes.workerBaseUrl}/metrics`);
    const jobId = await sync('counted');
    await ended(jobId);
    const after = await metricsOf(`${processes.workerBaseUrl}/metrics`);
    const grownBy = (series: string) => (after.get(series) ?? NaN) - (before.get(series) ?? 0);
    const labels = '{status="FINISHED",sync_mode="DIFF"}';
    expect(grownBy(`perijove_sync_jobs_ended_total${labels}`)).toBe(1);
    expect(grownBy(`perijove_sync_job_finalize_duration_seconds_count${labels}`)).toBe(1);
    expect(grownBy('perijove_graph_changes_total{kind="entity",change="created"}')).toBe(1);
    expect(grownBy('perijove_graph_changes_total{kind="entity",change="deleted"}')).toBe(0);
    expect(grownBy('perijove_chunk_apply_duration_seconds_count{kind="entity",work="changes"}')).toBe(1);
    expect(after.get('perijove_open_sync_jobs{status="AWAITING_UPLOADS"}')).toBeGreaterThanOrEqual(0);
    const text = [...after.keys()].join('\n');
    expect(text).not.toContain(account);
    expect(text).not.toContain(jobId);
  });

  it('the metrics of the Temporal SDK are served, in seconds', async () => {
    const series = [...(await metricsOf(processes.sdkMetricsUrl)).keys()];
    const worker = (name: string) => series.some((of) => of.startsWith(`${name}{`) && of.includes('perijove-worker'));
    expect(worker('temporal_worker_task_slots_available')).toBe(true);
    expect(worker('temporal_activity_schedule_to_start_latency_seconds_count')).toBe(true);
  });

  it('open jobs are counted by status, with the time that the oldest waits', async () => {
    await api.start({ source: 'api', scope: 'open', syncMode: 'DIFF' });
    const other = await startOwnProcesses(taskQueue, {});
    let metrics = new Map<string, number>();
    // Ready comes a moment before the first count.
    for (let tries = 0; metrics.get('perijove_open_sync_jobs{status="AWAITING_UPLOADS"}') === undefined; tries++) {
      if (tries > 100) throw new Error('open jobs were not counted within 5 s');
      await sleep(50);
      metrics = await metricsOf(`${other.workerBaseUrl}/metrics`);
    }
    await other.stop();
    expect(metrics.get('perijove_open_sync_jobs{status="AWAITING_UPLOADS"}')).toBeGreaterThanOrEqual(1);
    expect(metrics.get('perijove_open_sync_job_oldest_seconds{status="AWAITING_UPLOADS"}')).toBeGreaterThan(0);
  });
});

/** Values by series, as Prometheus would name them. */
async function metricsOf(url: string): Promise<Map<string, number>> {
  const lines = (await (await fetch(url)).text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}
