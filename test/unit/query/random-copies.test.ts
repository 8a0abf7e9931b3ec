import { BSON } from 'mongodb';
import fc from 'fast-check';
import { CopiedGraphSnapshot } from '../../../src/adapters/mongo/copy/copied-graph-snapshot';
import { GraphCopy } from '../../../src/adapters/mongo/copy/graph-copy';
import type { IdIndex } from '../../../src/adapters/mongo/copy/id-index';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { execute } from '../../../src/domain/query/run/execute';
import type { GraphSnapshot } from '../../../src/domain/query/run/graph-reader';
import { usualSizes } from '../../../src/domain/query/run/sizes';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { Choices, tapes } from '../../support/query/choices';
import { valueOf, type Graph, type GraphObject } from '../../support/query/graph';
import { documentsOf } from '../../support/query/load-graph';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { randomGraph } from '../../support/query/random-graph';
import { randomQuery } from '../../support/query/random-query';
import { textsOf } from '../../support/query/row-text';
import { withUuids } from '../../support/query/account-graph';

const numRuns = Number(process.env['J1QL_RUNS'] ?? 20_000) / 4;
const timeLimitMs = 900_000;
const now = Date.parse('2024-05-31T12:00:00Z');
const variables = { one: 'x', many: ['x', 2, true] };
const limits = { maxBytes: 2 ** 26 };
const account = 'copied';
const { signal } = new AbortController();

/** The engine on memory equals the reference: `random-runs.test.ts`. */
describe('a copy that has followed a graph through changes', () => {
  it(
    'answers random queries as the graph does',
    async () => {
      let withRows = 0;
      const histories = fc.array(tapes(250), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(histories, tapes(250), fc.nat(), async (history, tape, mode) => {
          const copy = new GraphCopy();
          let graph: Graph = { entities: [], relationships: [] };
          for (const each of history) {
            graph = withUuids(randomGraph(new Choices(each)), account);
            await follow(copy, graph);
          }
          const text = printQuery(randomQuery(new Choices(tape)));
          const plan = planQuery(text, { now, variables, parameters: variables, includeDeleted: false });
          const stored = async (): Promise<GraphSnapshot> =>
            await new MemoryGraphReader(graph).open({ includeDeleted: false, signal });
          // Held for ever, or for some reads only.
          let reads = mode % 4 === 0 ? mode % 7 : Infinity;
          const copied = new CopiedGraphSnapshot({ copy, time: '1.1', isHeld: () => reads-- > 0 }, stored, signal);
          const sizes = mode % 3 === 0 ? { ...usualSizes, firstPage: 1, page: 1, piece: 2, rows: 1 } : usualSizes;
          const rowsOf = async (snapshot: GraphSnapshot): Promise<readonly string[]> =>
            await textsOf(execute(plan, snapshot, { limits }, { sizes }));
          const expected = await rowsOf(await stored());
          expect([text, await rowsOf(copied)]).toEqual([text, expected]);
          if (expected.length > 0) withRows += 1;
        }),
        { numRuns },
      );
      expect(withRows).toBeGreaterThan(numRuns / 10);
    },
    timeLimitMs,
  );
});

/** What changes of one transaction lead to: all that is named goes, and what is live comes back. */
async function follow(copy: GraphCopy, graph: Graph): Promise<void> {
  const { entities, relationships } = documentsOf(account, graph);
  copy.removeEntities(every(copy.entities.ids));
  copy.removeRelationships(every(copy.relationships.ids));
  const live = <Each extends { readonly _id: unknown }>(
    documents: readonly Each[],
    objects: readonly GraphObject[],
  ): readonly Each[] => documents.filter((_, at) => valueOf(objects[at], '_deleted') !== true);
  await copy.putEntities(batchOf(live(entities, graph.entities)));
  await copy.putRelationships(batchOf(live(relationships, graph.relationships)));
}

const every = (ids: IdIndex): Uint8Array =>
  Buffer.from(Array.from({ length: ids.size }, (_, slot) => ids.keyAt(slot)).join(''), 'latin1');

/** As MongoDB sends them: `_id` first, and an array is a document. */
const batchOf = (documents: readonly { readonly _id: unknown }[]): Buffer =>
  Buffer.from(BSON.serialize({ ...documents.map(({ _id, ...rest }) => ({ _id, ...rest })) }));
