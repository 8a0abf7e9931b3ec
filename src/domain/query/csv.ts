type Cell = unknown;

/** Texts that spreadsheets would run as formulas. */
const formula = /^[=+\-@\t\r]/;

/**
 * One line of CSV (RFC 4180) with its line end. An absent value is an empty cell, a list is JSON, as uploads take it. A text that
 * a spreadsheet would run gets an apostrophe before it: names of assets come from whoever owns them.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

function cellOf(value: Cell): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return quoted(formula.test(value) ? `'${value}` : value);
  return quoted(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** An empty text is quoted, so that it differs from no value. */
const quoted = (text: string): string =>
  text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
