import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Cells of all table rows of a document whose first cell is code, without the padding that the formatter adds. */
export function tableRows(documentPath: string): string[][] {
  return readFileSync(join(__dirname, '../..', documentPath), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}
