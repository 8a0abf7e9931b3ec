import { isUtf8 } from 'node:buffer';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import { UploadBatch } from '../../domain/ingest/upload-batch';
import { pause } from '../../lib/pause';
import { closeBatch } from './close-batch';
import { csvElements } from './csv-elements';
import { type Element, takeElement } from './intake';
import { JsonDocument, type JsonGrammar } from './json-document';
import { JsonSyntaxError } from './json-syntax';
import { type ReadContext, unreadable, unreadableAt } from './read-context';
import { invalidUtf8At, placeOf } from './text-place';
import { lengthOfMark, recogniseFormat } from './upload-format';
import { maxYamlBytes, yamlElements, yamlTooLarge } from './yaml-elements';

/** CSV and YAML elements that are taken without a pause. */
const elementsInOneGo = 250;

/**
 * Reads one upload request.
 * @param pieceBytes how much is read without a pause
 * @throws DomainError with all that is wrong
 */
export async function readBody(context: ReadContext, body: Uint8Array, pieceBytes: number): Promise<ScannedUpload> {
  if (!isUtf8(body)) {
    const where = placeOf(body, invalidUtf8At(body));
    throw unreadable(`The body is not UTF-8 text: ${where} holds a byte that cannot stand there.`, {
      where,
      what: 'is not UTF-8',
    });
  }
  const batch = new UploadBatch();
  const { format } = context.options;
  switch (format === 'auto' ? recogniseFormat(body) : format) {
    case 'json':
      // Objects of a sequence have no index of their own part, so they are named by their place.
      if (format === 'auto') context.byteOffset = 0;
      await readJson(context, batch, { body, grammar: format === 'auto' ? 'file' : 'body', pieceBytes });
      return closeBatch(context, batch, { text: body, cut: false });
    case 'csv':
      await takeAll(context, batch, csvElements(context, piecesOf(body, pieceBytes)));
      break;
    case 'yaml':
      if (body.length > maxYamlBytes) throw yamlTooLarge();
      await takeAll(context, batch, yamlElements(context, Buffer.from(body).toString()));
      break;
  }
  return closeBatch(context, batch, { text: new Uint8Array(0), cut: false });
}

async function readJson(
  context: ReadContext,
  batch: UploadBatch,
  { body, grammar, pieceBytes }: { body: Uint8Array; grammar: JsonGrammar; pieceBytes: number },
): Promise<void> {
  const document = new JsonDocument(context, grammar);
  let at = lengthOfMark(body);
  let size = pieceBytes;
  try {
    for (;;) {
      const end = Math.min(at + size, body.length);
      const step = document.advance(batch, { bytes: body, end }, { from: at, last: end === body.length });
      if (step.stop === 'done') return;
      // An object that is longer than a piece would never be read to its end.
      size = step.at === at ? 2 * size : pieceBytes;
      at = step.at;
      await pause();
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const where = placeOf(body, error.position);
    throw unreadableAt('The body is not valid JSON', { where, what: error.what });
  }
}

async function takeAll(
  context: ReadContext,
  batch: UploadBatch,
  elements: AsyncIterable<Element> | Iterable<Element>,
): Promise<void> {
  let taken = 0;
  for await (const element of elements) {
    takeElement(context, batch, element);
    if (++taken % elementsInOneGo === 0) await pause();
  }
}

function* piecesOf(body: Uint8Array, bytes: number): Iterable<Uint8Array> {
  for (let at = 0; at < body.length; at += bytes) yield body.subarray(at, at + bytes);
}
