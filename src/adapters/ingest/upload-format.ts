import { uploadParts } from '../../domain/ingest/staged-rows';
import type { UploadFormat } from '../../domain/ingest/upload-reader';
import { unreadable } from './read-context';

/** UTF-8 byte order mark, as spreadsheets write it. */
export const lengthOfMark = (text: Uint8Array): number =>
  text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Recognises the format of a bulk file by how it begins (decision 12). JSON begins with a bracket; CSV has a header with a known
 * column; YAML has a document mark, a comment, a list item or a part name.
 * @param head the first few thousand bytes
 * @throws DomainError when it is none of them
 */
export function recogniseFormat(head: Uint8Array): UploadFormat {
  const text = Buffer.from(head.subarray(lengthOfMark(head), 65_536)).toString();
  const start = text.trimStart();
  // An empty file is an empty JSON text, whose message says so.
  if (start === '' || start.startsWith('{') || start.startsWith('[')) return 'json';
  const line = start.split(/\r?\n/, 1)[0] ?? '';
  const partName = new RegExp(`^["']?(${uploadParts.join('|')})["']?\\s*:`);
  if (/^(---|%YAML|#|- )/.test(line) || partName.test(line)) return 'yaml';
  const columns = line.split(',').map((cell) => cell.trim().replaceAll('"', ''));
  if (columns.includes('_key') || columns.includes('_id')) return 'csv';
  if (/^["']?[\w.-]+["']?\s*:(\s|$)/.test(line)) return 'yaml';
  throw unreadable(
    `The format was not recognised: expected JSON, NDJSON, CSV with a column "_key" or "_id", or YAML; the text begins with ${JSON.stringify(line.slice(0, 40))}.`,
  );
}
