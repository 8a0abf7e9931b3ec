import { parse } from 'csv-parse/sync';
import { randomUUID } from 'node:crypto';
import { queryWorkflowId, type ResultState } from '../../../src/contracts/temporal/query-result';
import { ApiClient } from '../../support/api-client';
import {
  bipartite,
  defer,
  download,
  longQuery,
  readState,
  resultIdOf,
  resultKeysOf,
  untilDone,
  untilHeartbeat,
} from '../../support/deferred-results';
import { liveProduct, newAccount } from '../../support/live-product';
import { LiveSuite, startByCli, temporalCli } from '../../support/live-suite';

const hard = ['a,b', 'say "so"', 'two\nlines', 'cr\r\nlf', 'ä 漢 🚀', ' edge ', '=1+1'];
/** Three pages of rows as JSON would store them. */
const hosts = Array.from({ length: 12_000 }, (_, i) => ({
  _key: `host:${i}`,
  _type: 'host',
  _class: 'Host',
  displayName: `host ${i}`,
  n: i,
  text: hard[i % hard.length],
  ports: [22, i],
  ...(i % 3 === 0 && { 'tag.env': 'prod', empty: '' }),
}));

describe('a deferred query with the format CSV', () => {
  const suite = new LiveSuite();
  beforeAll(async () => {
    await suite.api.sync({ source: 'api', scope: 'hosts', syncMode: 'DIFF' }, { entities: hosts });
  }, 60_000);

  const deferCsv = async (query: string, more: object = {}, of = suite.api): Promise<string> =>
    await defer(of, query, { format: 'CSV', ...more });
  const rowsOf = (text: string): Record<string, string>[] => parse(text, { columns: true, recordDelimiter: '\r\n' });

  it('writes a list as one file, whatever stands in its values', async () => {
    const stateUrl = await deferCsv('FIND Host');
    const { correlationId, url, ...state } = await untilDone(stateUrl);
    expect(state).toEqual({ status: 'COMPLETED', totalCount: 12_000 });
    const { text, headers } = await download(url);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="query-\d{4}-\d\d-\d\d\.csv"$/);
    const rows = rowsOf(text);
    expect(rows).toHaveLength(12_000);
    expect(Object.keys(rows[0] ?? {}).slice(0, 9)).toEqual([
      '_key',
      '_type',
      '_class',
      'displayName',
      'empty',
      'n',
      'ports',
      'tag.env',
      'text',
    ]);
    const byKey = new Map(rows.map((row) => [row['_key'], row]));
    for (const { _key, n, text: value = '', ports } of hosts) {
      const { n: readN, text: read, ports: readPorts, 'tag.env': env } = byKey.get(_key) ?? {};
      expect([readN, read, readPorts, env]).toEqual([
        String(n),
        value.startsWith('=') ? `'${value}` : value,
        JSON.stringify(ports),
        n % 3 === 0 ? 'prod' : '',
      ]);
    }
    expect(await resultKeysOf(suite.account, correlationId)).toEqual([expect.stringMatching(/-file$/)]);
    const handle = suite.client.workflow.getHandle(queryWorkflowId(suite.account, correlationId));
    const result = (await handle.result()) as ResultState;
    expect(result).toMatchObject({ format: 'csv', rows: 12_000, pages: 1, bytes: Buffer.byteLength(text) });
    expect((await handle.fetchHistory()).events?.length).toBeLessThanOrEqual(15);
    const words = await temporalCli('workflow', 'metadata', '--workflow-id', handle.workflowId);
    expect(words).toContain('bytes of CSV');
  }, 60_000);

  it('writes a table with the columns of RETURN, and its values as JSON has them', async () => {
    const query = 'FIND Host WITH n < 3 AS h RETURN h.n AS number, h.tag.env, h.text, h.empty ORDER BY h.n';
    const { url, totalCount } = await untilDone(await deferCsv(query));
    expect(totalCount).toBe(3);
    expect((await download(url)).text).toBe(
      'number,h.tag.env,h.text,h.empty\r\n0,prod,"a,b",""\r\n1,,"say ""so""",\r\n2,,"two\nlines",\r\n',
    );
  });

  it.each([
    ['a list', 'FIND Nothing', '_key,_type,_class,displayName\r\n'],
    ['a table', 'FIND Nothing AS x RETURN x.a, x.b AS c', 'x.a,c\r\n'],
  ])('writes a header where there are no rows: %s', async (_, query, text) => {
    const { url, totalCount } = await untilDone(await deferCsv(query));
    expect(totalCount).toBe(0);
    expect((await download(url)).text).toBe(text);
  });

  it('goes on behind the cursor of an inline answer, and not behind that of a stored one', async () => {
    const query = 'FIND Host';
    const document = 'query A($q: String!) { queryV1(query: $q) { data cursor } }';
    const inline = (await suite.api.ok('POST', '/', { query: document, variables: { q: query } })) as {
      data: { queryV1: { data: unknown[]; cursor: string } };
    };
    const { data, cursor } = inline.data.queryV1;
    const { url, totalCount } = await untilDone(await deferCsv(query, { cursor }));
    expect(totalCount).toBe(12_000 - data.length);
    expect(rowsOf((await download(url)).text)).toHaveLength(12_000 - data.length);
    const stored = await untilDone(await defer(suite.api, query));
    await expect(deferCsv(query, { cursor: stored.cursor })).rejects.toThrow('BAD_USER_INPUT');
  }, 60_000);

  it('is refused for a tree before anything starts', async () => {
    const before = await suite.database.collections.queryResults.countDocuments({ account: suite.account });
    await expect(deferCsv('FIND Host THAT RELATES TO Host RETURN TREE')).rejects.toThrow('BAD_USER_INPUT');
    expect(await suite.database.collections.queryResults.countDocuments({ account: suite.account })).toBe(before);
  });

  it('keeps results of accounts apart', async () => {
    const { correlationId } = await untilDone(await deferCsv('FIND Host WITH n = 1'));
    const other = new ApiClient({ ...liveProduct(), ...(await newAccount(suite.database)) });
    expect((await other.request('GET', `/j1ql/results/${correlationId}`)).status).toBe(404);
    const { url, totalCount } = await untilDone(await deferCsv('FIND Host', {}, other));
    expect(totalCount).toBe(0);
    expect((await download(url)).text).toBe('_key,_type,_class,displayName\r\n');
  });

  it('that is cancelled leaves no file, and tells the client', async () => {
    await suite.api.sync({ source: 'api', scope: 'net', syncMode: 'DIFF' }, bipartite(40));
    const url = await deferCsv(longQuery);
    const id = await resultIdOf(url);
    const handle = suite.client.workflow.getHandle(queryWorkflowId(suite.account, id));
    await untilHeartbeat(handle, /"writing the file","rows":[1-9]/);
    await handle.cancel();
    const { status, error } = await untilDone(url);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'The work on it was cancelled by an operator.' });
    await expect(handle.result()).rejects.toThrow('cancelled');
    expect(await resultKeysOf(suite.account, id)).toEqual([]);
  }, 60_000);

  it('is started by the Temporal CLI', async () => {
    const id = randomUUID();
    const query = 'FIND Host WITH n = ${n} AS h RETURN h.n';
    await startByCli('deferredQuery', id, { account: suite.account, query, variables: { n: 7 }, format: 'csv' });
    const state = (await suite.client.workflow.getHandle(id).result()) as ResultState;
    expect(state).toMatchObject({ resultId: id, status: 'COMPLETED', format: 'csv', rows: 1 });
    const { url } = (await suite.api.ok('GET', state.path)) as { url: string };
    expect((await download((await readState(url)).url)).text).toBe('h.n\r\n7\r\n');
  });

  it.each([
    ['another format', { query: 'FIND Host', format: 'CSV' }, '"format" must be csv or json'],
    ['a tree', { query: 'FIND Host THAT HAS Host RETURN TREE', format: 'csv' }, 'A tree has no rows'],
  ])('fails at once with a sentence when it is started by hand with %s', async (_, input, sentence) => {
    const id = randomUUID();
    await startByCli('deferredQuery', id, { account: suite.account, ...input });
    const failure: unknown = await suite.client.workflow
      .getHandle(id)
      .result()
      .catch((err: unknown) => err);
    const messages: string[] = [];
    for (let err = failure; err instanceof Error; err = err.cause) messages.push(err.message);
    expect(messages.join(' | ')).toContain(sentence);
    expect((await suite.api.request('GET', `/j1ql/results/${id}`)).status).toBe(404);
  });
});
