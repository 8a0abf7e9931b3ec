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

type PositionCursor = Extract<QueryCursor, { readonly kind: 'position' }>;

/** Of a run that can be taken up again at any row. */
interface StreamedPage {
  readonly rows: readonly ResultRow[];
  /** Undefined where these are the last rows. */
  readonly next: RunPosition | undefined;
}

/** What may be read ahead. */
const mostAhead = { pages: 64, characters: 4 * 1024 * 1024 } as const;

/**
 * The next page of a run that can be taken up again at any row. Rows of one start are found again from its first one; as many as had to
 * be passed over are therefore read ahead and kept, so that all pages together cost the rows of such a start about twice.
 */
export async function streamedPage(
  run: PlanRun,
  {
    now,
    write,
    time,
    total,
    cursor,
    keepAhead,
  }: Omit<Paging, 'keep'> & {
    readonly total: number | undefined;
    readonly cursor: PositionCursor | undefined;
    readonly keepAhead: (page: PositionCursor, texts: readonly string[]) => void;
  },
): Promise<QueryPage> {
  const cursorTo = (position: RunPosition): PositionCursor => ({ kind: 'position', time: time(), now, position });
  const passedOver = (cursor?.position as RunPosition | undefined)?.within ?? 0;
  const ahead = Math.min(mostAhead.pages, Math.floor(passedOver / pageRows));
  let first: StreamedPage | undefined;
  let before: RunPosition | undefined;
  let [pages, characters] = [0, 0];
  for await (const page of streamedPages(run)) {
    if (before) {
      const texts = [JSON.stringify(page.rows), ...(page.next ? [JSON.stringify(page.next)] : [])];
      keepAhead(cursorTo(before), texts);
      characters += texts[0]?.length ?? 0;
    }
    first ??= page;
    before = page.next;
    if (pages++ === ahead || characters > mostAhead.characters) break;
  }
  const next = first?.next;
  return {
    type: run.type,
    data: first?.rows ?? [],
    cursor: next ? write(cursorTo(next)) : null,
    totalCount: total ?? null,
  };
}

/** The same page from what `streamedPage` has read ahead: its rows and, if there are more, the position behind them. */
export function pageReadAhead(
  type: ResultType,
  [rows = '[]', next]: readonly string[],
  { write, cursor }: Pick<Paging, 'write'> & { readonly cursor: PositionCursor },
): QueryPage {
  return {
    type,
    data: JSON.parse(rows) as readonly unknown[],
    cursor: next === undefined ? null : write({ ...cursor, position: JSON.parse(next) as RunPosition }),
    totalCount: null,
  };
}

/** Reads one row more than a page has, to know whether there is one. */
async function* streamedPages(run: PlanRun): AsyncIterable<StreamedPage> {
  let rows: ResultRow[] = [];
  let next: RunPosition | undefined;
  for await (const batch of run.batches()) {
    for (let at = 0; at < batch.rows.length;) {
      if (rows.length === pageRows) {
        yield { rows, next };
        rows = [];
      }
      const taken = batch.rows.slice(at, at + pageRows - rows.length);
      rows.push(...taken);
      at += taken.length;
      next = batch.positionAfter(at);
    }
  }
  yield { rows, next: undefined };
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
