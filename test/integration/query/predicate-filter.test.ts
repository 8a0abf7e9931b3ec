import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { MongoGraphReader } from '../../../src/adapters/mongo/query/mongo-graph-reader';
import { filterOf } from '../../../src/adapters/mongo/query/predicate-filter';
import { keyToUuid } from '../../../src/domain/graph/identity';
import type { MatchOperator, PlanSubject, Predicate, Scalar } from '../../../src/domain/query/plan/plan';
import { openLiveDatabase } from '../../support/live-product';
import { Choices, tapes } from '../../support/query/choices';
import { entity, valueOf, type Entity, type Graph } from '../../support/query/graph';
import { loadGraph } from '../../support/query/load-graph';
import { holds } from '../../support/query/run-predicate';
import { uuidOf, withUuids } from '../../support/query/uuid-graph';

/** Values in which MongoDB and JavaScript could disagree. */
const scalars = [
  ...['', 'x', 'X', 'xy', 'x\n', 'ä', '😀', '\uffff', 'a.b', '$', '^x', 'x\\z', '0', '1', 'true', 'null', '\0x'],
  ...['10.1.2.3', '10.1.2.3\n', '192.168.0.1', ' 10.1.2.3', 'T'],
  ...[0, -0, 1, -2.5, 2 ** 31, 2 ** 53, 1e300, 5e-324, 0.1],
  ...[true, false],
] as const;
const keys = [
  'p',
  'tag.T',
  '$p',
  '．',
  'constructor',
  '__proto__',
  '_class',
  '_type',
  '_key',
  '_id',
  '_deleted',
] as const;
const odd = ['_latest', '_overrides', '_nothing', '', 'p.q', '_id.x', 'q\0', '\ud800', '_accountId'] as const;
const operators: readonly MatchOperator[] = ['=', '<', '>', '<=', '>=', 'contains', 'startsWith', 'endsWith'];
const patterns = ['x', '^x$', 'y.?$', '[xy]+', '\\.', '(?:x|y)*z?$', 'ä'];

const size = 40;
const nameAt = (at: number) => `n${at}`;

function randomEntities(choices: Choices, salt: string): readonly Entity[] {
  return Array.from({ length: size }, (_, at) => {
    const properties = keys.slice(0, 6).flatMap((key): [string, unknown][] => {
      if (choices.once(3)) return [];
      if (choices.once(4)) return [[key, choices.some(3, () => (choices.once(5) ? null : choices.pick(scalars)))]];
      return [[key, choices.once(8) ? null : choices.pick(scalars)]];
    });
    const made = entity(
      nameAt(at),
      choices.pick(['x', 'T']),
      choices.once(3) ? ['A', 'B'] : [choices.pick(['A', 'C'])],
    );
    return {
      id: made.id,
      properties: Object.fromEntries([
        ...Object.entries(made.properties),
        ['_key', choices.once(9) ? 'x' : `${salt}${at}`],
        ['_deleted', choices.once(9)],
        ...properties,
      ]),
    };
  });
}

function randomPredicate(choices: Choices, salt: string, depth = 3): Predicate {
  const inner = () => randomPredicate(choices, salt, depth - 1);
  if (depth > 0 && choices.once(2)) {
    const kind = choices.pick(['all', 'any', 'not'] as const);
    return kind === 'not' ? { kind, of: inner() } : { kind, of: choices.some(3, inner) };
  }
  const subject = (): PlanSubject => ({
    kind: 'property',
    slot: 0,
    key: choices.once(8) ? choices.pick(odd) : choices.pick(keys),
  });
  const value = (): Scalar => {
    if (choices.once(6)) return choices.pick(['A', 'B', 'T', `${salt}1`, uuidOf(salt + nameAt(1)).toUpperCase()]);
    return choices.once(6) ? uuidOf(salt + nameAt(choices.upTo(size))) : choices.pick(scalars);
  };
  switch (choices.upTo(7)) {
    case 0:
    case 1:
    case 2: {
      const [compared, operator] = [value(), choices.pick(operators)];
      return { kind: 'compare', subject: subject(), operator, value: compared };
    }
    case 3:
      return { kind: 'absent', subject: subject() };
    case 4:
      return { kind: 'in', subject: subject(), values: choices.some(4, value) };
    case 5: {
      const [pattern, where] = [choices.pick(patterns), choices.pick(['anywhere', 'start', 'end'] as const)];
      return { kind: 'pattern', subject: subject(), pattern, ignoresCase: choices.once(2), where };
    }
    case 6:
      return choices.once(2)
        ? { kind: 'addressRange', subject: subject(), from: 0x0a000000, to: 0x0affffff }
        : { kind: 'words', slot: 0, words: [choices.pick(['x', 'a.b', '10', 'ä', 't'])] };
    default:
      return { kind: 'compareBoth', left: subject(), operator: choices.pick(operators), right: subject() };
  }
}

describe('predicates on MongoDB', () => {
  const database = openLiveDatabase();
  afterAll(async () => {
    await database.client.close();
  });

  const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => keyToUuid(id)).sort();

  /** What a reader shows beside what is stored. */
  const seen = (each: Entity): Entity => ({ ...each, properties: { ...each.properties, _latest: true } });

  it('find what they are true of, whichever half of them MongoDB can say', async () => {
    let [exact, both, some] = [0, 0, 0];
    const whole = Number(process.env.PERIJOVE_TEST_PREDICATES ?? 1_500);
    const perGraph = 60;
    await fc.assert(
      fc.asyncProperty(tapes(4_000), async (tape) => {
        const choices = new Choices(tape);
        const [account, salt] = [`p-${randomUUID()}`, randomUUID()];
        const graph: Graph = withUuids({ entities: randomEntities(choices, salt), relationships: [] }, salt);
        await loadGraph(database, account, graph);
        const includeDeleted = choices.once(3);
        const { signal } = new AbortController();
        const snapshot = await new MongoGraphReader(database, account).open({ includeDeleted, signal });
        const stored = { _accountId: account };
        const entities = graph.entities
          .filter((each) => includeDeleted || valueOf(each, '_deleted') !== true)
          .map((each) => ({ ...each, properties: { ...stored, ...each.properties } }));
        for (let at = 0; at < perGraph; at++) {
          const predicate = randomPredicate(choices, salt);
          const expected = entities
            .filter((each) =>
              holds(predicate, {
                cell: (subject) => (subject.kind === 'property' ? valueOf(seen(each), subject.key) : undefined),
                object: () => seen(each),
                subquery: () => ({ kind: 'list', entities: [] }),
              }),
            )
            .map(({ id }) => id)
            .sort();
          const pages: { readonly id: string }[] = [];
          for await (const page of snapshot.entities({ predicate, wanted: [], pageSize: 7 })) pages.push(...page);
          expect(pages.map(({ id }) => id)).toEqual(pages.map(({ id }) => id).sort());
          const found = idsOf(pages);
          const wrong = entities.filter(({ id }) => found.includes(id) !== expected.includes(id));
          expect({ predicate, wrong }).toEqual({ predicate, wrong: [] });
          expect(found).toHaveLength(expected.length);
          const ids = pages.length > 0 && at % 2 === 0 ? pages.map(({ id }) => id) : [];
          const again = await snapshot.entitiesById({ ids, predicate, wanted: ['p'] });
          expect(idsOf(again)).toEqual(ids.length > 0 ? expected : []);
          const { filter, residual } = filterOf(predicate);
          if (!residual) exact += 1;
          else if (filter && Object.keys(filter).length > 0) both += 1;
          if (expected.length > 0 && expected.length < entities.length) some += 1;
        }
        await snapshot.close();
        await database.collections.entities.deleteMany({ _accountId: account });
      }),
      { numRuns: Math.ceil(whole / perGraph), endOnFailure: true },
    );
    // Otherwise the test would prove little.
    expect(exact).toBeGreaterThan(whole / 10);
    expect(both).toBeGreaterThan(whole / 50);
    expect(some).toBeGreaterThan(whole / 10);
  });
});
