/** A result that is one file. */
export interface ResultFile {
  /** Bytes of the file in pieces; to be read once. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Rows in what was read so far. */
  readonly rows: () => number;
}

/** Called now and then while a file is made. */
export type OnFileProgress = (done: { readonly step: string; readonly rows: number }) => void;

export async function* encoded(texts: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

/** Counts the rows of a file as they are read. */
export class RowCount {
  private rows = 0;

  constructor(private readonly onProgress: OnFileProgress) {}

  /** Of the read that began last. */
  readonly value = (): number => this.rows;

  /** The same pages, from zero on; each is counted when the next one is asked for. */
  async *of<Row>(step: string, pages: AsyncIterable<readonly Row[]>): AsyncIterable<readonly Row[]> {
    this.rows = 0;
    for await (const page of pages) {
      yield page;
      this.rows += page.length;
      this.onProgress({ step, rows: this.rows });
    }
  }
}

/** What a file is made in, as operators see it. */
export const FileStep = { columns: 'finding columns', writing: 'writing the file' } as const;
