import type { QueryPage, ResultType, TreeData } from './queries';
import type { QueryCursor } from './query-cursors';
import type { PlanRun, ResultRow, RunPosition } from './run/run-plan';

/** Rows of a page that is not deferred (semantics 8). */
export const pageRows = 250;

export interface Paging {
  /** Of the snapshot, known after its first read. */
  readonly time: () => string;
  /** What `date.now` stands for on all pages. */
  readonly now: number;
  readonly write: (next: QueryCursor) => string;
  /** Keeps the pages of an answer that was computed whole, as JSON texts. */
  readonly keep: (time: string, pages: readonly string[]) => void;
}

/** The next page of a run that can be taken up again at any row. Reads one row more than it gives, to know whether there is one. */
export async function streamedPage(
  run: PlanRun,
  { now, write, time, total }: Paging & { readonly total: number | undefined },
): Promise<QueryPage> {
  const rows: ResultRow[] = [];
  let position: RunPosition | undefined;
  let hasMore = false;
  for await (const batch of run.batches()) {
    const room = pageRows - rows.length;
    const taken = batch.rows.slice(0, room);
    rows.push(...taken);
    if (taken.length > 0) position = batch.positionAfter(taken.length);
    hasMore = batch.rows.length > room;
    if (hasMore) break;
  }
  const cursor = hasMore && position !== undefined ? write({ kind: 'position', time: time(), now, position }) : null;
  return { type: run.type, data: rows, cursor, totalCount: total ?? null };
}

/** The page behind `cursor` of an answer that has to be computed whole. */
export async function wholePage(
  run: PlanRun,
  { now, write, keep, time, cursor }: Paging & { readonly cursor: QueryCursor | undefined },
): Promise<QueryPage> {
  const rows: ResultRow[] = [];
  for await (const batch of run.batches()) for (const row of batch.rows) rows.push(row);
  if (rows.length > pageRows) keep(time(), pagesOf(rows));
  const offset = cursor?.kind === 'offset' ? cursor.offset : 0;
  const end = offset + pageRows;
  return {
    type: run.type,
    data: rows.slice(offset, end),
    cursor: end < rows.length ? write({ kind: 'offset', time: time(), now, offset: end }) : null,
    totalCount: rows.length,
  };
}

/** The same page from what `wholePage` has kept. */
export function keptPage(
  type: ResultType,
  pages: readonly string[],
  { write, cursor }: Pick<Paging, 'write'> & { readonly cursor: Extract<QueryCursor, { readonly kind: 'offset' }> },
): QueryPage {
  const number = cursor.offset / pageRows;
  const rowsOf = (at: number): readonly unknown[] => JSON.parse(pages[at] ?? '[]') as readonly unknown[];
  const end = cursor.offset + pageRows;
  return {
    type,
    data: rowsOf(number),
    cursor: number + 1 < pages.length ? write({ ...cursor, offset: end }) : null,
    totalCount: (pages.length - 1) * pageRows + rowsOf(pages.length - 1).length,
  };
}

export async function treePage(run: PlanRun): Promise<QueryPage> {
  for await (const { rows } of run.batches()) {
    const [tree] = rows;
    if (tree) return { type: 'tree', data: tree as unknown as TreeData, cursor: null, totalCount: null };
  }
  return { type: 'tree', data: { vertices: [], edges: [] }, cursor: null, totalCount: null };
}

const pagesOf = (rows: readonly ResultRow[]): readonly string[] =>
  Array.from({ length: Math.ceil(rows.length / pageRows) }, (_, page) =>
    JSON.stringify(rows.slice(page * pageRows, (page + 1) * pageRows)),
  );
