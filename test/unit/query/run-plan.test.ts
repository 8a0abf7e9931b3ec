import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { runPlan, type ResultRow, type RunOptions } from '../../../src/domain/query/run/run-plan';
import { chooseStrategy } from '../../../src/domain/query/run/strategy';
import { engineRows } from '../../support/query/ask-engine';
import { entity, relationship, type Graph } from '../../support/query/graph';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { smallGraph } from '../../support/query/small-graph';
import { uuidOf, withUuids } from '../../support/query/uuid-graph';

const now = Date.parse('2024-05-01T12:00:00Z');
const limits = { maxBytes: 2 ** 26 };

/** The rows, and the reads that they took. */
async function run(text: string, graph: Graph, options: Partial<RunOptions> & { readonly signal?: AbortSignal } = {}) {
  const reader = new MemoryGraphReader(graph);
  const signal = options.signal ?? new AbortController().signal;
  const snapshot = await reader.open({ includeDeleted: false, signal });
  const answer = runPlan(planQuery(text, { now }), snapshot, { limits, ...options });
  const rows: ResultRow[] = [];
  for await (const batch of answer.batches()) rows.push(...batch.rows);
  return { answer, rows, reads: reader.reads.map(({ read, rows: count }) => [read, count] as const) };
}

const many = (count: number, properties: (at: number) => object = () => ({})): Graph => ({
  entities: Array.from({ length: count }, (_, at) =>
    entity(String(at).padStart(6, '0'), 'host', ['Host'], properties(at)),
  ),
  relationships: [],
});

/** Each of one side is related to each of the other. */
function crossed(count: number): Graph {
  const users = Array.from({ length: count }, (_, at) => entity(`u${at}`, 'user', ['User']));
  const hosts = Array.from({ length: count }, (_, at) => entity(`h${at}`, 'host', ['Host']));
  const relationships = users.flatMap((user) => hosts.map((host) => relationship(user.id, 'HAS', host.id)));
  return { entities: [...users, ...hosts], relationships };
}

describe('rows on the wire', () => {
  const graph = withUuids({
    entities: [
      entity('a', 'aws_user', ['User'], { displayName: 'A', _createdOn: 0, createdOn: 5, 'tag.x': null, n: 1 }),
      entity('b', 'host', ['Host', 'Device']),
    ],
    relationships: [relationship('a', 'HAS', 'b', { since: 7 })],
  });
  const whole = {
    id: uuidOf('a'),
    entity: {
      _id: uuidOf('a'),
      _key: 'a',
      _type: ['aws_user'],
      _class: ['User'],
      displayName: 'A',
      _createdOn: '1970-01-01T00:00:00.000Z',
    },
    properties: { createdOn: 5, n: 1 },
  };
  const edge = {
    id: uuidOf('a|HAS|b'),
    relationship: { _id: uuidOf('a|HAS|b'), _key: 'a|HAS|b', _type: 'has', _class: 'HAS' },
    properties: { since: 7 },
  };

  it('a list has whole entities, metadata apart from the rest', async () => {
    expect(await engineRows('FIND User', graph, { now })).toEqual([whole]);
    expect(await engineRows('FIND User THAT HAS Host', graph, { now })).toEqual([whole]);
  });

  it('a cell is a whole object, or a value as it is stored', async () => {
    const rows = await engineRows('FIND User AS u THAT HAS AS r Host RETURN u, r, u._type, u._createdOn', graph, {
      now,
    });
    expect(rows).toEqual([{ u: whole, r: edge, 'u._type': 'aws_user', 'u._createdOn': 0 }]);
  });

  it('a tree names the ends of its edges', async () => {
    const [tree] = await engineRows('FIND User THAT HAS Host RETURN TREE', graph, { now });
    expect(tree).toEqual({
      vertices: [whole, expect.objectContaining({ id: uuidOf('b') })],
      edges: [{ ...edge, fromVertexId: uuidOf('a'), toVertexId: uuidOf('b') }],
    });
  });

  it('metadata of rows names what each alias has found', async () => {
    const text = 'FIND User AS u THAT HAS AS r Host (THAT IS Person AS p)? RETURN u.n';
    const rows = await engineRows(text, graph, { now, rowMetadata: true });
    const byAlias = {
      u: { id: uuidOf('a'), entity: { _id: uuidOf('a') } },
      r: { id: edge.id, relationship: { _id: edge.id } },
      Host: { id: uuidOf('b'), entity: { _id: uuidOf('b') } },
    };
    expect(rows).toEqual([{ 'u.n': 1, _meta: { byAlias } }]);
    const counted = await engineRows('FIND User AS u RETURN COUNT(u) AS n', graph, { now, rowMetadata: true });
    expect(counted).toEqual([{ n: 1 }]);
  });
});

describe('what is read', () => {
  it('is no more than LIMIT needs', async () => {
    const { rows, reads } = await run('FIND Host LIMIT 10', many(5000));
    expect([rows.length, reads]).toEqual([10, [['entities', 10]]]);
  });

  it('is one page if no more is asked for', async () => {
    const reader = new MemoryGraphReader(many(5000));
    const snapshot = await reader.open({ includeDeleted: false, signal: new AbortController().signal });
    for await (const { rows } of runPlan(planQuery('FIND Host', { now }), snapshot, { limits }).batches()) {
      expect(rows.length).toBeGreaterThan(250);
      break;
    }
    expect(reader.reads).toHaveLength(1);
  });

  it('are one read of relationships and one of entities for a hop of all paths', async () => {
    const { rows, reads } = await run('FIND User THAT HAS Host AS h RETURN h._key', crossed(20));
    expect(rows).toHaveLength(400);
    expect(reads).toEqual([
      ['entities', 20],
      ['relationships', 400],
      ['entitiesById', 20],
    ]);
  });

  it('are no entities where any will do and nothing of them is wanted', async () => {
    const { reads } = await run('FIND User THAT HAS AS r * RETURN COUNT(r) AS n', crossed(3));
    expect(reads.map(([read]) => read)).toEqual(['entities', 'relationships']);
  });

  it('begins at an entity that is known by its key, wherever it stands', async () => {
    const { rows, reads, answer } = await run(
      "FIND User AS u THAT HAS Host WITH _key = 'h1' RETURN u._key",
      crossed(9),
    );
    expect([rows.length, reads[0], answer.isResumable]).toEqual([9, ['entities', 1], false]);
  });

  it('begins there for conditions of WHERE too', async () => {
    const { rows, reads } = await run("FIND User AS u THAT HAS Host AS h WHERE h._key = 'h1'", crossed(9));
    expect(rows.map(({ id }) => id)).toEqual(
      crossed(9)
        .entities.slice(0, 9)
        .map(({ id }) => id),
    );
    expect(reads[0]).toEqual(['entities', 1]);
  });

  it.each([
    ["FIND User THAT HAS Host WITH _type = 'host' RETURN User._key", 'User'],
    ["FIND User THAT HAS Host WITH platform = 'x' RETURN User._key", 'User'],
    ["FIND User WITH email = 'x' THAT HAS Host WITH _key = 'h1' RETURN User._key", 'User'],
    ["FIND User THAT HAS Host WITH hostname = 'x' RETURN User._key", 'Host'],
    ["FIND User THAT HAS Host WITH platform = 'x' RETURN COUNT(User)", 'Host'],
    ['FIND User THAT HAS Host WITH active = true RETURN COUNT(User)', 'User'],
    ["FIND User THAT HAS Host WITH _key = 'h1' THAT HAS * RETURN TREE", 'Host'],
    ["FIND User (THAT HAS Host WITH _key = 'h1')? RETURN User._key", 'User'],
    ["FIND User THAT !HAS Host WITH _key = 'h1' RETURN User._key", 'User'],
  ])('%s begins at %s', (text, begins) => {
    const plan = planQuery(text, { now });
    const { start } = chooseStrategy(plan);
    expect(plan.slots[start.slot]?.name).toBe(begins);
  });

  it('is a number where that is all that is asked', async () => {
    const counted = await run('FIND Host AS h RETURN COUNT(h) AS n, COUNT(h) * 2 AS m', many(7000));
    expect([counted.rows, counted.reads]).toEqual([[{ n: 7000, m: 14_000 }], [['count', 7000]]]);
    const filtered = await run('FIND Host WITH n = undefined AS h RETURN COUNT(h) AS n', many(7000));
    expect(filtered.rows).toEqual([{ n: 7000 }]);
  });

  it('is the answer of a subquery, once', async () => {
    const graph = smallGraph('a:A {"k":1}', 'b:B {"k":1}', 'c:C {"k":1}', 'a HAS b');
    const text = 'FIND A WITH k = (FIND C RETURN C.k) THAT HAS B WITH k = (FIND C RETURN C.k)';
    const { rows, reads } = await run(text, graph);
    expect([rows.length, reads.filter(([read]) => read === 'entities')]).toEqual([
      1,
      [
        ['entities', 1],
        ['entities', 1],
      ],
    ]);
  });

  it('ends when the signal says so', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(run('FIND User THAT HAS Host', crossed(2), { signal })).rejects.toThrow('enough');
  });
});

describe('order and number of rows', () => {
  it('LIMIT after ORDER BY keeps the first of many', async () => {
    const graph = many(20_000, (at) => ({ n: (at * 7919) % 20_000 }));
    const { rows } = await run('FIND Host AS h RETURN h.n, h._key ORDER BY h.n DESC SKIP 2 LIMIT 3', graph);
    expect(rows.map((row) => row['h.n'])).toEqual([19_997, 19_996, 19_995]);
    expect(rows.map((row) => row['h._key'])).not.toContain(undefined);
  });

  it('many rows are sorted, and equal ones stay in the order of their ids', async () => {
    const { rows } = await run(
      'FIND Host AS h ORDER BY h.n',
      many(20_000, (at) => ({ n: at % 3 })),
    );
    const keys = rows.map((row) => (row['entity'] as { _key: string })._key);
    const expected = [0, 1, 2].flatMap((n) =>
      Array.from({ length: 20_000 }, (_, at) => at)
        .filter((at) => at % 3 === n)
        .map((at) => String(at).padStart(6, '0')),
    );
    expect(keys).toEqual(expected);
  });
});

describe('memory', () => {
  const small = { limits: { maxBytes: 200_000 } };

  it.each([
    ['sorted rows', 'FIND Host AS h ORDER BY h.n'],
    ['groups', 'FIND Host AS h RETURN h._key, COUNT(h)'],
    ['different values', 'FIND Host AS h RETURN COUNT(h._key)'],
    ['different rows', 'FIND UNIQUE Host AS h RETURN h._key'],
    ['a tree', 'FIND Host RETURN TREE'],
    ['the answer of a subquery', 'FIND Host WITH _key = (FIND Host RETURN Host._key)'],
  ])('ends a query that holds too much: %s', async (_what, text) => {
    await expect(run(text, many(5000), small)).rejects.toMatchObject({
      code: 'QUERY_TOO_LARGE',
      message: expect.stringContaining('MB at a time') as string,
    });
  });

  it('ends a query with too many relationships at a time', async () => {
    await expect(run('FIND User THAT HAS Host', crossed(60), small)).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
  });

  it('does not grow with rows that are given, groups that are few, and paths that are counted', async () => {
    expect((await run('FIND Host AS h RETURN h._key', many(5000), small)).rows).toHaveLength(5000);
    expect((await run('FIND Host AS h RETURN h._type, COUNT(h) AS n', many(5000), small)).rows).toEqual([
      { 'h._type': 'host', n: 5000 },
    ]);
    expect(
      (await run('FIND Host AS h ORDER BY h._key LIMIT 5', many(5000), { limits: { maxBytes: 800_000 } })).rows,
    ).toHaveLength(5);
  });
});
