import { parse } from 'csv-parse/sync';
import { randomUUID } from 'node:crypto';
import { reportWorkflowId, type ResultState } from '../../../src/contracts/temporal/query-result';
import { download, readState, untilDone } from '../../support/deferred-results';
import { LiveSuite } from '../../support/live-suite';

const hosts = Array.from({ length: 2_500 }, (_, i) => ({
  _key: `host:${i}`,
  _type: 'host',
  _class: i % 2 === 0 ? 'Host' : ['Host', 'Device'],
  displayName: `host "${i}", ä`,
  n: i,
  ports: [22, i],
  ...(i === 7 && { formula: '=1+1', 'tag.env': 'prod' }),
}));

describe('the csvReport workflow', () => {
  const suite = new LiveSuite();
  beforeAll(async () => {
    const user = { _key: 'u', _type: 'user', _class: 'User' };
    await suite.api.sync({ source: 'api', scope: 'hosts', syncMode: 'DIFF' }, { entities: [...hosts, user] });
  });

  async function build(field: 'buildCsv' | 'buildJson', variables: object): Promise<string> {
    const query = `mutation Build($filters: VertexFilters, $propertyFilters: JSON, $filterType: FilterType) {
      ${field}(filters: $filters, propertyFilters: $propertyFilters, filterType: $filterType) { stateFileUrl } }`;
    const answer = (await suite.api.ok('POST', '/', { query, variables })) as {
      data: Record<string, { stateFileUrl: string }>;
    };
    return answer.data[field]?.stateFileUrl ?? '';
  }

  it('writes all entities of buildCsv into a file that can be downloaded', async () => {
    const stateUrl = await build('buildCsv', { filters: { _type: ['host'], _class: ['Host'] }, filterType: 'AND' });
    const { correlationId, url, ...state } = await untilDone(stateUrl);
    expect(state).toEqual({ status: 'COMPLETED', totalCount: 2_500 });
    const { text, headers } = await download(url);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="entities-\d{4}-\d\d-\d\d\.csv"$/);
    const rows: Record<string, string>[] = parse(text, { columns: true });
    expect(rows).toHaveLength(2_500);
    const seventh = rows.find(({ _key }) => _key === 'host:7');
    expect(seventh).toMatchObject({
      _type: 'host',
      _class: '["Host","Device"]',
      displayName: 'host "7", ä',
      n: '7',
      ports: '[22,7]',
      formula: "'=1+1",
      'tag.env': 'prod',
      _source: 'api',
    });
    expect(Object.keys(seventh ?? {}).slice(0, 4)).toEqual(['_key', '_type', '_class', 'displayName']);
    const handle = suite.client.workflow.getHandle(reportWorkflowId(suite.account, correlationId));
    expect(await handle.result()).toMatchObject({ status: 'COMPLETED', rows: 2_500, bytes: Buffer.byteLength(text) });
    expect((await handle.fetchHistory()).events?.length).toBeLessThanOrEqual(15);
  });

  it('writes JSON for buildJson', async () => {
    const variables = { propertyFilters: { n: [3, 4] }, filterType: 'AND_WITH_SAME_FIELD_OR' };
    const { url } = await untilDone(await build('buildJson', variables));
    const vertices = JSON.parse((await download(url)).text) as { entity: { _key: string } }[];
    expect(vertices.map(({ entity }) => entity._key).toSorted()).toEqual(['host:3', 'host:4']);
  });

  it('is started by hand, and says where the file is', async () => {
    const id = randomUUID();
    const input = { account: suite.account, filters: { _class: 'User' } };
    const handle = await suite.client.workflow.start('csvReport', {
      workflowId: id,
      taskQueue: 'graph-sync',
      args: [input],
    });
    const result = (await handle.result()) as ResultState;
    expect(result).toMatchObject({ resultId: id, status: 'COMPLETED', rows: 1 });
    const { url } = (await suite.api.ok('GET', result.path)) as { url: string };
    expect((await download((await readState(url)).url)).text).toContain('\r\nu,user,User,');
  });

  it.each([
    [{ filters: ['x'] }, '"filters" must be an object of texts'],
    [{ filterType: 'XOR' }, '"filterType" must be one of AND, OR'],
    [{ propertyFilters: { a: { b: 1 } } }, 'propertyFilters.a must be a string'],
    [{ format: 'pdf' }, '"format" must be csv or json'],
    [{ class: 'Host' }, '"class" is not known'],
  ])('fails at once with a sentence for %j', async (input, sentence) => {
    const workflowId = randomUUID();
    const args = [{ account: suite.account, ...input }];
    const handle = await suite.client.workflow.start('csvReport', { workflowId, taskQueue: 'graph-sync', args });
    const failure: unknown = await handle.result().catch((err: unknown) => err);
    expect(failure).toBeInstanceOf(Error);
    expect(String((failure as Error).cause)).toContain(sentence);
  });
});
