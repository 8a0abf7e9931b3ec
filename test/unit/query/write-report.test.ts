import { parse } from 'csv-parse/sync';
import type { ResultFormat } from '../../../src/contracts/query-result';
import type { ReportSelection } from '../../../src/domain/query/reports';
import { writeReport } from '../../../src/domain/query/write-report';
import type { QueryPolicy } from '../../../src/domain/query/plan/policy';
import { collect } from '../../support/contracts/subject';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { smallGraph } from '../../support/query/small-graph';

const graph = smallGraph(
  'h1:Host {"name":"one","displayName":"One","ports":[22,80],"_createdOn":1700000000000}',
  'h2:Host+Device:aws_instance {"name":"=cmd()","tag.env":"prod","active":false}',
  'u1:User {"email":"a@b"}',
  'h3:Host {"_deleted":true}',
);

async function fileOf(
  format: ResultFormat,
  selection: ReportSelection = {},
  { policies = [] }: { policies?: readonly QueryPolicy[] } = {},
): Promise<{ text: string; rows: number; steps: readonly string[] }> {
  const steps: string[] = [];
  return await writeReport(
    { selection, format },
    {
      graph: new MemoryGraphReader(graph),
      policies,
      maxBytes: 1e6,
      signal: new AbortController().signal,
      onProgress: ({ step, rows }) => steps.push(`${step} ${rows}`),
    },
    async (file) => {
      const text = Buffer.concat(await collect(file.content)).toString();
      return { text, rows: file.rows(), steps };
    },
  );
}

const hosts = { filters: { _class: ['Host'] } };

describe('a report', () => {
  it('as CSV has a column for each property, identity first and the rest of the metadata last', async () => {
    const { text, rows, steps } = await fileOf('csv', hosts);
    expect(text.split('\r\n')).toEqual([
      '_key,_type,_class,displayName,active,name,ports,tag.env,_createdOn,_id',
      'h1,host,Host,One,,one,"[22,80]",,2023-11-14T22:13:20.000Z,h1',
      `h2,aws_instance,"[""Host"",""Device""]",,false,'=cmd(),,prod,,h2`,
      '',
    ]);
    expect(rows).toBe(2);
    expect(steps).toEqual(['finding columns 2', 'writing the file 2']);
  });

  it('as JSON has a vertex a line', async () => {
    const { text, rows } = await fileOf('json', hosts);
    expect(rows).toBe(2);
    expect(text.split('\n')).toHaveLength(5);
    expect(JSON.parse(text)).toMatchObject([
      { id: 'h1', entity: { _type: ['host'], _class: ['Host'], displayName: 'One' }, properties: { name: 'one' } },
      { id: 'h2', entity: { _class: ['Host', 'Device'] }, properties: { 'tag.env': 'prod' } },
    ]);
  });

  it('of nothing is a header, or an empty list', async () => {
    const none = { filters: { _type: ['nothing'] } };
    expect(await fileOf('csv', none)).toMatchObject({ text: '_key,_type,_class,displayName\r\n', rows: 0 });
    expect(await fileOf('json', none)).toMatchObject({ text: '[]\n', rows: 0 });
  });

  it.each<[string, ReportSelection, string[]]>([
    ['everything', {}, ['h1', 'h2', 'u1']],
    ['one property', { propertyFilters: { name: 'one' } }, ['h1']],
    ['all of several', { ...hosts, propertyFilters: { 'tag.env': 'prod' } }, ['h2']],
    [
      'any of several',
      { filters: { _class: ['User'] }, propertyFilters: { name: 'one' }, filterType: 'OR' },
      ['h1', 'u1'],
    ],
    ['both classes', { filters: { _class: ['Host', 'Device'] } }, ['h2']],
  ])('has the entities of the selection: %s', async (_, selection, keys) => {
    const lines: string[][] = parse((await fileOf('csv', selection)).text);
    expect(lines.slice(1).map(([key]) => key)).toEqual(keys);
  });

  it('holds nothing that a policy rules out', async () => {
    const { text } = await fileOf('json', {}, { policies: [[{ _class: ['User'] }]] });
    expect(JSON.parse(text)).toMatchObject([{ id: 'u1' }]);
    expect(await fileOf('json', {}, { policies: [[]] })).toMatchObject({ rows: 0 });
  });

  it('refuses a selection that is none', async () => {
    await expect(fileOf('csv', { propertyFilters: ['x'] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
