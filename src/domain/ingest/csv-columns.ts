import { isUuid } from '../graph/identity';
import type { UploadedObject } from './object-rules';

/** Where the cells of one column go: a property, or one place in the array that a property holds. */
interface Column {
  readonly name: string;
  readonly index: number | undefined;
}

export interface CsvHeader {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
}

/** Why a header line cannot be used, as a sentence; undefined when it can. */
export function faultOfHeader(names: readonly string[]): string | undefined {
  const found = `found ${names
    .map((name) => JSON.stringify(name.slice(0, 60)))
    .slice(0, 10)
    .join(', ')}`;
  if (!names.includes('_key') && !names.includes('_id')) {
    return `the first line must name the columns, "_key" or "_id" among them; ${found}`;
  }
  const empty = names.indexOf('');
  if (empty !== -1) return `column ${empty + 1} has no name`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `column ${JSON.stringify(twice)} is there twice`;
}

/**
 * `custom.0`, `custom.1`, … are the elements of the array `custom`, as long as the series begins at 0 and has no hole and no column
 * `custom` stands beside it. All other names are taken as they are, dots included (`tag.Name`).
 */
export function readHeader(names: readonly string[]): CsvHeader {
  const series = new Map<string, Set<number>>();
  for (const name of names) {
    const match = arrayColumn.exec(name);
    if (match?.[1] === undefined || names.includes(match[1])) continue;
    const indexes = series.get(match[1]) ?? new Set();
    indexes.add(Number(match[2]));
    series.set(match[1], indexes);
  }
  const isArray = (base: string): boolean => {
    const indexes = series.get(base);
    return indexes !== undefined && [...indexes].every((index) => index < indexes.size);
  };
  const columns = names.map((name): Column => {
    const match = arrayColumn.exec(name);
    const base = match?.[1];
    return base !== undefined && isArray(base) ? { name: base, index: Number(match?.[2]) } : { name, index: undefined };
  });
  return { names, columns };
}
const arrayColumn = /^(.+)\.(0|[1-9]\d{0,5})$/;

/**
 * The object of one row; undefined when the row has more cells than the header. An empty cell is an absent property, and so is one
 * that is not there at the end: the files of `j1 export` end each row with its last property.
 *
 * JupiterOne's own sample of a relationship file has an `_id` column for which the row has no cell at all. A row that is short by
 * exactly one is therefore read without `_id`, unless it has a UUID there.
 */
export function readRow(header: CsvHeader, cells: readonly string[]): UploadedObject | undefined {
  const idColumn = header.names.indexOf('_id');
  let { columns } = header;
  if (cells.length === columns.length - 1 && idColumn !== -1 && !isUuid(cells[idColumn] ?? '')) {
    columns = columns.filter((_, index) => index !== idColumn);
  }
  if (cells.length > columns.length) return undefined;
  const entries = new Map<string, unknown>();
  columns.forEach(({ name, index }, column) => {
    const cell = cells[column] ?? '';
    if (cell === '') return;
    const value = readCell(name, cell);
    if (index === undefined) {
      entries.set(name, value);
      return;
    }
    const list = (entries.get(name) as unknown[] | undefined) ?? [];
    // An empty cell before a filled one is a null in the array.
    while (list.length < index) list.push(null);
    list[index] = value;
    entries.set(name, list);
  });
  return Object.fromEntries(entries);
}

const verbatim = /^_(key|id|from.*|to.*)$/;
const listable = /^_(type|class)$/;
/** Classes have no semicolon in their names; `j1 export` joins several with it. */
const joinedClasses = /^[^;[]+(;[^;]+)+$/;
const structured = /^_(rawData|mapping)$/;

/** Decision 10: identity is never converted; anything else becomes a number, a boolean or a JSON array where it is one. */
export function readCell(column: string, cell: string): unknown {
  if (verbatim.test(column)) return cell;
  if (cell.startsWith('[') || (structured.test(column) && cell.startsWith('{'))) return parseOr(cell);
  if (column === '_class' && joinedClasses.test(cell)) return cell.split(';');
  if (listable.test(column)) return cell;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return readNumber(cell);
}

/** A number, unless the number would not be what the text says: `00123` and integers beyond 2^53 stay text. */
function readNumber(cell: string): unknown {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(cell)) return cell;
  const number = Number(cell);
  if (!Number.isFinite(number)) return cell;
  return /^-?\d+$/.test(cell) && !Number.isSafeInteger(number) ? cell : number;
}

function parseOr(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}
