import { isUtf8 } from 'node:buffer';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import { UploadBatch } from '../../domain/ingest/upload-batch';
import { JsonDocument } from './json-document';
import { JsonSyntaxError } from './json-syntax';
import { type ReadContext, unreadable } from './read-context';
import { invalidUtf8At, placeOf } from './text-place';

/** Reads one upload request. @throws DomainError with all that is wrong */
export function readBody(context: ReadContext, body: Uint8Array): ScannedUpload {
  if (!isUtf8(body)) {
    throw unreadable(
      `The body is not UTF-8 text: ${placeOf(body, invalidUtf8At(body))} holds a byte that cannot stand there.`,
    );
  }
  const batch = new UploadBatch();
  readJson(context, batch, body);
  context.problems.throwIfAny();
  const full = batch.finishBody(body);
  batch.settleDuplicates({
    latestWins: context.options.ignoreDuplicates,
    problems: context.problems,
    names: (part, row) => ({ where: `${part}[${row}]`, key: batch.keyOf(full, part, row) }),
  });
  context.problems.throwIfAny();
  return batch.finish(full);
}

function readJson(context: ReadContext, batch: UploadBatch, body: Uint8Array): void {
  const from = startsWithMark(body) ? 3 : 0;
  try {
    new JsonDocument(context, 'body').advance(batch, { bytes: body, end: body.length }, { from, last: true });
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unreadable(`The body is not valid JSON: ${placeOf(body, error.position)}: ${error.what}.`);
  }
}

/** UTF-8 byte order mark, as spreadsheets write it. */
const startsWithMark = (body: Uint8Array): boolean => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
