import { Client, Connection } from '@temporalio/client';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../../src/adapters/mongo/database';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';
import { startOwnProcesses, type OwnProcesses } from '../../support/own-processes';
import { startSpanReceiver, type ReceivedSpan } from '../../support/span-receiver';

const taskQueue = 'traced';
const jobs = '/persister/synchronization/jobs';

describe('traces', () => {
  let receiver: Awaited<ReturnType<typeof startSpanReceiver>>;
  let processes: OwnProcesses;
  let database: Database;
  let api: ApiClient;
  let account: string;

  beforeAll(async () => {
    receiver = await startSpanReceiver();
    processes = await startOwnProcesses(taskQueue, {
      PERIJOVE_OTEL_ENABLED: 'true',
      PERIJOVE_OTEL_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    database = openLiveDatabase();
    const credentials = await newAccount(database);
    account = credentials.account;
    api = new ApiClient({ apiBaseUrl: processes.apiBaseUrl, ...credentials });
  });
  afterAll(async () => {
    await processes.stop();
    await receiver.close();
    await database.client.close();
  });

  const named = (name: string, traceId: string): ReceivedSpan => {
    const found = receiver.spans.filter((span) => span.name === name && span.traceId === traceId);
    if (found.length !== 1) throw new Error(`${String(found.length)} spans ${name} in trace ${traceId}`);
    return found[0] as ReceivedSpan;
  };
  const childrenOf = (parent: ReceivedSpan) =>
    receiver.spans.filter(({ traceId, parentSpanId }) => traceId === parent.traceId && parentSpanId === parent.spanId);
  const newTrace = () => {
    const traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
  };

  it('lead from the finalize request through the workflow to the activities and their calls', async () => {
    const [starting, uploading, finalizing] = [newTrace(), newTrace(), newTrace()];
    const started = await api.ok('POST', jobs, { source: 'api', scope: 'traced', syncMode: 'DIFF' }, starting.headers);
    const { id, workflowId } = started.job as { id: string; workflowId: string };
    // Too large for a document, so that it goes to S3; too many for one activity, which would end a small job at once.
    const entities = Array.from({ length: 2_100 }, (_, i) => ({
      _key: `a${String(i)}`,
      _type: 'thing',
      _class: 'Thing',
      random: randomBytes(512).toString('hex'),
    }));
    await api.ok('POST', `${jobs}/${id}/upload`, { entities }, uploading.headers);
    await api.ok('POST', `${jobs}/${id}/finalize`, {}, finalizing.headers);
    expect(await api.untilEnded(id)).toMatchObject({ status: 'FINISHED', numEntitiesCreated: 2_100 });
    await receiver.until((spans) => spans.filter(({ name }) => name === 'handle jobChanged').length === 1);

    const run = named('run syncJob', starting.traceId);
    const start = named('start syncJob', starting.traceId);
    expect(run).toMatchObject({ service: 'perijove-worker', parentSpanId: start.spanId });
    expect(named(`POST ${jobs}`, starting.traceId)).toMatchObject({ spanId: start.parentSpanId });

    const request = named(`POST ${jobs}/:id/finalize`, finalizing.traceId);
    expect(request).toMatchObject({ service: 'perijove-server', parentSpanId: finalizing.spanId });
    const signal = named('signal jobChanged', finalizing.traceId);
    expect(signal).toMatchObject({ service: 'perijove-server', parentSpanId: request.spanId });
    const handling = named('handle jobChanged', finalizing.traceId);
    expect(handling).toMatchObject({ service: 'perijove-worker', parentSpanId: signal.spanId });
    for (const name of ['finalizeEntities', 'finalizeRelationships']) {
      const activity = named(name, finalizing.traceId);
      expect(activity).toMatchObject({ service: 'perijove-worker', parentSpanId: handling.spanId });
      expect(BigInt(activity.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(activity.startTimeUnixNano));
      const calls = childrenOf(activity).map((span) => span.name);
      expect(calls).toContain('mongodb commitTransaction');
      const attributes = Object.fromEntries(activity.attributes.map(({ key, value }) => [key, value['stringValue']]));
      expect(attributes).toMatchObject({
        'perijove.account': account,
        'perijove.job_id': id,
        'temporal.workflow_id': workflowId,
      });
    }
    const reads = childrenOf(named('finalizeEntities', finalizing.traceId)).map(({ name }) => name);
    expect(reads).toContain('s3 GetObjectCommand');
    const upload = named(`POST ${jobs}/:id/upload`, uploading.traceId);
    expect(childrenOf(upload).map(({ name }) => name)).toContain('s3 PutObjectCommand');

    const ids = receiver.spans.map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(JSON.stringify(receiver.spans)).not.toContain(entities[0]?.random);
  });

  it('name the trace in the logs', async () => {
    const { traceId, headers } = newTrace();
    await api.ok('GET', jobs, undefined, headers);
    const line = await processes.logged((entry) => entry['msg'] === 'request' && entry['traceId'] === traceId);
    expect(line).toMatchObject({ name: 'server', route: jobs, account });
  });

  it('name the trace of the finalize call in what the worker logs of the job', async () => {
    const { traceId, headers } = newTrace();
    const { id } = await api.start({ source: 'api', scope: 'logged' });
    await api.ok('POST', `${jobs}/${id}/finalize`, {}, headers);
    const line = await processes.logged(
      (entry) => entry['msg'] === 'synchronization job ended' && entry['jobId'] === id,
    );
    expect(line).toMatchObject({ name: 'worker', traceId, account });
  });

  it('begin with the run where nobody sent one', async () => {
    const { temporalAddress: address, temporalNamespace: namespace } = liveProduct();
    const connection = await Connection.connect({ address });
    const workflowId = randomUUID();
    const handle = await new Client({ connection, namespace }).workflow.start('syncJob', {
      workflowId,
      taskQueue,
      args: [{ account, source: 'api', scope: 'by-cli' }],
    });
    const { status } = (await handle.executeUpdate('finalize')) as { status: string };
    await connection.close();
    expect(status).toBe('FINISHED');
    const isRun = ({ name, attributes }: ReceivedSpan) =>
      name === 'run syncJob' && attributes.some(({ value }) => value['stringValue'] === workflowId);
    await receiver.until((spans) => spans.some(isRun));
    const run = receiver.spans.find(isRun) as ReceivedSpan;
    expect(run.parentSpanId ?? '').toBe('');
    expect(childrenOf(run).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['openSyncJob', 'finalizeEntities']),
    );
  });
});
