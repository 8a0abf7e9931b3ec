import { Client, Connection } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/adapters/mongo/database';
import { queryWorkflowId } from '../../../src/contracts/temporal/query-result';
import { ApiClient } from '../../support/api-client';
import {
  bipartite,
  defer,
  longQuery,
  pathsOf,
  readState,
  resultKeysOf,
  untilDone,
  untilHeartbeat,
} from '../../support/deferred-results';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';
import { startOwnProcesses, type OwnProcesses } from '../../support/own-processes';

const side = 30;

describe('deferred queries when things go wrong', () => {
  let database: Database;
  let processes: OwnProcesses | undefined;
  beforeAll(() => {
    database = openLiveDatabase();
  });
  afterEach(async () => {
    await processes?.stop();
    processes = undefined;
  });
  afterAll(async () => {
    await database.client.close();
  });

  async function start(taskQueue: string, env: Record<string, string>) {
    processes = await startOwnProcesses(taskQueue, env);
    const credentials = await newAccount(database);
    const api = new ApiClient({ ...processes, ...credentials });
    return { api, account: credentials.account, processes };
  }

  it('go through a heap of 128 MB, and begin again when their worker dies', async () => {
    const { api, account, processes } = await start('deferred-kill', { NODE_OPTIONS: '--max-old-space-size=128' });
    await api.sync({ source: 'api', scope: 'net', syncMode: 'DIFF' }, bipartite(side));
    const url = await defer(api, longQuery);
    const { correlationId } = await readState(url);
    for (let i = 0; (await resultKeysOf(account, correlationId)).length < 5; i++) {
      if (i > 400) throw new Error('no page was stored within 20 s');
      await sleep(50);
    }
    await processes.replaceWorker();
    const { status, totalCount, error } = await untilDone(url, 90_000);
    expect({ status, totalCount, error }).toEqual({ status: 'COMPLETED', totalCount: pathsOf(side), error: undefined });
    const result = await database.collections.queryResults.findOne({ _id: correlationId });
    expect(result?.content?.attempt).toMatch(/\.[2-9]$/);
    const pages = result?.content?.pages ?? 0;
    // What the dead attempt has left is discarded after the result is sealed.
    for (let i = 0; (await resultKeysOf(account, correlationId)).length > pages && i < 200; i++) await sleep(50);
    const keys = await resultKeysOf(account, correlationId);
    expect(keys).toHaveLength(pages);
    for (const key of keys) expect(key).toContain(`-${result?.content?.attempt ?? ''}-`);
    // Not a path twice, none missing.
    const seen = new Set<string>();
    for (let page = 0, at = url; ; page++) {
      const { data = [], cursor } = await readState(at);
      for (const row of data) seen.add(JSON.stringify(row));
      if (cursor === undefined) break;
      at = `${url}/${page + 1}`;
    }
    expect(seen.size).toBe(pathsOf(side));
  }, 240_000);

  it('write a CSV through a heap of 128 MB, whole although their worker dies, and nothing of it before', async () => {
    const { api, account, processes } = await start('csv-kill', { NODE_OPTIONS: '--max-old-space-size=128' });
    await api.sync({ source: 'api', scope: 'net', syncMode: 'DIFF' }, bipartite(side));
    const url = await defer(api, longQuery, { format: 'CSV' });
    const { correlationId } = await readState(url);
    const connection = await Connection.connect({ address: liveProduct().temporalAddress });
    const client = new Client({ connection, namespace: liveProduct().temporalNamespace });
    const handle = client.workflow.getHandle(queryWorkflowId(account, correlationId));
    await untilHeartbeat(handle, /"writing the file","rows":[1-9]/);
    await connection.close();
    expect((await readState(url)).status).toBe('IN_PROGRESS');
    expect(await resultKeysOf(account, correlationId)).toEqual([]);
    await processes.replaceWorker();
    const { status, totalCount, url: file = '', error } = await untilDone(url, 90_000);
    expect({ status, totalCount, error }).toEqual({ status: 'COMPLETED', totalCount: pathsOf(side), error: undefined });
    const result = await database.collections.queryResults.findOne({ _id: correlationId });
    expect(result?.content?.attempt).toMatch(/\.[2-9]$/);
    const lines = (await (await fetch(file)).text()).split('\r\n');
    expect([lines[0], lines.at(-1)]).toEqual(['a.n,b.n,c.n,d.n', '']);
    // Not a path twice, none missing.
    expect(lines).toHaveLength(pathsOf(side) + 2);
    expect(new Set(lines).size).toBe(pathsOf(side) + 2);
    expect(await resultKeysOf(account, correlationId)).toEqual([expect.stringMatching(/-file$/)]);
  }, 240_000);

  it('end when their time is over, and can be read as long as is set', async () => {
    const { api, account } = await start('deferred-limits', {
      PERIJOVE_DEFERRED_TIMEOUT_MS: '1000',
      PERIJOVE_RESULT_KEEP_MS: '60000',
    });
    await api.sync({ source: 'api', scope: 'net', syncMode: 'DIFF' }, bipartite(40));
    const url = await defer(api, longQuery);
    const since = Date.now();
    const { status, error, correlationId } = await untilDone(url);
    expect({ status, error }).toEqual({
      status: 'FAILED',
      error: expect.stringMatching(/^It was not done within 1 s/),
    });
    expect(Date.now() - since).toBeLessThan(6_000);
    const result = { _id: correlationId, account };
    await database.collections.queryResults.updateOne(result, { $set: { expiresAt: Date.now() - 1 } });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'There is no such result, or it has expired.' } },
    ]);
  }, 120_000);
});
