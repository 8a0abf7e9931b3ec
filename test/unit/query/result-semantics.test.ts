import { answerers } from '../../support/query/ask-engine';
import { smallGraph } from '../../support/query/small-graph';

const now = Date.parse('2024-05-01T12:00:00Z');
type Case = readonly [rule: string, query: string, rows: readonly object[]];

const hosts = smallGraph(
  'a:Host {"os":"linux","cpus":4,"ips":["1","2"],"on":1000}',
  'b:Host {"os":"linux","cpus":2,"ips":"3"}',
  'c:Host {"os":"mac","ips":[]}',
  'd:Host {"cpus":-2.5}',
  'u:User {"name":"U","cost":10}',
  'v:User {"name":"V","cost":5}',
  'u OWNS a',
  'u OWNS b',
  'u HAS a',
  'v OWNS a',
);

const start = 'FIND Host AS h';

const cases: readonly Case[] = [
  [
    'a missing property is null',
    `FIND Host WITH _id = 'd' AS h RETURN h.os, h.cpus`,
    [{ 'h.os': null, 'h.cpus': -2.5 }],
  ],
  ['a column is named by AS', `FIND Host WITH _id = 'd' AS h RETURN h.cpus AS 'CPU count'`, [{ 'CPU count': -2.5 }]],
  ['brackets are no part of a name', `FIND Host WITH _id = 'd' AS h RETURN h.[cpus]`, [{ 'h.cpus': -2.5 }]],
  ['arrays stay arrays', `FIND Host WITH _id = 'a' AS h RETURN h.ips`, [{ 'h.ips': ['1', '2'] }]],
  [
    'all properties become columns',
    `FIND Host WITH _id = 'd' AS h RETURN h.*`,
    [{ 'h._id': 'd', 'h._key': 'd', 'h._type': 'host', 'h._class': 'Host', 'h.cpus': -2.5 }],
  ],
  [
    'COUNT counts different entities',
    'FIND User AS u THAT RELATES TO Host AS h RETURN COUNT(u), COUNT(h)',
    [{ 'COUNT(u)': 2, 'COUNT(h)': 2 }],
  ],
  ['COUNT counts different relationships', 'FIND User THAT RELATES TO AS r Host RETURN COUNT(r) AS n', [{ n: 4 }]],
  ['COUNT counts different values', `${start} RETURN COUNT(h.os) AS n`, [{ n: 2 }]],
  ['COUNT of an array counts whole arrays', `${start} RETURN COUNT(h.ips) AS n`, [{ n: 3 }]],
  [
    'the rest of the columns are the groups, wherever they stand',
    `${start} RETURN COUNT(h) AS n, h.os ORDER BY n DESC, h.os`,
    [
      { n: 2, 'h.os': 'linux' },
      { n: 1, 'h.os': 'mac' },
      { n: 1, 'h.os': null },
    ],
  ],
  [
    'a whole entity can be a group',
    'FIND User AS u THAT OWNS Host AS h RETURN u.name AS name, COUNT(h) AS n ORDER BY name',
    [
      { name: 'U', n: 2 },
      { name: 'V', n: 1 },
    ],
  ],
  [
    'aggregates of nothing are one row',
    "FIND Nothing AS h RETURN COUNT(h) AS n, SUM(h.x) AS s, MIN(h.x) AS i, 'x' AS c",
    [{ n: 0, s: null, i: null, c: 'x' }],
  ],
  ['groups of nothing are no rows', 'FIND Nothing AS h RETURN h.x, COUNT(h)', []],
  [
    'numbers are aggregated, the rest is left out',
    `${start} RETURN SUM(h.cpus) AS s, AVG(h.cpus) AS a, MIN(h.cpus) AS i, MAX(h.cpus) AS x, SUM(h.os) AS t`,
    [{ s: 3.5, a: 3.5 / 3, i: -2.5, x: 4, t: null }],
  ],
  [
    'each entity is summed once, over how many paths it comes',
    'FIND User AS u THAT RELATES TO Host AS h RETURN SUM(u.cost) AS cost, SUM(h.cpus) AS cpus',
    [{ cost: 15, cpus: 6 }],
  ],
  ['arithmetic over aggregates', `${start} RETURN (1 - COUNT(h.os) / COUNT(h)) * 100 AS p`, [{ p: 50 }]],
  [
    'HAVING filters the rows of the table',
    `${start} RETURN h.os, COUNT(h) AS n HAVING n > 1`,
    [{ 'h.os': 'linux', n: 2 }],
  ],
  [
    'HAVING sees columns without AS',
    `${start} RETURN h.os, COUNT(h) AS n HAVING h.os != undefined AND n < 2`,
    [{ 'h.os': 'mac', n: 1 }],
  ],
  [
    'CONCAT leaves out what is missing',
    `FIND Host WITH _id = ('a' OR 'd') AS h RETURN CONCAT(h.os, '-', h.cpus, true) AS t ORDER BY t`,
    [{ t: '--2.5true' }, { t: 'linux-4true' }],
  ],
  [
    'COALESCE takes the first that is there',
    `${start} RETURN COALESCE(h.on, h.cpus, 0) AS x ORDER BY x`,
    [{ x: -2.5 }, { x: 0 }, { x: 2 }, { x: 1000 }],
  ],
  [
    'MERGE makes one list without repetitions',
    `FIND Host WITH _id = ('a' OR 'd') AS h RETURN MERGE(h.ips, h.cpus, '2', h.none) AS x ORDER BY h.cpus`,
    [{ x: [-2.5, '2'] }, { x: ['1', '2', 4] }],
  ],
  ['MERGE of nothing is an empty list', `FIND Host WITH _id = 'd' AS h RETURN MERGE(h.none) AS x`, [{ x: [] }]],
  [
    'rounding',
    `FIND Host WITH _id = 'd' AS h RETURN ABS(h.cpus) AS a, CEIL(h.cpus) AS c, FLOOR(h.cpus) AS f, ROUND(h.cpus) AS r, SQRT(h.cpus) AS s, SQRT(9) AS t`,
    [{ a: 2.5, c: -2, f: -3, r: -2, s: null, t: 3 }],
  ],
  [
    'arithmetic by the usual ranks',
    `FIND Host WITH _id = 'a' AS h RETURN 1 + 2 * h.cpus ^ 2 / 8 - -1 AS x`,
    [{ x: 6 }],
  ],
  [
    'arithmetic of what is no number is null',
    `FIND Host WITH _id = 'a' AS h RETURN h.os + 1 AS a, h.none * 2 AS b, h.cpus / 0 AS c, 10 ^ 1000 AS d`,
    [{ a: null, b: null, c: null, d: null }],
  ],
  [
    'dates are numbers',
    `FIND Host WITH _id = 'a' AS h RETURN (date.now - h.on) / 1000 AS s, date(1970-01-02) AS d`,
    [{ s: now / 1000 - 1, d: 86_400_000 }],
  ],
  [
    'UNWIND makes a row of each member',
    `${start} RETURN h._id, UNWIND(h.ips) AS ip ORDER BY ip`,
    [
      { 'h._id': 'a', ip: '1' },
      { 'h._id': 'a', ip: '2' },
      { 'h._id': 'b', ip: '3' },
    ],
  ],
  [
    'several UNWINDs make the cross product',
    "FIND Host WITH _id = 'a' AS h RETURN UNWIND(h.ips) AS x, UNWIND(h._class) AS y ORDER BY x",
    [
      { x: '1', y: 'Host' },
      { x: '2', y: 'Host' },
    ],
  ],
  [
    'UNWIND groups',
    `${start} RETURN UNWIND(h.ips) AS ip, COUNT(h) AS n ORDER BY ip`,
    [
      { ip: '1', n: 1 },
      { ip: '2', n: 1 },
      { ip: '3', n: 1 },
    ],
  ],
  [
    'nothing comes last in ascending order',
    `${start} RETURN h._id ORDER BY h.cpus`,
    ['d', 'b', 'a', 'c'].map((id) => ({ 'h._id': id })),
  ],
  [
    'nothing comes first in descending order',
    `${start} RETURN h._id ORDER BY h.cpus DESC`,
    ['c', 'a', 'b', 'd'].map((id) => ({ 'h._id': id })),
  ],
  [
    'the second key decides between equals',
    `${start} RETURN h._id ORDER BY h.os DESC, h.cpus`,
    ['d', 'c', 'b', 'a'].map((id) => ({ 'h._id': id })),
  ],
  [
    'SKIP and LIMIT count rows of the whole result',
    `${start} RETURN h._id ORDER BY h._id SKIP 1 LIMIT 2`,
    ['b', 'c'].map((id) => ({ 'h._id': id })),
  ],
  [
    'groups are ordered by the least of what is not returned, or the greatest going down',
    `${start} RETURN h.os, COUNT(h) AS n ORDER BY h.cpus`,
    [
      { 'h.os': null, n: 1 },
      { 'h.os': 'linux', n: 2 },
      { 'h.os': 'mac', n: 1 },
    ],
  ],
  [
    'of equal rows the first in the order stays',
    'FIND UNIQUE User AS u THAT RELATES TO Host AS h RETURN u.name AS n ORDER BY h.cpus, n',
    [{ n: 'U' }, { n: 'V' }],
  ],
  [
    'unique rows are ordered by their columns',
    'FIND UNIQUE User AS u THAT RELATES TO Host RETURN u.name AS n ORDER BY n DESC',
    [{ n: 'V' }, { n: 'U' }],
  ],
];

describe.each(answerers)('tables, by the %s', (_name, ask) => {
  it.each(cases)('%s', async (_rule, query, rows) => {
    expect(await ask(query, hosts, { now })).toEqual({ kind: 'table', rows });
  });

  it('a whole object is one cell', async () => {
    const answer = await ask("FIND User WITH _id = 'v' AS u THAT OWNS AS r Host RETURN u, r", hosts, { now });
    expect(answer).toMatchObject({ rows: [{ u: { id: 'v' }, r: { id: 'v|OWNS|a' } }] });
  });

  it('text is ordered by code point', async () => {
    const graph = smallGraph('a:A {"p":"\\ufffd"}', 'b:A {"p":"\\ud83d\\ude00"}', 'c:A {"p":"B"}', 'd:A {"p":"a"}');
    const answer = await ask('FIND A ORDER BY A.p', graph, { now });
    expect(answer).toMatchObject({ entities: [{ id: 'c' }, { id: 'd' }, { id: 'a' }, { id: 'b' }] });
  });
});

describe.each(answerers)('lists, by the %s', (_name, ask) => {
  it.each([
    ['FIND Host ORDER BY Host.cpus DESC', ['c', 'a', 'b', 'd']],
    ['FIND Host ORDER BY Host._id DESC SKIP 1 LIMIT 2', ['c', 'b']],
    ['FIND Host AS h THAT RELATES TO User ORDER BY h.cpus', ['b', 'a']],
    ['FIND Host ORDER BY ABS(Host.cpus) LIMIT 2', ['b', 'd']],
  ])('%s', async (query, ids) => {
    const answer = await ask(query, hosts, { now });
    expect(answer.kind === 'list' && answer.entities.map(({ id }) => id)).toEqual(ids);
  });
});

describe.each(answerers)('what may not be seen, by the %s', (_name, ask) => {
  const graph = smallGraph(
    'a:A {"env":"x"}',
    'b:B {"env":"x"}',
    'c:B {"env":"y"}',
    'd:D {"env":"x"}',
    'a HAS b',
    'a HAS c',
    'c HAS d',
  );
  const policies = [[{ env: ['x', 'z'] }]];
  it.each([
    ['an entity that fails the policy is not found', 'FIND B', ['b']],
    ['no path ends at it', 'FIND A THAT HAS B RETURN B._id', ['b']],
    ['no path goes through it', 'FIND A THAT HAS B THAT HAS D', []],
    ['it does not count for a negated hop', 'FIND D THAT !HAS B', ['d']],
    ['it is not among the values of a subquery', 'FIND * WITH _id = (FIND B RETURN B._id)', ['b']],
  ])('%s', async (_rule, query, expected) => {
    const answer = await ask(query, graph, { now, policies });
    const ids =
      answer.kind === 'list'
        ? answer.entities.map(({ id }) => id)
        : answer.kind === 'table'
          ? answer.rows.map((row) => Object.values(row)[0])
          : [];
    expect(ids).toEqual(expected);
  });

  it.each([
    ['keys of a statement all have to fit', [[{ env: 'x', _class: 'B' }]], ['b']],
    ['statements are alternatives', [[{ _class: 'D' }, { env: 'y' }]], ['c', 'd']],
    ['several policies all have to allow', [[{ _class: 'B' }], [{ env: 'y' }]], ['c']],
    ['no statement allows nothing', [[]], []],
    ['an empty statement allows everything', [[{}]], ['a', 'b', 'c', 'd']],
  ])('%s', async (_rule, restrictions, expected) => {
    const answer = await ask('FIND *', graph, { now, policies: restrictions as never });
    expect(answer.kind === 'list' && answer.entities.map(({ id }) => id)).toEqual(expected);
  });
});
