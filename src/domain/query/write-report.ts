import type { ResultFormat } from '../../contracts/query-result';
import { selectionOf } from '../graph/vertex-selection';
import { wireEntity } from '../graph/wire-object';
import type { AnswerDependencies } from './answer-question';
import { csvOf } from './csv';
import { entityCells, entityColumns, namesIn } from './csv-columns';
import { policyPredicate } from './plan/policy';
import { all } from './plan/predicates';
import type { ReportSelection } from './reports';
import { encoded, FileStep, RowCount, type OnFileProgress, type ResultFile } from './result-file';
import type { FoundObject } from './run/graph-reader';

interface ReportRequest extends AnswerDependencies {
  readonly signal: AbortSignal;
  readonly onProgress: OnFileProgress;
}

/** Entities of one read. */
const pageSize = 1_000;

/** Hands the file with all entities of a selection to `use`, at one point in time of the graph, in the order of their ids. */
export async function writeReport<T>(
  asked: { readonly selection: ReportSelection; readonly format: ResultFormat },
  { graph, policies, signal, onProgress }: ReportRequest,
  use: (file: ResultFile) => Promise<T>,
): Promise<T> {
  const { predicate } = selectionOf(asked.selection);
  const seen = all([predicate, ...policies.map((policy) => policyPredicate(policy, 0))]);
  const snapshot = await graph.open({ includeDeleted: false, signal });
  const count = new RowCount(onProgress);
  const pages = (step: string): AsyncIterable<readonly FoundObject[]> =>
    count.of(step, snapshot.entities({ predicate: seen, wanted: 'all', pageSize }));
  const csv = async (): Promise<AsyncIterable<string>> => {
    const names = await namesIn(pages(FileStep.columns), ({ properties }) => Object.keys(properties));
    const columns = entityColumns(names);
    return csvOf(columns, pages(FileStep.writing), ({ properties }) => entityCells(columns, wireEntity(properties)));
  };
  try {
    const texts = asked.format === 'csv' ? await csv() : jsonOf(pages(FileStep.writing));
    return await use({ content: encoded(texts), rows: count.value });
  } finally {
    await snapshot.close();
  }
}

/** An array with an element a line, so that it can be read line by line. */
async function* jsonOf(pages: AsyncIterable<readonly FoundObject[]>): AsyncIterable<string> {
  let separator = '[\n';
  for await (const page of pages) {
    const lines = page.map(({ properties }) => JSON.stringify(wireEntity(properties)));
    yield separator + lines.join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
