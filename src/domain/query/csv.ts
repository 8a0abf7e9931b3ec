type Cell = unknown;

/** Texts that spreadsheets would run as formulas. */
const formula = /^[=+\-@\t\r]/;

/**
 * One line of CSV (RFC 4180) with its line end. An absent value is an empty cell, a list is JSON, as uploads take it. A text that
 * a spreadsheet would run gets an apostrophe before it: names of assets come from whoever owns them.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

/** Characters after which a piece is handed on, so that a page of large rows is not one text. */
const pieceLength = 64 * 1024;

/** A header and a line a row, in pieces. */
export async function* csvOf<Row>(
  columns: readonly string[],
  pages: AsyncIterable<readonly Row[]>,
  cellsOf: (row: Row) => readonly Cell[],
): AsyncIterable<string> {
  let piece = csvLine(columns);
  for await (const page of pages) {
    for (const row of page) {
      piece += csvLine(cellsOf(row));
      if (piece.length < pieceLength) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

function cellOf(value: Cell): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return quoted(formula.test(value) ? `'${value}` : value);
  return quoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** An empty text is quoted, so that it differs from no value. */
const quoted = (text: string): string =>
  text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
