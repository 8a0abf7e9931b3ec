import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';
import type { WireEntity } from '../graph/wire-object';
import type { Answer } from './answer-question';
import { csvOf } from './csv';
import { entityCells, entityColumns, namesIn } from './csv-columns';
import type { QueryPlan, TablePlan } from './plan/plan';
import { encoded, FileStep, RowCount, type OnFileProgress, type ResultFile } from './result-file';
import { hasRowMetadata } from './run/table-rows';

type TableRow = Readonly<Record<string, unknown>>;

/** @throws DomainError BAD_REQUEST for a tree, which has no rows */
export function requireRows({ result }: QueryPlan): void {
  if (result.kind !== 'tree') return;
  throw new DomainError(
    ErrorCode.badRequest,
    'A tree has no rows and cannot be CSV. RETURN columns, or ask for the format JSON.',
  );
}

/**
 * Hands a CSV file with all rows of an answer to `use`. Where only the rows know the columns, they are read twice.
 * @throws DomainError BAD_REQUEST for a tree, QUERY_TOO_LARGE for too many columns
 */
export async function writeCsv<T>(
  answer: Answer,
  onProgress: OnFileProgress,
  use: (file: ResultFile) => Promise<T>,
): Promise<T> {
  requireRows(answer.plan);
  const count = new RowCount(onProgress);
  const rows = <Row>(step: string): AsyncIterable<readonly Row[]> =>
    count.of(step, answer.batches as AsyncIterable<readonly Row[]>);
  const { result } = answer.plan;
  const texts =
    result.kind === 'table'
      ? await csvOfTable(result, answer.rowMetadata, rows<TableRow>)
      : await csvOfList(rows<WireEntity>);
  return await use({ content: encoded(texts), rows: count.value });
}

type Read<Row> = (step: string) => AsyncIterable<readonly Row[]>;

async function csvOfList(read: Read<WireEntity>): Promise<AsyncIterable<string>> {
  const names = await namesIn(read(FileStep.columns), ({ entity, properties }) => [
    ...Object.keys(entity),
    ...Object.keys(properties),
  ]);
  const columns = entityColumns(names);
  return csvOf(columns, read(FileStep.writing), (row) => entityCells(columns, row));
}

async function csvOfTable(
  table: TablePlan,
  rowMetadata: boolean,
  read: Read<TableRow>,
): Promise<AsyncIterable<string>> {
  const isOpen = table.columns.some(({ kind }) => kind === 'all');
  const names = isOpen ? await namesIn(read(FileStep.columns), Object.keys) : [];
  const metadata = rowMetadata && hasRowMetadata(table) ? ['_meta'] : [];
  const columns = [...new Set([...tableColumns(table, names), ...metadata])];
  const cellsOf = (row: TableRow) => columns.map((name) => (Object.hasOwn(row, name) ? row[name] : undefined));
  return csvOf(columns, read(FileStep.writing), cellsOf);
}

/** As RETURN has them; `alias.*` becomes what the rows have of it, in the order of a list of entities. */
function tableColumns({ columns }: TablePlan, names: readonly string[]): readonly string[] {
  const written = new Set(columns.flatMap((column) => (column.kind === 'value' ? column.name : [])));
  const found = names.filter((name) => !written.has(name));
  return columns.flatMap((column) => {
    if (column.kind === 'value') return column.name;
    const prefix = `${column.prefix}.`;
    const keys = found.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return entityColumns(keys).map((key) => prefix + key);
  });
}
