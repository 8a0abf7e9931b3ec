import { pipeline, Readable } from 'node:stream';
import { parse, type Options } from 'csv-parse';
import { faultOfHeader, readHeader, readRow, type CsvHeader } from '../../domain/ingest/csv-columns';
import type { Element } from './intake';
import { type ReadContext, unreadable, unreadableAt } from './read-context';

/** The elements of a CSV text, which arrives in pieces. @throws DomainError */
export async function* csvElements(
  context: ReadContext,
  text: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Element> {
  const rows = new CsvRows(context);
  const records = parse({ ...csvOptions(context.limits.maxObjectBytes), info: true });
  pipeline(Readable.from(text, { objectMode: false }), records, () => undefined);
  try {
    for await (const record of records) {
      const element = rows.element(record as CsvRecord);
      if (element) yield element;
    }
  } catch (error) {
    throw csvFault(error);
  }
  rows.finish();
}

/** One record as csv-parse hands it over with the option `info`. */
interface CsvRecord {
  readonly record: readonly string[];
  /** `lines`: the line that the record ends on, from 1. */
  readonly info: { readonly lines: number };
}

const csvOptions = (maxRecordBytes: number): Options => ({
  bom: true,
  relax_column_count: true,
  skip_empty_lines: true,
  max_record_size: maxRecordBytes,
});

/** Turns the records of one CSV text into elements; the first record is the header. */
class CsvRows {
  private header: CsvHeader | undefined;

  constructor(private readonly context: ReadContext) {}

  /** Undefined for the header, for a row without content, and for a row whose problem is noted. @throws DomainError */
  element({ record, info }: CsvRecord): Element | undefined {
    const where = `line ${info.lines}`;
    if (this.header === undefined) {
      const fault = faultOfHeader(record);
      if (fault !== undefined) throw unreadableAt('The text is not a CSV upload', { where, what: fault });
      this.header = readHeader(record);
      return undefined;
    }
    if (record.every((cell) => cell === '')) return undefined;
    const { shape } = this.context.options;
    const value = readRow(this.header, record);
    if (value === undefined) {
      const what = `has ${record.length} cells, the header has ${this.header.names.length}`;
      this.context.problems.add(shape === 'upload' ? 'entities' : shape, { where, what });
      return undefined;
    }
    return { part: shape === 'upload' ? 'object' : shape, value, where };
  }

  /** @throws DomainError when there was not even a header */
  finish(): void {
    if (this.header === undefined) throw unreadable('The text is not a CSV upload: there is nothing in it.');
  }
}

/** Says in our words what csv-parse found; passes other errors on. */
function csvFault(error: unknown): unknown {
  if (!isCsvError(error)) return error;
  const { lines, column } = error;
  const cell = typeof column === 'number' ? `, cell ${column + 1}` : '';
  const what = error.message.replace(/\s+/g, ' ');
  if (lines === undefined) return unreadable(`The text is not valid CSV: ${what}.`);
  return unreadableAt('The text is not valid CSV', { where: `line ${lines}${cell}`, what });
}

/** By its code: the package has one class for each of its entry points. */
function isCsvError(error: unknown): error is Error & { readonly lines?: number; readonly column?: unknown } {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return false;
  return error.code.startsWith('CSV_') || error.code === 'INVALID_OPENING_QUOTE';
}
