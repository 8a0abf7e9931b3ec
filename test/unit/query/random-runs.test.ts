import fc from 'fast-check';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import type { QueryPlan } from '../../../src/domain/query/plan/plan';
import { execute } from '../../../src/domain/query/run/execute';
import type { GraphSnapshot } from '../../../src/domain/query/run/graph-reader';
import { compileForBag } from '../../../src/domain/query/run/holds';
import { needsLeftJoin } from '../../../src/domain/query/run/left-join-stage';
import type { ResultRow, RunPosition } from '../../../src/domain/query/run/run-plan';
import { usualSizes } from '../../../src/domain/query/run/sizes';
import { chooseStrategy } from '../../../src/domain/query/run/strategy';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { Choices, tapes } from '../../support/query/choices';
import { evaluate, type Answer } from '../../support/query/evaluate';
import type { Graph } from '../../support/query/graph';
import { isMatch, MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { randomGraph } from '../../support/query/random-graph';
import { randomQuery } from '../../support/query/random-query';
import { identityOf } from '../../support/query/values';

const numRuns = Number(process.env['J1QL_RUNS'] ?? 20_000);
/** All of them may take as long as this on a busy machine. */
const timeLimitMs = 900_000;
const now = Date.parse('2024-05-31T12:00:00Z');
const variables = { one: 'x', many: ['x', 2, true] };
const limits = { maxBytes: 2 ** 26 };

/** So small that all borders between pages and pieces are met; or the usual ones. */
const allSizes = [
  usualSizes,
  { firstPage: 1, page: 2, frontier: 1, links: 1, piece: 1, remembered: 0, rows: 1 },
  { firstPage: 2, page: 1, frontier: 2, links: 3, piece: 2, remembered: 2, rows: 2 },
];

describe('random queries on random graphs', () => {
  it(
    'have the same answer from the engine as from the reference, whole and page by page',
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(tapes(250), tapes(250), fc.nat(), fc.nat(), async (tape, graphTape, mode, node) => {
          const text = printQuery(randomQuery(new Choices(tape)));
          const graph = randomGraph(new Choices(graphTape));
          const includeDeleted = mode % 2 === 1;
          const policies = mode % 3 === 1 ? [[{ _class: ['A', 'B'] }, { n: [1, 2], flag: true }]] : [];
          const options = { now, variables, parameters: variables, includeDeleted, policies };
          const plan = planQuery(text, options);
          const reader = new MemoryGraphReader(graph);
          const snapshot = await reader.open({ includeDeleted, signal: new AbortController().signal });
          const first = nodeFrom(plan, node);
          const choices = { sizes: allSizes[mode % 7] ?? usualSizes, ...(first !== undefined && { first }) };

          expectSameFilter(plan, graph);
          const rows: string[] = [];
          for await (const batch of execute(plan, snapshot, { limits }, choices).batches()) {
            rows.push(...batch.rows.map(textOfRow));
          }
          const { isReversed } = chooseStrategy(plan, first);
          const inOrder = (texts: readonly string[]): string => (isReversed ? texts.toSorted() : texts).join('\n');
          const expected = rowsOf(evaluate(text, graph, options));
          expect(`${text}\n${inOrder(rows)}`).toBe(`${text}\n${inOrder(expected)}`);

          if (mode % 4 === 0) {
            const pages = await pagesOf(plan, snapshot, choices, 1 + Math.ceil(rows.length / 6));
            expect(`${text}\n${pages.join('\n')}`).toBe(`${text}\n${rows.join('\n')}`);
          }
          const kind = `${plan.result.kind} ${isReversed ? 'reversed ' : ''}${Math.min(rows.length, 2)}`;
          seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }),
        { numRuns },
      );
      const kinds = [
        'list 2',
        'list reversed 2',
        'table 0',
        'table 2',
        'table reversed 2',
        'tree 1',
        'tree reversed 1',
      ];
      expect([...seen.keys()]).toEqual(expect.arrayContaining(kinds));
    },
    timeLimitMs,
  );
});

/** The condition of the start, by the engine and by the plain one of tests. */
function expectSameFilter({ start: { predicate } }: QueryPlan, { entities }: Graph): void {
  if (JSON.stringify(predicate).includes('"among"')) return;
  const passes = compileForBag(predicate);
  for (const entity of entities) expect(passes(entity.properties)).toBe(isMatch(entity, predicate));
}

/** A node to start from, where any will do; otherwise the engine chooses. */
function nodeFrom(plan: QueryPlan, drawn: number): number | undefined {
  const chain = plan.steps.findIndex(({ kind }) => kind !== 'hop');
  const nodes = 1 + (chain === -1 ? plan.steps.length : chain);
  return needsLeftJoin(plan.steps) || drawn % 3 === 0 ? undefined : drawn % nodes;
}

/** All rows, some at a time, each time from the position after the last one. */
async function pagesOf(
  plan: QueryPlan,
  snapshot: GraphSnapshot,
  choices: Parameters<typeof execute>[3],
  pageSize: number,
): Promise<readonly string[]> {
  const rows: string[] = [];
  let from: RunPosition | undefined;
  for (;;) {
    let count = 0;
    for await (const batch of execute(plan, snapshot, { limits, from }, choices).batches()) {
      const taken = batch.rows.slice(0, pageSize - count);
      rows.push(...taken.map(textOfRow));
      from = JSON.parse(JSON.stringify(batch.positionAfter(taken.length))) as RunPosition;
      count += taken.length;
      if (count === pageSize) break;
    }
    if (count < pageSize) return rows;
  }
}

const idOf = ({ id }: { readonly id: string }): string => id;

/** Whole objects are told apart by their ids. */
function textOfRow(row: ResultRow): string {
  if ('vertices' in row && 'edges' in row) {
    const { vertices, edges } = row as { vertices: readonly { id: string }[]; edges: readonly { id: string }[] };
    return JSON.stringify([...vertices, ...edges].map(idOf).toSorted());
  }
  return 'entity' in row && 'properties' in row ? String(row['id']) : identityOf(Object.entries(row));
}

function rowsOf(answer: Answer): readonly string[] {
  switch (answer.kind) {
    case 'list':
      return answer.entities.map(idOf);
    case 'table':
      return answer.rows.map((row) => identityOf(Object.entries(row)));
    case 'tree':
      return [JSON.stringify([...answer.vertices, ...answer.edges].toSorted())];
  }
}
