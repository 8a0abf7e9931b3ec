import type { ContentPlace, ResultContent, ResultSummary } from './query-results';
import type { ResultType } from './queries';

/** A page holds as many rows as fit into both; one row always fits. */
export interface PageLimits {
  readonly rows: number;
  /** Of JSON in UTF-8. */
  readonly bytes: number;
}

/** Clients read a page whole: contract 5.3. */
export const pageLimits: PageLimits = { rows: 5_000, bytes: 4 * 1024 * 1024 };

export interface RowsToWrite {
  readonly type: ResultType;
  readonly batches: AsyncIterable<readonly unknown[]>;
}

interface WriteRequest {
  readonly content: Pick<ResultContent, 'putPage'>;
  readonly place: ContentPlace;
  readonly limits?: PageLimits;
  /** Called after each page. */
  readonly onPage?: (done: { readonly pages: number; readonly rows: number }) => void;
}

const encoder = new TextEncoder();
const [open, comma, close] = ['[', ',', ']'].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const emptyTree = encoder.encode('{"vertices":[],"edges":[]}');

/**
 * Writes rows as pages, each the `data` of a result document: an array, or for a tree its one row. While a page is stored the next
 * one is filled, so that no more than two are in memory.
 */
export async function writePages(
  { type, batches }: RowsToWrite,
  { content, place, limits = pageLimits, onPage }: WriteRequest,
): Promise<ResultSummary> {
  const total = { rows: 0, pages: 0, bytes: 0 };
  let parts: Uint8Array[] = [];
  let [rows, bytes] = [0, 0];
  let storing: Promise<void> | undefined;

  async function flush(): Promise<void> {
    const full = type !== 'tree' ? [open, ...parts, close] : rows > 0 ? parts : [emptyTree];
    const page = total.pages;
    total.pages += 1;
    total.rows += rows;
    total.bytes += full.reduce((sum, part) => sum + part.length, 0);
    [parts, rows, bytes] = [[], 0, 0];
    await storing;
    const done = { pages: total.pages, rows: total.rows };
    storing = content.putPage({ ...place, page }, full).then(() => onPage?.(done));
    // Awaited before the next page; a failure meanwhile must not end the process.
    storing.catch(() => undefined);
  }

  try {
    for await (const batch of batches) {
      for (const row of batch) {
        const text = encoder.encode(JSON.stringify(row));
        if (rows > 0 && (rows >= limits.rows || bytes + text.length > limits.bytes)) await flush();
        if (rows > 0) parts.push(comma);
        parts.push(text);
        rows += 1;
        bytes += text.length + 1;
      }
    }
    if (rows > 0 || total.pages === 0) await flush();
    await storing;
  } catch (err) {
    await storing?.catch(() => undefined);
    throw err;
  }
  return { attempt: place.attempt, type, ...total };
}
