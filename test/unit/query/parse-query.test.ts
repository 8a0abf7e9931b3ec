import type { Query } from '../../../src/domain/query/syntax/ast';
import { parseQuery } from '../../../src/domain/query/syntax/parse-query';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { withoutPlaces } from '../../support/query/without-places';

/** What is written, and the same in the one form that the printer knows. */
const readings: readonly (readonly [string, string, string])[] = [
  [
    'keywords in any case',
    'fINd User wITh a=TRUE As u rETURN u.a oRDER bY u.a aSC',
    'FIND User WITH a = true AS u RETURN u.a ORDER BY u.a',
  ],
  ['no spaces around operators', "find User with(_class='Host')", "FIND User WITH _class = 'Host'"],
  ['a text alone', '"127.0.0.1"', "FIND '127.0.0.1'"],
  ['a text with a selector', 'FIND "prod" (Host|Device) AS h', "FIND 'prod' (Host|Device) AS h"],
  ['curly quotes', 'FIND User WITH a = “x”', "FIND User WITH a = 'x'"],
  ['escapes', String.raw`FIND User WITH a = 'it\'s \\ \d \n'`, String.raw`FIND User WITH a = 'it\'s \\ \\d \n'`],
  ['the other quote inside', `FIND User WITH a = 'm="x" AND'`, `FIND User WITH a = 'm="x" AND'`],
  ['comments', 'FIND /* a */ User // rest\n THAT HAS /* b */ Device', 'FIND User THAT HAS Device'],
  ['a semicolon at the end', 'FIND User;', 'FIND User'],
  ['alternatives of entities', 'FIND ( Host | aws_instance )', 'FIND (Host|aws_instance)'],
  ['a list of one', 'FIND (mfa_device)', 'FIND (mfa_device)'],
  ['a type with a digit first', 'FIND 1password_user', 'FIND 1password_user'],
  ['smart classes', 'FIND #Prod (Host|#Crown DataStore) AS x', 'FIND #Prod (Host|#Crown DataStore) AS x'],
  ['a smart class alone', 'FIND #Prod THAT HAS #Sev1', 'FIND #Prod THAT HAS #Sev1'],
  ['arrow before the alias', 'FIND A THAT HAS >> AS r B', 'FIND A THAT HAS >> AS r B'],
  ['arrow behind the alias', 'FIND A THAT HAS AS r << B', 'FIND A THAT HAS << AS r B'],
  ['TO behind a verb', 'FIND A THAT connects TO >> B', 'FIND A THAT connects >> B'],
  ['TO behind verbs', 'FIND A THAT (CONNECTS|USES) TO B', 'FIND A THAT (CONNECTS|USES) B'],
  ['RELATES TO', 'FIND A THAT relates to << B', 'FIND A THAT RELATES TO << B'],
  ['RELATES TO takes other verbs in', 'FIND A THAT (HAS|RELATES TO) B', 'FIND A THAT (RELATES TO) B'],
  ['negation', 'FIND A THAT !(HAS|USES) B', 'FIND A THAT !(HAS|USES) B'],
  [
    'optional groups',
    'FIND A (THAT HAS B (THAT IS C)?)? AS x THAT IS D',
    'FIND A (THAT HAS B (THAT IS C)?)? AS x THAT IS D',
  ],
  ['AND before OR', 'FIND A WITH a=1 or b=2 and c=3', 'FIND A WITH a = 1 OR (b = 2 AND c = 3)'],
  ['parentheses before both', 'FIND A WITH (a=1 or b=2) and c=3', 'FIND A WITH (a = 1 OR b = 2) AND c = 3'],
  [
    'value lists',
    "FIND A WITH a = (1 or -2.5 or undefined) and b !~= ('x' and 'y')",
    "FIND A WITH a = (1 OR -2.5 OR undefined) AND b !~= ('x' AND 'y')",
  ],
  ['a value list with both', 'FIND A WITH a = (1 or 2 and 3)', 'FIND A WITH a = (1 OR (2 AND 3))'],
  ['a value list of one', 'FIND A WITH a = (1)', 'FIND A WITH a = (1)'],
  ['null', 'FIND A WITH a != NULL', 'FIND A WITH a != undefined'],
  [
    'all operators',
    "FIND A WITH a~='x' and b!~='x' and c^='x' and d!^='x' and e$='x' and f!$='x' and g<=1 and h>=1 and i<1 and j>1",
    "FIND A WITH a ~= 'x' AND b !~= 'x' AND c ^= 'x' AND d !^= 'x' AND e $= 'x' AND f !$= 'x' AND g <= 1 AND h >= 1 AND i < 1 AND j > 1",
  ],
  [
    'regular expressions',
    String.raw`FIND A WITH a=/x\/[/]y/i and b != (/p/ or /q/)`,
    String.raw`FIND A WITH a = /x\/[/]y/i AND b != (/p/ OR /q/)`,
  ],
  [
    'dates',
    'FIND A WITH a > DATE.now-24hours and b<date.now + 30days and c=date(2019-10-30)',
    'FIND A WITH a > date.now - 24 hours AND b < date.now + 30 days AND c = date(2019-10-30T00:00:00.000Z)',
  ],
  ['a date on the left', 'FIND A WITH date.now - 7 days > lastSeenOn', 'FIND A WITH lastSeenOn < date.now - 7 days'],
  [
    'dates with a zone',
    'FIND A WITH a = date(2019-10-30T12:30+02:00) AND b = date(2020)',
    'FIND A WITH a = date(2019-10-30T10:30:00.000Z) AND b = date(2020-01-01T00:00:00.000Z)',
  ],
  ['variables', 'FIND A WITH a = ${x} and b = ( ${ param.y } )', 'FIND A WITH a = ${x} AND b = (${param.y})'],
  [
    'names with dots and brackets',
    'FIND A WITH tag.Production=true and [tag.cost-center]=1 and tag.[CIS2.0]=2 AS a RETURN a.[x-y], a.tag.1',
    'FIND A WITH tag.Production = true AND [tag.cost-center] = 1 AND tag.CIS2.0 = 2 AS a RETURN a.[x-y], a.tag.1',
  ],
  ['a keyword as a property', 'FIND A WITH order = 1 AND limit > 2', 'FIND A WITH [order] = 1 AND [limit] > 2'],
  [
    'cidr',
    "FIND A WITH cidr(ip, '10.0.0.0/8') AND !CIDR(ip,'10.1.0.0/16')",
    "FIND A WITH cidr(ip, '10.0.0.0/8') AND !cidr(ip, '10.1.0.0/16')",
  ],
  [
    'a subquery',
    'FIND A WITH id = (FIND unique B AS b RETURN b.id) AND c = 1',
    'FIND A WITH id = (FIND UNIQUE B AS b RETURN b.id) AND c = 1',
  ],
  [
    'alias against alias',
    'FIND A AS a THAT HAS B AS b WHERE a.tag.X != b.[tag.X] OR a.n = (1 OR b.n)',
    'FIND A AS a THAT HAS B AS b WHERE a.tag.X != b.tag.X OR a.n = (1 OR b.n)',
  ],
  ['tree', 'FIND A RETURN tree', 'FIND A RETURN TREE'],
  [
    'column names',
    `FIND A RETURN A.x AS "Name, long", A.y AS 'EC2', A.z AS z, A.*`,
    "FIND A RETURN A.x AS 'Name, long', A.y AS EC2, A.z AS z, A.*",
  ],
  [
    'calls',
    'FIND A RETURN count (A), Concat(A.x,"-",A.y), coalesce(A.x, merge(A.y))',
    "FIND A RETURN count(A), Concat(A.x, '-', A.y), coalesce(A.x, merge(A.y))",
  ],
  [
    'arithmetic',
    'FIND A RETURN (1-count(A)/2)*100 AS v, -A.x^2^3, (A.x-1)-(A.y-2), A.x/2/3',
    'FIND A RETURN (1 - count(A) / 2) * 100 AS v, -A.x ^ 2 ^ 3, A.x - 1 - (A.y - 2), A.x / 2 / 3',
  ],
  [
    'dates in arithmetic',
    'FIND A RETURN (date.now - A.createdOn) / 1000 AS age, date.now - 5 AS x',
    'FIND A RETURN (date.now - A.createdOn) / 1000 AS age, date.now - 5 AS x',
  ],
  [
    'having',
    'FIND A AS a RETURN a.x, count(a) AS n HAVING n > 1 AND a.x != 2',
    'FIND A AS a RETURN a.x, count(a) AS n HAVING n > 1 AND a.x != 2',
  ],
  [
    'paging in any order',
    'FIND A LIMIT 5 ORDER BY A.x DESC, A.y asc SKIP 2',
    'FIND A ORDER BY A.x DESC, A.y SKIP 2 LIMIT 5',
  ],
  ['a comma left over', 'FIND A RETURN A.x, A.y, ORDER BY A.x', 'FIND A RETURN A.x, A.y ORDER BY A.x'],
];

describe('reading', () => {
  it.each(readings)('%s', (_what, text, canonical) => {
    const query = parseQuery(text);
    expect(printQuery(query)).toBe(canonical);
    expect(withoutPlaces(parseQuery(canonical))).toEqual(withoutPlaces(query));
  });

  it('tells classes from types by the first letter', () => {
    const kinds = parseQuery('FIND (User|aws_iam_user|Über|_x|1x|*)').start.selectors.map(({ kind }) => kind);
    expect(kinds).toEqual(['class', 'type', 'class', 'type', 'type', 'any']);
  });

  it('keeps verbs and names as written', () => {
    const hop = parseQuery('FIND User THAT has Device').steps[0];
    expect(hop).toMatchObject({ kind: 'hop', verbs: [{ name: 'has' }], direction: 'any' });
  });
});

describe('places', () => {
  const text = `FIND User WITH tag.a = 'x' AND n = (1 OR date.now - 1 day) AS u
    (THAT !HAS >> AS r #Prod Device)? AS p
    WHERE u.a = p.b AND !cidr(u.ip, '10.0.0.0/8')
    RETURN u.*, count(u.x) + 1 AS "N" ORDER BY u.z DESC LIMIT 3`;

  it('are those of the text that a node came from', () => {
    const written = nodesOf(parseQuery(text)).map(([kind, from, to]) => `${kind}: ${text.slice(from, to)}`);
    expect(written).toEqual(
      expect.arrayContaining([
        'property: tag.a',
        "string: 'x'",
        'now: date.now - 1 day',
        'list: (1 OR date.now - 1 day)',
        'hop: THAT !HAS >> AS r #Prod Device',
        'optional: (THAT !HAS >> AS r #Prod Device)? AS p',
        'smartClass: #Prod Device',
        'name: r',
        'name: HAS',
        'reference: p.b',
        "cidr: !cidr(u.ip, '10.0.0.0/8')",
        'all: u.*',
        'arithmetic: count(u.x) + 1',
        'call: count(u.x)',
        'name: "N"',
        'orderKey: u.z DESC',
        'value: 3',
      ]),
    );
  });

  it('of a node lie inside that of its parent', () => {
    const query = parseQuery(text);
    expect([query.at.from, query.at.to]).toEqual([0, text.length]);
    const all = nodesOf(query);
    expect(all.length).toBeGreaterThan(30);
    for (const [, from, to, parent] of all) {
      expect(to).toBeGreaterThan(from);
      expect(from).toBeGreaterThanOrEqual(parent?.from ?? 0);
      expect(to).toBeLessThanOrEqual(parent?.to ?? text.length);
    }
  });
});

type Spot = readonly [kind: string, from: number, to: number, parent: { from: number; to: number } | undefined];

function nodesOf(node: Query | object, parent?: { from: number; to: number }): Spot[] {
  if (Array.isArray(node)) return (node as object[]).flatMap((child) => nodesOf(child, parent));
  const { at, kind } = node as { at?: { from: number; to: number }; kind?: string };
  const name =
    kind ?? ('name' in node ? 'name' : 'isDescending' in node ? 'orderKey' : 'value' in node ? 'value' : 'item');
  const own: Spot[] = at ? [[name, at.from, at.to, parent]] : [];
  const children = Object.entries(node).filter(
    ([key, value]) => key !== 'at' && typeof value === 'object' && value !== null,
  );
  return [...own, ...children.flatMap(([, child]) => nodesOf(child as object, at ?? parent))];
}
