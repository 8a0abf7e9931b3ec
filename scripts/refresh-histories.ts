import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryWorkflowId, reportWorkflowId } from '../src/contracts/temporal/query-result';
import { packageRoot } from './stack/package-root';
import { startProduct, type ProductConnection } from './stack/run-processes';

const folder = join(packageRoot(), 'test', 'replay', 'histories');
const jobs = '/persister/synchronization/jobs';
const one = { entities: [{ _key: 'a', _type: 'thing', _class: 'Thing' }] };
const nothing = { entities: [] };
const two = { entities: [{ _key: 'a', _type: 'thing', _class: 'Thing', n: 2 }] };

interface Scene {
  readonly client: Client;
  readonly connection: ProductConnection;
  readonly post: (path: string, body: unknown) => Promise<{ id: string; workflowId: string }>;
}

/** Each lets one workflow run to its end and gives its id. */
const scenes: Readonly<Record<string, (scene: Scene) => Promise<string>>> = {
  'finished-by-api': async ({ post }) => {
    const { id, workflowId } = await post('', start('api'));
    await post(`/${id}/upload`, one);
    await post(`/${id}/finalize`, {});
    return workflowId;
  },
  'aborted-by-api': async ({ post }) => {
    const { id, workflowId } = await post('', start('abort'));
    await post(`/${id}/abort`, { reason: 'not today' });
    return workflowId;
  },
  'bad-data': async ({ post }) => {
    const { id, workflowId } = await post('', start('bad'));
    await post(`/${id}/upload`, one);
    await post(`/${id}/upload`, two);
    await post(`/${id}/finalize`, {});
    return workflowId;
  },
  'finished-by-update': async ({ client, connection, post }) => {
    const id = randomUUID();
    const input = { account: connection.account, ...start('update') };
    const handle = await client.workflow.start('syncJob', { workflowId: id, taskQueue: 'graph-sync', args: [input] });
    await untilAwaiting(client, id);
    await post(`/${id}/upload`, one);
    await handle.executeUpdate('finalize');
    return id;
  },
  'cancelled-while-waiting': async ({ client, connection }) => {
    const id = randomUUID();
    const input = { account: connection.account, ...start('cancel') };
    const handle = await client.workflow.start('syncJob', { workflowId: id, taskQueue: 'graph-sync', args: [input] });
    await untilAwaiting(client, id);
    await handle.cancel();
    return id;
  },
  'dry-run': async ({ client, post }) => {
    const { id, workflowId } = await post('', start('dry-run'));
    await post(`/${id}/upload`, one);
    await client.workflow.getHandle(workflowId).executeUpdate('finalize', { args: [{ dryRun: true }] });
    await post(`/${id}/finalize`, {});
    return workflowId;
  },
  'held-approved-by-api': async (scene) => {
    const { id, workflowId } = await held(scene, 'approve');
    await scene.post(`/${id}/approve`, {});
    return workflowId;
  },
  'held-approved-by-update': async (scene) => {
    const { workflowId } = await held(scene, 'approve-update');
    await scene.client.workflow.getHandle(workflowId).executeUpdate('approve');
    return workflowId;
  },
  'held-aborted': async (scene) => {
    const { id, workflowId } = await held(scene, 'held-abort');
    await scene.post(`/${id}/abort`, {});
    return workflowId;
  },
  'resumed-after-its-end': async ({ client, post }) => {
    const { id, workflowId } = await post('', start('resume'));
    await client.workflow.getHandle(workflowId).terminate();
    await post(`/${id}/abort`, {});
    return workflowId;
  },
  'query-by-api': async ({ connection }) => {
    const field = 'queryV1(query: "FIND thing", deferredResponse: FORCE) { correlationId }';
    const { queryV1 } = await graphql(connection, `{ ${field} }`);
    return queryWorkflowId(connection.account, queryV1?.correlationId ?? '');
  },
  'query-by-hand': async ({ client, connection }) =>
    await startByHand(client, 'deferredQuery', { account: connection.account, query: 'FIND thing' }),
  'query-csv-by-api': async ({ connection }) => {
    const field = 'queryV1(query: "FIND thing", deferredResponse: FORCE, deferredFormat: CSV) { correlationId }';
    const { queryV1 } = await graphql(connection, `{ ${field} }`);
    return queryWorkflowId(connection.account, queryV1?.correlationId ?? '');
  },
  'query-csv-by-hand': async ({ client, connection }) =>
    await startByHand(client, 'deferredQuery', { account: connection.account, query: 'FIND thing', format: 'csv' }),
  'query-that-is-none': async ({ client, connection }) =>
    await startByHand(client, 'deferredQuery', { account: connection.account, query: 'FIND' }),
  'query-cancelled': async ({ client, connection, post }) => {
    const { id, workflowId } = await post('', start('net'));
    await post(`/${id}/upload`, net(40));
    await post(`/${id}/finalize`, {});
    await client.workflow.getHandle(workflowId).result();
    const query = 'FIND left AS a THAT HAS right AS b THAT HAS left AS c THAT HAS right AS d RETURN a._key, d._key';
    const running = await startByHand(client, 'deferredQuery', { account: connection.account, query });
    await untilAwaiting(client, running);
    await sleep(500);
    await client.workflow.getHandle(running).cancel();
    return running;
  },
  'report-by-api': async ({ connection }) => {
    const { buildCsv } = await graphql(connection, 'mutation { buildCsv { stateFileUrl } }');
    const state = (await (await fetch(buildCsv?.stateFileUrl ?? '')).json()) as { correlationId: string };
    return reportWorkflowId(connection.account, state.correlationId);
  },
  'report-by-hand': async ({ client, connection }) =>
    await startByHand(client, 'csvReport', {
      account: connection.account,
      filters: { _type: 'thing' },
      format: 'json',
    }),
  'wrong-input': async ({ client }) => {
    const id = randomUUID();
    await client.workflow.start('syncJob', { workflowId: id, taskQueue: 'graph-sync', args: [{ account: '' }] });
    return id;
  },
};

const start = (scope: string) => ({ source: 'api', scope, syncMode: 'DIFF' });

async function startByHand(client: Client, type: string, input: object): Promise<string> {
  const workflowId = randomUUID();
  await client.workflow.start(type, { workflowId, taskQueue: 'graph-sync', args: [input] });
  return workflowId;
}

async function graphql({ apiBaseUrl, account, token }: ProductConnection, query: string) {
  const response = await fetch(`${apiBaseUrl}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'JupiterOne-Account': account, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: Record<string, Record<string, string>> }).data;
}

/** So many things on either side, each left one linked to each right one. */
function net(side: number) {
  const keys = (name: string) => Array.from({ length: side }, (_, i) => `${name}${i}`);
  const entities = ['left', 'right'].flatMap((type) =>
    keys(type).map((_key) => ({ _key, _type: type, _class: 'Thing' })),
  );
  const relationships = keys('left').flatMap((from) =>
    keys('right').map((to) => {
      const ends = { _fromEntityKey: from, _toEntityKey: to };
      return { _key: `${from}|${to}`, _type: 'left_has_right', _class: 'HAS', ...ends };
    }),
  );
  return { entities, relationships };
}

/** A job that would empty its scope, and waits for its approval. */
async function held({ client, post }: Scene, scope: string): Promise<{ id: string; workflowId: string }> {
  const first = await post('', start(scope));
  await post(`/${first.id}/upload`, one);
  await post(`/${first.id}/finalize`, {});
  await client.workflow.getHandle(first.workflowId).result();
  const { id, workflowId } = await post('', start(scope));
  await post(`/${id}/upload`, nothing);
  await post(`/${id}/finalize`, {});
  const handle = client.workflow.getHandle(workflowId);
  while ((await runsOf(client, workflowId)).length < 2 || !(await isWaiting(handle))) await sleep(50);
  return { id, workflowId };
}

const isWaiting = async (handle: WorkflowHandle): Promise<boolean> =>
  (await handle.fetchHistory()).events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes) ?? false;

/** Runs of a workflow that continued each other, first one first. */
async function runsOf(client: Client, workflowId: string): Promise<readonly string[]> {
  const runs: string[] = [];
  let { runId } = await client.workflow.getHandle(workflowId).describe();
  for (;;) {
    runs.unshift(runId);
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
    if (before === '') return runs;
    runId = before;
  }
}

async function untilAwaiting(client: Client, workflowId: string): Promise<void> {
  for (;;) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    if (events?.some(({ activityTaskCompletedEventAttributes }) => activityTaskCompletedEventAttributes)) return;
    await sleep(50);
  }
}

/**
 * Records the histories of every scene, or of those that are named, against a product of its own; the replay test holds the code to
 * them from then on.
 */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'perijove-histories-'));
  const wanted = process.argv.slice(2);
  const product = await startProduct({
    dataDir,
    ephemeral: true,
    processEnv: { PERIJOVE_MAX_DELETE_SHARE: '0.5' },
    log: console.log,
  });
  try {
    const { connection } = product;
    const temporal = await Connection.connect({ address: connection.temporalAddress });
    const client = new Client({ connection: temporal, namespace: connection.temporalNamespace });
    const post = postTo(connection);
    mkdirSync(folder, { recursive: true });
    for (const [name, play] of Object.entries(scenes)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const workflowId = await play({ client, connection, post });
      await client.workflow
        .getHandle(workflowId)
        .result()
        .catch(() => undefined);
      const runs = await runsOf(client, workflowId);
      for (const [i, runId] of runs.entries()) {
        const history = historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory());
        // Names of the machine that recorded it.
        const text = history
          .replace(/"\d+@[^"]*"/g, '"recorded"')
          .replace(/("stackTrace": ?)"(?:[^"\\]|\\.)*"/g, '$1""');
        const file = runs.length === 1 ? name : `${name}-${i + 1}`;
        writeFileSync(join(folder, `${file}.json`), `${JSON.stringify(JSON.parse(text), undefined, 1)}\n`);
        console.log(`recorded ${file}`);
      }
    }
    await temporal.close();
  } finally {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function postTo({ apiBaseUrl, account, token }: ProductConnection): Scene['post'] {
  const headers = {
    Authorization: `Bearer ${token}`,
    'JupiterOne-Account': account,
    'Content-Type': 'application/json',
  };
  return async (path, body) => {
    const response = await fetch(`${apiBaseUrl}${jobs}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { job: { id: string; workflowId: string } }).job;
  };
}

main().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
