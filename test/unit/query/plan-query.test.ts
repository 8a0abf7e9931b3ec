import type { PlanOptions } from '../../../src/domain/query/plan/context';
import type { NodePlan, Predicate, QueryPlan, StepPlan, TablePlan } from '../../../src/domain/query/plan/plan';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { validQueries } from './corpus';

const now = Date.parse('2024-03-31T12:00:00Z');
const plan = (text: string, options: Partial<PlanOptions> = {}): QueryPlan => planQuery(text, { now, ...options });
const filterOf = (filter: string, options: Partial<PlanOptions> = {}): Predicate =>
  plan(`FIND * WITH ${filter}`, options).start.predicate;
const p = { kind: 'property', slot: 0, key: 'p' } as const;
const is = (value: string | number | boolean, key = 'p', slot = 0): Predicate => ({
  kind: 'compare',
  subject: { kind: 'property', slot, key },
  operator: '=',
  value,
});
const not = (of: Predicate): Predicate => ({ kind: 'not', of });
const any = (...of: readonly Predicate[]): Predicate => ({ kind: 'any', of });
const all = (...of: readonly Predicate[]): Predicate => ({ kind: 'all', of });

describe('the corpus', () => {
  it.each(validQueries)('plans: %s', (text) => {
    const variables = new Proxy(
      {},
      { getOwnPropertyDescriptor: () => ({ value: 'x', configurable: true }), get: () => 'x' },
    );
    const { start, slots } = plan(text, { variables, parameters: variables });
    expect(start.slot).toBe(0);
    expect(slots[0]?.kind).toBe('entity');
  });
});

describe('conditions', () => {
  it.each<readonly [string, Predicate]>([
    ['p = 1', is(1)],
    ['p != 1', not(is(1))],
    ['p = (1 OR 2)', any(is(1), is(2))],
    ['p != (1 OR 2)', not(any(is(1), is(2)))],
    ['p = (1 AND 2)', all(is(1), is(2))],
    ['p = (1)', is(1)],
    ['p = undefined', { kind: 'absent', subject: p }],
    ['p != undefined', not({ kind: 'absent', subject: p })],
    ['p < undefined', any()],
    ['p !~= undefined', all()],
    ['p ~= 5', any()],
    ['p = 1 AND (p = 2 AND p = 3)', all(is(1), is(2), is(3))],
    ["p ^= 'x'", { kind: 'compare', subject: p, operator: 'startsWith', value: 'x' }],
    ['p !$= /x/i', not({ kind: 'pattern', subject: p, pattern: 'x', ignoresCase: true, where: 'end' })],
    ['p = date.now - 1 month', is(Date.parse('2024-02-29T12:00:00Z'))],
    ['p = date.now - 999999999999 years', is(-8.64e15)],
    ['p = date(2024)', is(Date.parse('2024-01-01'))],
    ["cidr(p, '10.0.0.0/8')", { kind: 'addressRange', subject: p, from: 167772160, to: 184549375 }],
  ])('%s', (filter, expected) => {
    expect(filterOf(filter)).toEqual(expected);
  });

  it.each<readonly [string, Predicate]>([
    ['FIND Host', is('Host', '_class')],
    ['FIND (Host|aws_x)', any(is('Host', '_class'), is('aws_x', '_type'))],
    ['FIND *', all()],
    ['FIND (Host|*)', all()],
    ['FIND #Prod', any(is(true, 'tag.Prod'), is('Prod', 'tags'))],
    ['FIND #Prod Host', all(any(is(true, 'tag.Prod'), is('Prod', 'tags')), is('Host', '_class'))],
    [
      'FIND "Prod  EU" Host WITH p = 1',
      all(is('Host', '_class'), { kind: 'words', slot: 0, words: ['prod', 'eu'] }, is(1)),
    ],
  ])('%s', (text, expected) => {
    expect(plan(text).start.predicate).toEqual(expected);
  });

  it('of WHERE speak of slots, and compare them', () => {
    const { where, slots } = plan('FIND A AS a THAT has AS r B WHERE a.x !~= B.y OR r.z = 1');
    expect(slots).toEqual([
      { kind: 'entity', name: 'a' },
      { kind: 'relationship', name: 'r' },
      { kind: 'entity', name: 'B' },
    ]);
    expect(where).toEqual(
      any(
        not({
          kind: 'compareBoth',
          left: { kind: 'property', slot: 0, key: 'x' },
          operator: 'contains',
          right: { kind: 'property', slot: 2, key: 'y' },
        }),
        is(1, 'z', 1),
      ),
    );
  });

  it('of a subquery have its plan', () => {
    const predicate = filterOf('p != (FIND B AS b RETURN b.k)');
    expect(predicate).toMatchObject(
      not({
        kind: 'among',
        subject: p,
        plan: { start: { predicate: is('B', '_class') }, result: { kind: 'table' } } as never,
      }),
    );
  });
});

describe('variables', () => {
  const variables = { text: 'x', list: [1, 2], nothing: null, object: {} };
  it.each<readonly [string, Predicate]>([
    ['p = ${text}', is('x')],
    ['p = ${list}', any(is(1), is(2))],
    ['p != ${list}', not(any(is(1), is(2)))],
    ['p = ${nothing}', { kind: 'absent', subject: p }],
    ['p = ${param.stored}', is(7)],
  ])('%s', (filter, expected) => {
    expect(filterOf(filter, { variables, parameters: { stored: 7 } })).toEqual(expected);
  });

  it.each([
    ['p = ${gone}', 'The request has no value for the variable "gone" (line 1 column 17).'],
    ['p = ${stored}', 'The request has no value for the variable "stored" (line 1 column 17).'],
    ['p = ${param.text}', 'There is no parameter "param.text" (line 1 column 17).'],
    ['p = ${constructor}', 'The request has no value for the variable "constructor" (line 1 column 17).'],
    [
      'p = ${object}',
      'The value of "object" must be a string, a number, a boolean, null or an array of the first three (line 1 column 17).',
    ],
  ])('%s is refused', (filter, message) => {
    expect(() => filterOf(filter, { variables, parameters: { stored: 7 } })).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining(message) as unknown,
      }) as Error,
    );
  });
});

describe('paths', () => {
  it('have verbs in capitals and directions', () => {
    const { steps } = plan('FIND A THAT (has|HAS|uses) >> B THAT RELATES TO << C');
    expect(steps).toMatchObject([
      { kind: 'hop', edge: { slot: 1, classes: ['HAS', 'USES'], direction: 'out' }, node: { slot: 2 } },
      { kind: 'hop', edge: { slot: 3, classes: [], direction: 'in' }, node: { slot: 4 } },
    ]);
  });

  it('say which groups are left joins', () => {
    const { steps } = plan(
      'FIND A (THAT HAS B)? THAT HAS C (THAT HAS D (THAT HAS E)? THAT HAS F (THAT HAS G)?)? AS end',
    );
    expect(steps).toMatchObject([
      { kind: 'optional', isTrailing: false, position: undefined },
      { kind: 'hop' },
      {
        kind: 'optional',
        isTrailing: true,
        steps: [{ kind: 'hop' }, { isTrailing: false }, { kind: 'hop' }, { isTrailing: true }],
      },
    ]);
    expect((steps[2] as { position: number }).position).toBe(13);
  });

  it('have no left join inside a group that a hop follows', () => {
    const { steps } = plan('FIND A (THAT HAS B (THAT HAS C)?)? THAT HAS D');
    expect(steps[0]).toMatchObject({ isTrailing: false, steps: [{ kind: 'hop' }, { isTrailing: false }] });
  });

  it('have negations that take in the hops behind them', () => {
    const { steps } = plan('FIND A THAT !HAS B THAT HAS C (THAT HAS D)? THAT !HAS E');
    expect(steps).toMatchObject([
      { kind: 'absent', steps: [{ kind: 'hop' }, { kind: 'hop' }] },
      { kind: 'optional', isTrailing: false },
      { kind: 'absent', steps: [{ kind: 'hop' }] },
    ]);
  });
});

describe('policies', () => {
  const text = `FIND A (THAT HAS B)? THAT !HAS C THAT HAS D (THAT HAS E)?
    WHERE A.x = (FIND F THAT HAS G RETURN F.y)`;
  const policies = [[{ env: ['x', 'y'], _class: 'Q' }, { flag: true }], [{ team: 'z' }]];

  it('are part of the condition of every node', () => {
    const nodes = nodesOf(plan(text, { policies }));
    expect(nodes).toHaveLength(7);
    for (const { slot, predicate } of nodes) {
      expect(predicate.kind).toBe('all');
      const parts = predicate.kind === 'all' ? predicate.of : [];
      expect(parts).toContainEqual(
        any(all(any(is('x', 'env', slot), is('y', 'env', slot)), is('Q', '_class', slot)), is(true, 'flag', slot)),
      );
      expect(parts).toContainEqual(is('z', 'team', slot));
    }
  });

  it('without statements allow nothing', () => {
    for (const { predicate } of nodesOf(plan(text, { policies: [[]] }))) expect(predicate).toEqual(any());
  });

  it('are absent where there are none', () => {
    const [start] = nodesOf(plan(text));
    expect(start?.predicate).toEqual(is('A', '_class'));
  });
});

describe('results', () => {
  const table = (text: string): TablePlan => plan(text).result as TablePlan;

  it('are lists, trees or tables', () => {
    expect(plan('FIND A ORDER BY A.x DESC SKIP 2 LIMIT 3').result).toEqual({
      kind: 'list',
      orderBy: [{ by: { kind: 'property', slot: 0, key: 'x' }, isDescending: true }],
      skip: 2,
      limit: 3,
    });
    expect(plan('FIND A RETURN TREE').result).toEqual({ kind: 'tree' });
    expect(plan('FIND A RETURN A.x').result).toMatchObject({
      kind: 'table',
      skip: 0,
      limit: undefined,
      grouping: undefined,
    });
  });

  it('name their columns', () => {
    const { columns } = table("FIND A AS a RETURN a, a.x, a.[b-c], a.*, count (a), a.x+1, a.y AS 'Y y'");
    const names = columns.map((column) => (column.kind === 'value' ? column.name : `${column.prefix}.*`));
    expect(names).toEqual(['a', 'a.x', 'a.b-c', 'a.*', 'count(a)', 'a.x + 1', 'Y y']);
  });

  it('group by all that is not aggregated', () => {
    const { grouping, columns } = table(
      'FIND A AS a THAT HAS B AS b RETURN a.x, SUM(b.n) * a.y AS s, 1 AS one, count(b), COUNT(b) AS n',
    );
    expect(grouping).toEqual({
      keys: [
        { kind: 'property', slot: 0, key: 'x' },
        { kind: 'property', slot: 0, key: 'y' },
      ],
      aggregates: [
        { name: 'sum', of: { kind: 'property', slot: 2, key: 'n' }, per: [2] },
        { name: 'count', of: { kind: 'object', slot: 2 }, per: [2] },
      ],
    });
    expect(columns).toMatchObject([
      { value: { kind: 'key', index: 0 } },
      { value: { kind: 'arithmetic', left: { kind: 'aggregate', index: 0 }, right: { kind: 'key', index: 1 } } },
      { value: { kind: 'constant', value: 1 } },
      { value: { kind: 'aggregate', index: 1 } },
      { value: { kind: 'aggregate', index: 1 } },
    ]);
  });

  it('order by columns, by the same expression, or by properties', () => {
    const { orderBy } = table('FIND A AS a RETURN a.x AS n, a.y, ABS(a.z) ORDER BY n, a.y, abs(a.z) DESC, a.w');
    expect(orderBy.map(({ by }) => by)).toEqual([
      { kind: 'column', index: 0 },
      { kind: 'column', index: 1 },
      { kind: 'column', index: 2 },
      { kind: 'property', slot: 0, key: 'w' },
    ]);
  });

  it('order groups by the least or greatest of what is not returned', () => {
    const { orderBy, grouping } = table('FIND A AS a RETURN a.x, COUNT(a) ORDER BY a.y, a.z DESC, a.x');
    expect(orderBy).toEqual([
      { by: { kind: 'aggregate', index: 1 }, isDescending: false },
      { by: { kind: 'aggregate', index: 2 }, isDescending: true },
      { by: { kind: 'column', index: 0 }, isDescending: false },
    ]);
    expect(grouping?.aggregates.slice(1)).toMatchObject([
      { name: 'min', of: { key: 'y' }, per: [0] },
      { name: 'max', of: { key: 'z' }, per: [0] },
    ]);
  });

  it('order groups by what their objects have', () => {
    const { orderBy, grouping } = table('FIND A AS a RETURN a, COUNT(a) ORDER BY a.y');
    expect(orderBy).toEqual([{ by: { kind: 'key', index: 1 }, isDescending: false }]);
    expect(grouping?.keys).toEqual([
      { kind: 'object', slot: 0 },
      { kind: 'property', slot: 0, key: 'y' },
    ]);
  });

  it('have conditions on columns and members of lists', () => {
    const { having, unwinds } = table('FIND A AS a RETURN UNWIND(a.l) AS m, UNWIND(a.l), COUNT(a) AS n HAVING n > 1');
    expect(having).toEqual({ kind: 'compare', subject: { kind: 'column', index: 2 }, operator: '>', value: 1 });
    expect(unwinds).toEqual([{ kind: 'property', slot: 0, key: 'l' }]);
  });
});

/** Also those of subqueries in WHERE. */
function nodesOf({ start, steps, where }: QueryPlan): readonly NodePlan[] {
  return [start, ...steps.flatMap(nodesOfStep), ...(where.kind === 'among' ? nodesOf(where.plan) : [])];
}

const nodesOfStep = (step: StepPlan): readonly NodePlan[] =>
  step.kind === 'hop' ? [step.node] : step.steps.flatMap(nodesOfStep);
