import fc from 'fast-check';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import type { GraphReader } from '../../../src/domain/query/run/graph-reader';
import { runPlan } from '../../../src/domain/query/run/run-plan';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { MongoGraphReader } from '../../../src/adapters/mongo/query/mongo-graph-reader';
import { newAccountName } from '../../support/contracts/subject';
import { openLiveDatabase } from '../../support/live-product';
import { Choices, tapes } from '../../support/query/choices';
import { loadGraph } from '../../support/query/load-graph';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { randomGraph } from '../../support/query/random-graph';
import { randomQuery } from '../../support/query/random-query';
import { textsOf } from '../../support/query/row-text';
import { withUuids } from '../../support/query/account-graph';
import { validQueries } from '../../unit/query/corpus';

const graphs = Number(process.env['J1QL_LIVE_GRAPHS'] ?? 40);
const queriesPerGraph = 25;
const now = Date.parse('2024-05-31T12:00:00Z');
const variables = { one: 'x', many: ['x', 2, true] };

/** The engine on memory equals the reference: `test/unit/query/random-runs.test.ts`. */
describe('the engine on MongoDB', () => {
  const database = openLiveDatabase();
  afterAll(async () => {
    await database.client.close();
  });

  it('gives the same rows as on memory', async () => {
    let compared = 0;
    let withRows = 0;
    const queryTapes = fc.array(tapes(250), { minLength: queriesPerGraph, maxLength: queriesPerGraph });
    await fc.assert(
      fc.asyncProperty(tapes(250), queryTapes, fc.boolean(), async (graphTape, given, includeDeleted) => {
        const account = newAccountName();
        const graph = withUuids(randomGraph(new Choices(graphTape)), account);
        await loadGraph(database, account, graph);
        const readers = [new MongoGraphReader(database, account), new MemoryGraphReader(graph)] as const;
        for (const tape of given) {
          const text = printQuery(randomQuery(new Choices(tape)));
          const [found, expected] = await Promise.all(
            readers.map(async (reader) => await rowsOf(text, reader, includeDeleted)),
          );
          expect([text, found]).toEqual([text, expected]);
          compared += 1;
          if (found && found.length > 0) withRows += 1;
        }
      }),
      // Shrinking would take an hour with a database; the seed makes the case again.
      { numRuns: graphs, endOnFailure: true },
    );
    expect(compared).toBeGreaterThanOrEqual(graphs * queriesPerGraph);
    expect(withRows).toBeGreaterThan(compared / 10);
  }, 600_000);

  it('runs every valid query of the corpus', async () => {
    const account = newAccountName();
    await loadGraph(database, account, withUuids(randomGraph(new Choices([1, 2, 3])), account));
    const reader = new MongoGraphReader(database, account);
    expect(validQueries.length).toBeGreaterThan(1000);
    for (const query of validQueries) await rowsOf(query, reader, false, namesIn(query));
  }, 600_000);
});

async function rowsOf(
  text: string,
  reader: GraphReader,
  includeDeleted: boolean,
  given: Readonly<Record<string, unknown>> = variables,
): Promise<readonly string[]> {
  const plan = planQuery(text, { now, variables: given, parameters: given, includeDeleted });
  const snapshot = await reader.open({ includeDeleted, signal: new AbortController().signal });
  try {
    return await textsOf(runPlan(plan, snapshot, { limits: { maxBytes: 2 ** 26 } }));
  } finally {
    await snapshot.close();
  }
}

/** A value for every variable and parameter. */
const namesIn = (query: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...query.matchAll(/\$\{\s*(?:param\.)?(\w+)\s*\}/g)].map(([, name]) => [name, 'x']));
