import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { compileForBag } from '../../../src/domain/query/run/holds';
import { answerers } from '../../support/query/ask-engine';
import { evaluate } from '../../support/query/evaluate';
import { smallGraph } from '../../support/query/small-graph';

const now = Date.parse('2024-05-01T12:00:00Z');

type Variables = Readonly<Record<string, unknown>>;

function passesReference(properties: object, filter: string, variables: Variables = {}): boolean {
  const answer = evaluate(`FIND A WITH ${filter}`, smallGraph(`a:A ${JSON.stringify(properties)}`), { now, variables });
  return answer.kind === 'list' && answer.entities.length === 1;
}

function passesEngine(properties: object, filter: string, variables: Variables = {}): boolean {
  const { start } = planQuery(`FIND A WITH ${filter}`, { now, variables, parameters: variables });
  return compileForBag(start.predicate)({ _class: ['A'], ...properties });
}

/** A value, then the truth of each filter of the header. */
const truthTable: readonly (readonly [object, boolean, boolean, boolean, boolean, boolean])[] = [
  [{ p: 'fruit' }, true, false, false, true, false],
  [{ p: ['fruit', 'nut'] }, true, false, true, false, false],
  [{ p: 'other' }, false, true, false, true, true],
  [{}, false, true, false, true, true],
];

type Case = readonly [rule: string, properties: object, filter: string, passes: boolean];

const cases: readonly Case[] = [
  ['undefined is an absent property', {}, 'p = undefined', true],
  ['undefined is null too', { p: null }, 'p = undefined', true],
  ['an empty text is there', { p: '' }, 'p = undefined', false],
  ['an empty array is there', { p: [] }, 'p != undefined', true],
  ['undefined is no part of a text', { p: 'x' }, 'p ~= undefined', false],
  ['an absent property is not undefined in order', {}, 'p < 1', false],
  [
    'an absent property satisfies every negation',
    {},
    "p != 1 AND p !~= 'x' AND p !^= 'x' AND p !$= 'x' AND p != /x/",
    true,
  ],
  ['a number in quotes is no number', { p: 1 }, "p = '1'", false],
  ['true in quotes is no boolean', { p: true }, "p = 'true'", false],
  ['a number contains nothing', { p: 123 }, "p ~= '2'", false],
  ['text has an order', { p: '7.10' }, "p < '7.9'", true],
  ['text and numbers have none between them', { p: '5' }, 'p < 7 OR p > 7', false],
  ['text matters in its case', { p: 'Linux' }, "p = 'linux' OR p ~= 'linux'", false],
  ['contains', { p: 'abcd' }, "p ~= 'bc' AND p !~= 'x'", true],
  ['starts with', { p: 'abcd' }, "p ^= 'ab' AND p !^= 'bc'", true],
  ['ends with', { p: 'abcd' }, "p $= 'cd' AND p !$= 'bc'", true],
  ['any member of an array contains', { p: ['x', 'abcd'] }, "p ~= 'bc'", true],
  ['no member of an array contains', { p: ['x', 'abcd'] }, "p !~= 'bc'", false],
  ['any member of an array is in order', { p: [1, 9] }, 'p > 8 AND p < 2', true],
  ['a list with OR is any', { p: 2 }, 'p = (1 OR 2)', true],
  ['a list with AND is all', { p: [1, 2, 3] }, 'p = (1 AND 2)', true],
  ['a list of parts', { p: 'abc' }, "p ~= ('x' OR 'bc')", true],
  ['no part of a list', { p: 'abc' }, "p !~= ('x' OR 'bc')", false],
  ['AND binds closer than OR in lists', { p: 3 }, 'p = (1 AND 2 OR 3)', true],
  ['a list with undefined', {}, "p = (undefined OR 'x')", true],
  ['not a list with undefined', {}, "p != (undefined AND '')", true],
  ['AND binds closer than OR', { a: 1 }, 'a = 1 OR b = 1 AND c = 1', true],
  ['parentheses bind closer', { a: 1 }, '(a = 1 OR b = 1) AND c = 1', false],
  ['a pattern matches anywhere', { p: 'my Administrator role' }, 'p = /administrator/i', true],
  ['a pattern matters in its case without i', { p: 'Administrator' }, 'p ~= /admin/', false],
  ['not a pattern', { p: 'Administrator' }, 'p != /admin/i', false],
  ['a pattern at the start', { p: 'john smith' }, 'p ^= /john|smith/ AND p !^= /smith/', true],
  ['a pattern at the end', { p: 'john smith' }, 'p $= /smith/ AND p !$= /john/', true],
  ['a pattern and a number', { p: 5 }, 'p = /5/', false],
  ['a pattern and any member', { p: ['x', 'yz'] }, 'p = /z/', true],
  ['an address in a range', { ip: '10.1.2.3' }, "cidr(ip, '10.0.0.0/8')", true],
  ['an address beside a range', { ip: '11.1.2.3' }, "cidr(ip, '10.0.0.0/8')", false],
  ['any address in a range', { ip: ['1.1.1.1', '10.1.2.3'] }, "cidr(ip, '10.1.2.3')", true],
  ['no address at all is not in a range', {}, "!cidr(ip, '10.0.0.0/8')", true],
  ['what is no address is not in a range', { ip: '10.1.2' }, "cidr(ip, '0.0.0.0/0')", false],
  ['all addresses', { ip: '255.255.255.255' }, "cidr(ip, '0.0.0.0/0')", true],
  ['a time after now minus a day', { on: now - 3_600_000 }, 'on > date.now - 1 day', true],
  ['a time before now minus a day', { on: now - 90_000_000 }, 'date.now - 1 day > on', true],
  ['a time and an absolute date', { on: Date.parse('2024-01-31') }, 'on = date(2024-01-31)', true],
  ['a time as text is no date', { on: '2024-01-31' }, 'on > date(2000)', false],
  ['a flat name with dots', { 'tag.A.b': 1 }, 'tag.A.b = 1', true],
  [
    'a name in brackets',
    { 'cost-center': 1, 'tag.cost-center': 2 },
    '[cost-center] = 1 AND tag.[cost-center] = 2',
    true,
  ],
  ['a class is any of the classes', {}, "_class = 'A' AND _class != 'B'", true],
];

/** Whether an entity with these properties passes the filter. */
const judges = [
  ['reference', passesReference],
  ['engine', passesEngine],
] as const;

describe.each(judges)('filters, by the %s', (_name, passes) => {
  it.each(truthTable)('truth of %j', (properties, ...truth) => {
    const filters = [
      "p = 'fruit'",
      "p != 'fruit'",
      "p = ('fruit' and 'nut')",
      "p != ('fruit' and 'nut')",
      "p != ('fruit' or 'nut')",
    ];
    expect(filters.map((filter) => passes(properties, filter))).toEqual(truth);
  });

  it.each(cases)('%s: %j passes %s: %s', (_rule, properties, filter, expected) => {
    expect(passes(properties, filter)).toBe(expected);
  });

  it.each([
    [{ p: 'x' }, 'p = ${v}', { v: 'x' }, true],
    [{ p: 2 }, 'p = ${v}', { v: [1, 2] }, true],
    [{ p: 2 }, 'p != ${v}', { v: [1, 2] }, false],
    [{ p: 2 }, 'p = ${v}', { v: [] }, false],
    [{}, 'p = ${v}', { v: null }, true],
    [{ p: 2 }, 'p = (1 OR ${param.v})', { v: 2 }, true],
  ])('%j passes %s with %j: %s', (properties, filter, variables, expected) => {
    expect(passes(properties, filter, variables)).toBe(expected);
  });
});

it.each(answerers)('a subquery is the set of values that it returns; null is none of them (%s)', async (_name, ask) => {
  const graph = smallGraph('a:A {"k":1}', 'b:A {"k":[7,2]}', 'c:A', 'x:B {"v":1}', 'y:B {"v":[2,3]}', 'z:B');
  const ids = async (filter: string): Promise<unknown> => {
    const answer = await ask(`FIND A WITH k ${filter} (FIND B RETURN B.v)`, graph, { now });
    return answer.kind === 'list' && answer.entities.map(({ id }) => id);
  };
  expect(await ids('=')).toEqual(['a', 'b']);
  expect(await ids('!=')).toEqual(['c']);
});
