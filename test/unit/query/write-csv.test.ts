import { parse } from 'csv-parse/sync';
import { answerQuestion, type DeferredQuestion } from '../../../src/domain/query/answer-question';
import type { QueryPolicy } from '../../../src/domain/query/plan/policy';
import { writeCsv } from '../../../src/domain/query/write-csv';
import { writeReport } from '../../../src/domain/query/write-report';
import { collect } from '../../support/contracts/subject';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { smallGraph } from '../../support/query/small-graph';

const graph = smallGraph(
  'h1:Host {"name":"one, \\"1\\"","displayName":"One","ports":[22,80],"_createdOn":1700000000000}',
  'h2:Host+Device:aws_instance {"name":"=cmd()","tag.env":"prod\\nä","active":false}',
  'u1:User {"email":"a@b","note":""}',
  'u2:User {"email":"-x"}',
  'u1 OWNS h1 {"since":3}',
  'u1 OWNS h2',
);
const reading = {
  graph: new MemoryGraphReader(graph),
  policies: [] as readonly QueryPolicy[],
  maxBytes: 1e6,
  signal: new AbortController().signal,
};

async function fileOf(query: string, more: Partial<DeferredQuestion> & { policies?: readonly QueryPolicy[] } = {}) {
  const { policies = [], ...asked } = more;
  const steps: string[] = [];
  return await answerQuestion({ query, ...asked }, { ...reading, policies, at: 0 }, async (answer) => {
    const onProgress = ({ step, rows }: { step: string; rows: number }) => steps.push(`${step} ${rows}`);
    return await writeCsv(answer, onProgress, async (file) => {
      const text = Buffer.concat(await collect(file.content)).toString();
      return { text, rows: file.rows(), steps };
    });
  });
}
const linesOf = async (query: string, more: Parameters<typeof fileOf>[1] = {}): Promise<string[][]> =>
  parse((await fileOf(query, more)).text, { recordDelimiter: '\r\n' });

describe('the CSV of a query', () => {
  it('of a list has a column for each property that a row has', async () => {
    const { text, rows, steps } = await fileOf('FIND Host');
    expect(text.split('\r\n')).toEqual([
      '_key,_type,_class,displayName,active,name,ports,tag.env,_createdOn,_id',
      'h1,host,Host,One,,"one, ""1""","[22,80]",,2023-11-14T22:13:20.000Z,h1',
      `h2,aws_instance,"[""Host"",""Device""]",,false,'=cmd(),,"prod\nä",,h2`,
      '',
    ]);
    expect(rows).toBe(2);
    expect(steps).toEqual(['finding columns 2', 'writing the file 2']);
  });

  it('of a list is the report of the same entities', async () => {
    const asked = { selection: { filters: { _class: ['Host'] } }, format: 'csv' } as const;
    const report = await writeReport(asked, { ...reading, onProgress: () => undefined }, async ({ content }) =>
      Buffer.concat(await collect(content)).toString(),
    );
    expect((await fileOf('FIND Host')).text).toBe(report);
  });

  it('of a table has the columns of RETURN in their order, and reads the rows once', async () => {
    const { text, rows, steps } = await fileOf(
      'FIND User AS u THAT OWNS AS o Host AS h RETURN h.name, u.email AS mail, o.since, h.ports ORDER BY h._key',
    );
    expect(text.split('\r\n')).toEqual([
      'h.name,mail,o.since,h.ports',
      '"one, ""1""",a@b,3,"[22,80]"',
      "'=cmd(),a@b,,",
      '',
    ]);
    expect(rows).toBe(2);
    expect(steps).toEqual(['writing the file 2']);
  });

  it('tells an empty text from an absent one, and keeps spreadsheets from running either', async () => {
    const { text } = await fileOf('FIND User RETURN User.note, User.email ORDER BY User._key');
    expect(text).toBe(`User.note,User.email\r\n"",a@b\r\n,'-x\r\n`);
  });

  it('has whole objects as JSON', async () => {
    const [header, row] = await linesOf('FIND User WITH note = "" AS u THAT OWNS AS o Host AS h RETURN u, o LIMIT 1');
    expect(header).toEqual(['u', 'o']);
    expect(row?.map((cell) => JSON.parse(cell) as unknown)).toMatchObject([
      { id: 'u1', entity: { _class: ['User'] }, properties: { email: 'a@b', note: '' } },
      { relationship: { _class: 'OWNS' } },
    ]);
  });

  it('has one column for each property of alias.*, where RETURN has it', async () => {
    const [header, ...rows] = await linesOf(
      'FIND Host AS h RETURN h.ports, h.*, h.name AS label, h.active ORDER BY h._key',
    );
    const all = ['_key', '_type', '_class', 'displayName', 'name', 'tag.env', '_createdOn', '_id'];
    expect(header).toEqual(['h.ports', ...all.map((key) => `h.${key}`), 'label', 'h.active']);
    expect(rows.map((row) => [row[0], row[1], row.at(-2), row.at(-1)])).toEqual([
      ['[22,80]', 'h1', 'one, "1"', ''],
      ['', 'h2', "'=cmd()", 'false'],
    ]);
  });

  it.each([
    ['a list', 'FIND Nothing', '_key,_type,_class,displayName\r\n'],
    ['a table', 'FIND Nothing AS n RETURN n.a, n.b AS c', 'n.a,c\r\n'],
    ['alias.*', 'FIND Nothing AS n RETURN n.*', 'n._key,n._type,n._class,n.displayName\r\n'],
  ])('of no rows is a header: %s', async (_, query, text) => {
    expect(await fileOf(query)).toMatchObject({ text, rows: 0 });
  });

  it('counts where nothing is found', async () => {
    expect((await fileOf('FIND Nothing RETURN COUNT(Nothing) AS n')).text).toBe('n\r\n0\r\n');
  });

  it('has metadata of rows in a last column, where rows have it', async () => {
    const rowMetadata = true;
    const [header, row] = await linesOf('FIND User AS u RETURN u.email LIMIT 1', { rowMetadata });
    expect(header).toEqual(['u.email', '_meta']);
    expect(JSON.parse(row?.[1] ?? '')).toMatchObject({ byAlias: { u: { id: 'u1' } } });
    expect((await linesOf('FIND UNIQUE User AS u RETURN u.email', { rowMetadata }))[0]).toEqual(['u.email']);
    expect((await linesOf('FIND User AS u RETURN COUNT(u) AS n', { rowMetadata }))[0]).toEqual(['n']);
  });

  it('has a column once that RETURN has twice', async () => {
    expect((await linesOf('FIND User AS u RETURN u.email, u.note, u.email'))[0]).toEqual(['u.email', 'u.note']);
  });

  it('holds neither rows nor columns of what a policy rules out', async () => {
    const policies = [[{ _class: ['User'] }]];
    expect(await fileOf('FIND Host', { policies })).toMatchObject({ text: '_key,_type,_class,displayName\r\n' });
  });

  it('goes on behind the rows that were given already', async () => {
    const from = { kind: 'offset', time: '', now: 0, offset: 1 } as const;
    const lines = await linesOf('FIND Host AS h RETURN h._key ORDER BY h._key', { from });
    expect(lines).toEqual([['h._key'], ['h2']]);
  });

  it('is in pieces, however large a page is', async () => {
    const many = smallGraph(...Array.from({ length: 30 }, (_, i) => `h${i}:Host {"text":"${'x'.repeat(10_000)}"}`));
    const asked = { query: 'FIND Host AS h RETURN h.text' };
    await answerQuestion(asked, { ...reading, graph: new MemoryGraphReader(many), at: 0 }, async (answer) => {
      await writeCsv(
        answer,
        () => undefined,
        async ({ content, rows }) => {
          const lengths = (await collect(content)).map(({ length }) => length);
          expect(Math.max(...lengths)).toBeLessThan(80_000);
          expect(lengths.length).toBeGreaterThan(3);
          expect(rows()).toBe(30);
        },
      );
    });
  });

  it('of a tree is refused, and so is one of too many columns', async () => {
    await expect(fileOf('FIND Host THAT RELATES TO User RETURN TREE')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const keys = Array.from({ length: 5_100 }, (_, i) => i);
    const wide = (id: string) => `${id}:Host ${JSON.stringify(Object.fromEntries(keys.map((i) => [`${id}.${i}`, 1])))}`;
    const asked = { query: 'FIND Host' };
    const answered = answerQuestion(
      asked,
      { ...reading, maxBytes: 1e9, graph: new MemoryGraphReader(smallGraph(wide('a'), wide('b'))), at: 0 },
      async (answer) =>
        await writeCsv(
          answer,
          () => undefined,
          async () => await Promise.resolve(),
        ),
    );
    await expect(answered).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
  });
});
