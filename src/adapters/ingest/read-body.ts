import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import { UploadBatch } from '../../domain/ingest/upload-batch';
import { closeBatch } from './close-batch';
import { csvFault, csvOptions, CsvRows } from './csv-elements';
import { takeElement } from './intake';
import { JsonDocument, type JsonGrammar } from './json-document';
import { JsonSyntaxError } from './json-syntax';
import { type ReadContext, unreadable } from './read-context';
import { invalidUtf8At, placeOf } from './text-place';
import { lengthOfMark, recogniseFormat } from './upload-format';
import { maxYamlBytes, yamlElements, yamlTooLarge } from './yaml-elements';

/** Reads one upload request. @throws DomainError with all that is wrong */
export function readBody(context: ReadContext, body: Uint8Array): ScannedUpload {
  if (!isUtf8(body)) {
    throw unreadable(
      `The body is not UTF-8 text: ${placeOf(body, invalidUtf8At(body))} holds a byte that cannot stand there.`,
    );
  }
  const batch = new UploadBatch();
  const { format } = context.options;
  switch (format === 'auto' ? recogniseFormat(body) : format) {
    case 'json':
      // Objects of a sequence have no index of their own part, so they are named by their place.
      if (format === 'auto') context.byteOffset = 0;
      readJson(context, batch, { body, grammar: format === 'auto' ? 'file' : 'body' });
      return closeBatch(context, batch, { text: body, cut: false });
    case 'csv':
      readCsv(context, batch, body);
      break;
    case 'yaml':
      if (body.length > maxYamlBytes) throw yamlTooLarge();
      for (const element of yamlElements(context, Buffer.from(body).toString())) takeElement(context, batch, element);
      break;
  }
  return closeBatch(context, batch, { text: new Uint8Array(0), cut: false });
}

function readJson(
  context: ReadContext,
  batch: UploadBatch,
  { body, grammar }: { body: Uint8Array; grammar: JsonGrammar },
): void {
  const span = { bytes: body, end: body.length };
  try {
    new JsonDocument(context, grammar).advance(batch, span, { from: lengthOfMark(body), last: true });
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unreadable(`The body is not valid JSON: ${placeOf(body, error.position)}: ${error.what}.`);
  }
}

function readCsv(context: ReadContext, batch: UploadBatch, body: Uint8Array): void {
  const rows = new CsvRows(context);
  try {
    parse(Buffer.from(body.buffer, body.byteOffset, body.length), {
      ...csvOptions(context.limits.maxObjectBytes),
      // Each record is taken as it comes: gathered, they would need many times the memory of the body.
      on_record: (record: string[], info) => {
        const element = rows.element({ record, info });
        if (element) takeElement(context, batch, element);
        return null;
      },
    });
  } catch (error) {
    throw csvFault(error);
  }
  rows.finish();
}
