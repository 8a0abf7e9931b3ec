import { Client, Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Database } from '../../../src/adapters/mongo/database';
import { SearchAttribute } from '../../../src/contracts/temporal/sync-job';
import type { ResultState } from '../../../src/contracts/temporal/query-result';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';

const run = promisify(execFile);
const hosts = Array.from({ length: 12 }, (_, i) => ({ _key: `host:${i}`, _type: 'host', _class: 'Host', n: i }));

interface StateDocument {
  status: string;
  correlationId: string;
  data?: unknown[];
  cursor?: string;
  totalCount?: number;
  url?: string;
  error?: string;
}

describe('the deferredQuery workflow', () => {
  let database: Database;
  let client: Client;
  let api: ApiClient;
  let account: string;

  beforeAll(async () => {
    database = openLiveDatabase();
    const credentials = await newAccount(database);
    account = credentials.account;
    api = new ApiClient({ ...liveProduct(), ...credentials });
    const { temporalAddress, temporalNamespace } = liveProduct();
    const connection = await Connection.connect({ address: temporalAddress });
    client = new Client({ connection, namespace: temporalNamespace });
    await api.sync({ source: 'api', scope: 'hosts', syncMode: 'DIFF' }, { entities: hosts });
  });
  afterAll(async () => {
    await client.connection.close();
    await database.client.close();
  });

  const temporal = async (...args: string[]) => {
    const { binaries, temporalAddress, temporalNamespace } = liveProduct();
    const where = ['--address', temporalAddress, '--namespace', temporalNamespace];
    return (await run(binaries.temporal, [...args, ...where])).stdout;
  };
  const startByCli = async (workflowId: string, input: unknown) =>
    await temporal(
      ...['workflow', 'start', '--type', 'deferredQuery', '--task-queue', 'graph-sync'],
      ...['--workflow-id', workflowId, '--input', JSON.stringify(input)],
    );
  const stateOf = async (id: string): Promise<StateDocument> => {
    const { url } = (await api.ok('GET', `/j1ql/results/${id}`)) as { url: string };
    const response = await fetch(url);
    expect(response.status).toBe(200);
    return (await response.json()) as StateDocument;
  };

  it('answers a query that the Temporal CLI asks, and says where the answer is', async () => {
    const id = randomUUID();
    await startByCli(id, { account, query: 'FIND Host WITH n > ${least}', variables: { least: 8 } });
    const handle = client.workflow.getHandle(id);
    const state = (await handle.result()) as ResultState;
    expect(state).toMatchObject({ resultId: id, status: 'COMPLETED', rows: 3, pages: 1, path: `/j1ql/results/${id}` });
    const document = await stateOf(id);
    expect(document).toMatchObject({ status: 'COMPLETED', correlationId: id, type: 'list', totalCount: 3 });
    expect(document).not.toHaveProperty('cursor');
    expect(document.data).toHaveLength(3);
    expect(document.data).toContainEqual(
      expect.objectContaining({
        entity: expect.objectContaining({ _key: 'host:9', _class: ['Host'] }) as object,
        properties: { n: 9 },
      }),
    );
    expect(await (await fetch(document.url ?? '')).json()).toEqual({
      type: 'list',
      totalCount: 3,
      data: document.data,
    });
    expect(await handle.query('result')).toEqual(state);
    const { typedSearchAttributes } = await handle.describe();
    expect(typedSearchAttributes.get(SearchAttribute.status)).toBe('COMPLETED');
    expect(typedSearchAttributes.get(SearchAttribute.account)).toBe(account);
  });

  it.each([
    ['no account', { query: 'FIND Host' }, '"account" must be a non-empty string'],
    ['no query', { account: 'x' }, '"query" must be a J1QL text'],
    ['a member that is none', { account: 'x', query: 'FIND Host', limit: 1 }, '"limit" is not known'],
    ['an unknown account', { account: 'nobody-here', query: 'FIND Host' }, 'There is no account "nobody-here"'],
    ['a query that is none', { query: 'FIND Host WTH x = 1' }, 'Unexpected token'],
    ['a variable without a value', { query: 'FIND Host WITH n = ${n}' }, 'no value for the variable "n"'],
  ])('fails at once with a sentence when the input has %s', async (what, input, sentence) => {
    const id = randomUUID();
    await startByCli(id, what === 'no account' || 'account' in input ? input : { ...input, account });
    const handle = client.workflow.getHandle(id);
    const failure: unknown = await handle.result().catch((err: unknown) => err);
    const messages: string[] = [];
    for (let err = failure; err instanceof Error; err = err.cause) messages.push(err.message);
    expect(messages.join(' | ')).toContain(sentence);
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(20);
    expect((await api.request('GET', `/j1ql/results/${id}`)).status).toBe(404);
  });
});
