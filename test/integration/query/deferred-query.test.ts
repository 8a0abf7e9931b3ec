import { randomUUID } from 'node:crypto';
import { SearchAttribute } from '../../../src/contracts/temporal/sync-job';
import { queryWorkflowId, type ResultState } from '../../../src/contracts/temporal/query-result';
import { ApiClient } from '../../support/api-client';
import {
  bipartite,
  defer,
  longQuery,
  readState,
  resultIdOf,
  resultKeysOf,
  untilDone,
  untilHeartbeat,
} from '../../support/deferred-results';
import { LiveSuite, startByCli, temporalCli } from '../../support/live-suite';
import { liveProduct, newAccount } from '../../support/live-product';

const hosts = Array.from({ length: 12 }, (_, i) => ({ _key: `host:${i}`, _type: 'host', _class: 'Host', n: i }));

describe('the deferredQuery workflow', () => {
  const suite = new LiveSuite();
  beforeAll(async () => {
    await suite.api.sync({ source: 'api', scope: 'hosts', syncMode: 'DIFF' }, { entities: hosts });
  });

  const start = async (workflowId: string, input: unknown) => await startByCli('deferredQuery', workflowId, input);
  const stateOf = async (id: string) => {
    const { url } = (await suite.api.ok('GET', `/j1ql/results/${id}`)) as { url: string };
    return await readState(url);
  };
  const handleOf = async (url: string) =>
    suite.client.workflow.getHandle(queryWorkflowId(suite.account, await resultIdOf(url)));

  it('answers a query that the Temporal CLI asks, and says where the answer is', async () => {
    const id = randomUUID();
    await start(id, { account: suite.account, query: 'FIND Host WITH n > ${least}', variables: { least: 8 } });
    const handle = suite.client.workflow.getHandle(id);
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
    expect(typedSearchAttributes.get(SearchAttribute.account)).toBe(suite.account);
  });

  it('answers what queryV1 defers, by pages that are of one point in time', async () => {
    const many = Array.from({ length: 12_000 }, (_, i) => ({ _key: `p:${i}`, _type: 'part', _class: 'Part', n: i }));
    await suite.api.sync({ source: 'api', scope: 'parts', syncMode: 'DIFF' }, { entities: many });
    let url = await defer(suite.api, 'FIND Part');
    const seen = new Set<unknown>();
    let pages = 0;
    for (;;) {
      const { status, data = [], cursor, totalCount } = await untilDone(url);
      expect({ status, totalCount }).toEqual({ status: 'COMPLETED', totalCount: 12_000 });
      for (const { id } of data) seen.add(id);
      pages += 1;
      if (pages === 1)
        await suite.api.sync({ source: 'api', scope: 'parts', syncMode: 'DIFF' }, { entities: many.slice(9) });
      if (cursor === undefined) break;
      // A client may go on without deferral.
      const document = 'query A($q: String!, $c: String) { queryV1(query: $q, cursor: $c) { data cursor totalCount } }';
      const inline = await suite.api.ok('POST', '/', { query: document, variables: { q: 'FIND Part', c: cursor } });
      url = await defer(suite.api, 'FIND Part', { cursor });
      const next = await readState(url);
      expect(inline).toEqual({
        data: { queryV1: { data: next.data, cursor: next.cursor ?? null, totalCount: 12_000 } },
      });
    }
    expect(pages).toBeGreaterThan(2);
    expect(seen.size).toBe(12_000);
  }, 60_000);

  it('keeps results of accounts apart', async () => {
    const url = await defer(suite.api, 'FIND Host');
    const { correlationId } = await untilDone(url);
    const other = new ApiClient({ ...liveProduct(), ...(await newAccount(suite.database)) });
    expect((await other.request('GET', `/j1ql/results/${correlationId}`)).status).toBe(404);
    expect((await untilDone(await defer(other, 'FIND Host'))).data).toEqual([]);
  });

  it('has few events, none with what was asked, and says in words how it went', async () => {
    const url = await defer(suite.api, 'FIND Host WITH owner = ${who}', { variables: { who: 'somebody-secret' } });
    const { status } = await untilDone(url);
    expect(status).toBe('COMPLETED');
    const handle = await handleOf(url);
    await handle.result();
    const events = (await handle.fetchHistory()).events ?? [];
    expect(events.length).toBeLessThanOrEqual(15);
    expect(JSON.stringify(events)).not.toContain(Buffer.from('somebody-secret').toString('base64').slice(0, 16));
    const details = await temporalCli('workflow', 'metadata', '--workflow-id', handle.workflowId);
    expect(details).toContain('COMPLETED');
    expect(details).toContain('can be read until');
  });

  it('that is cancelled ends in MongoDB too, and tells the client', async () => {
    await suite.api.sync({ source: 'api', scope: 'net', syncMode: 'DIFF' }, bipartite(40));
    const url = await defer(suite.api, longQuery);
    const handle = await handleOf(url);
    await untilHeartbeat(handle, /"pages":[1-9]/);
    const since = Date.now();
    await handle.cancel();
    const { status, error, correlationId } = await untilDone(url);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'The work on it was cancelled by an operator.' });
    expect(Date.now() - since).toBeLessThan(8_000);
    await expect(handle.result()).rejects.toThrow('cancelled');
    const description = await handle.describe();
    expect(description.status.name).toBe('CANCELLED');
    expect(description.typedSearchAttributes.get(SearchAttribute.status)).toBe('FAILED');
    const running = suite.database.client
      .db('admin')
      .aggregate([
        { $currentOp: { allUsers: true } },
        { $match: { 'command.find': { $in: ['entities', 'relationships'] } } },
      ]);
    expect(await running.toArray()).toEqual([]);
    expect(await resultKeysOf(suite.account, correlationId)).toEqual([]);
  }, 60_000);

  it.each([
    ['no account', { query: 'FIND Host' }, '"account" must be a non-empty string'],
    ['no query', { account: 'x' }, '"query" must be a J1QL text'],
    ['a member that is none', { account: 'x', query: 'FIND Host', limit: 1 }, '"limit" is not known'],
    ['an unknown account', { account: 'nobody-here', query: 'FIND Host' }, 'There is no account "nobody-here"'],
    ['a query that is none', { query: 'FIND Host WTH x = 1' }, 'Unexpected token'],
    ['a variable without a value', { query: 'FIND Host WITH n = ${n}' }, 'no value for the variable "n"'],
  ])('fails at once with a sentence when the input has %s', async (what, input, sentence) => {
    const id = randomUUID();
    await start(id, what === 'no account' || 'account' in input ? input : { ...input, account: suite.account });
    const handle = suite.client.workflow.getHandle(id);
    const failure: unknown = await handle.result().catch((err: unknown) => err);
    const messages: string[] = [];
    for (let err = failure; err instanceof Error; err = err.cause) messages.push(err.message);
    expect(messages.join(' | ')).toContain(sentence);
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(20);
    expect((await suite.api.request('GET', `/j1ql/results/${id}`)).status).toBe(404);
  });
});
