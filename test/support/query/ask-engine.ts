import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { runPlan, type ResultRow, type RunOptions } from '../../../src/domain/query/run/run-plan';
import { evaluate, type Answer, type Evaluation } from './evaluate';
import type { Graph } from './graph';
import { MemoryGraphReader } from './memory-graph-reader';

/** All rows of a query on a graph in memory, from the engine. */
export async function engineRows(
  text: string,
  graph: Graph,
  options: Evaluation & Partial<RunOptions>,
): Promise<readonly ResultRow[]> {
  const { includeDeleted = false, limits = { maxBytes: 2 ** 26 } } = options;
  const plan = planQuery(text, { ...options, parameters: options.variables ?? {} });
  const signal = new AbortController().signal;
  const snapshot = await new MemoryGraphReader(graph).open({ includeDeleted, signal });
  const rows: ResultRow[] = [];
  for await (const batch of runPlan(plan, snapshot, { ...options, limits }).batches()) rows.push(...batch.rows);
  return rows;
}

/** The same as the reference answers. Whole objects are known by their ids alone. */
async function askEngine(text: string, graph: Graph, options: Evaluation): Promise<Answer> {
  const rows = await engineRows(text, graph, options);
  const { kind } = planQuery(text, { ...options, parameters: options.variables ?? {} }).result;
  const idsOf = (objects: unknown): readonly string[] => (objects as readonly { id: string }[]).map(({ id }) => id);
  switch (kind) {
    case 'list':
      return { kind, entities: idsOf(rows).map((id) => ({ id, properties: {} })) };
    case 'table':
      return { kind, rows };
    case 'tree':
      return { kind, vertices: new Set(idsOf(rows[0]?.['vertices'])), edges: new Set(idsOf(rows[0]?.['edges'])) };
  }
}

type Ask = (text: string, graph: Graph, options: Evaluation) => Promise<Answer>;

/** Whoever answers queries in tests of what they mean. */
export const answerers: readonly (readonly [name: string, ask: Ask])[] = [
  ['reference', async (text, graph, options) => await Promise.resolve(evaluate(text, graph, options))],
  ['engine', askEngine],
];
