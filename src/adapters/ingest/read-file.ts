import { isUtf8 } from 'node:buffer';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import { UploadBatch } from '../../domain/ingest/upload-batch';
import { closeBatch } from './close-batch';
import { csvElements } from './csv-elements';
import { type Element, takeElement } from './intake';
import { JsonDocument } from './json-document';
import { JsonSyntaxError } from './json-syntax';
import { type ReadContext, unreadable } from './read-context';
import { TextFeed } from './text-feed';
import { invalidUtf8At } from './text-place';
import { lengthOfMark, recogniseFormat } from './upload-format';
import { maxYamlBytes, yamlElements, yamlTooLarge } from './yaml-elements';

/** Reads a bulk file in batches; see `UploadReader.readStream`. */
export async function* readFile(
  context: ReadContext,
  source: AsyncIterable<Uint8Array>,
  batchBytes: number,
): AsyncGenerator<ScannedUpload> {
  const feed = await TextFeed.open(source);
  try {
    await feed.fill(headBytes);
    feed.drop(lengthOfMark(feed.view()));
    const { format } = context.options;
    switch (format === 'auto' ? recogniseFormat(feed.view()) : format) {
      case 'json':
        yield* readJson(context, feed, batchBytes);
        break;
      case 'csv':
        yield* inBatches(context, csvElements(context, validText(feed.rest())), batchBytes);
        break;
      case 'yaml':
        yield* inBatches(context, await wholeYaml(context, feed), batchBytes);
        break;
    }
  } catch (error) {
    throw asBadBulkData(context, error);
  } finally {
    await feed.close();
  }
}

const headBytes = 4096;

async function* readJson(context: ReadContext, feed: TextFeed, batchBytes: number): AsyncGenerator<ScannedUpload> {
  const document = new JsonDocument(context, context.options.format === 'auto' ? 'file' : 'body');
  let batch = new UploadBatch(batchBytes);
  let at = 0;
  let checked = 0;
  await feed.fill(batchBytes);
  for (;;) {
    context.byteOffset = feed.offset;
    const step = document.advance(batch, { bytes: feed.bytes, end: feed.length }, { from: at, last: feed.ended });
    at = step.at;
    checkUtf8(context, feed.bytes.subarray(checked, at), checked);
    checked = at;
    context.problems.throwIfAny();
    if (!batch.isEmpty && (step.stop !== 'more' || batch.isGap(at))) {
      // The batch keeps the window that its rows point into, so that its text is not copied once more.
      yield closeBatch(context, batch, { text: feed.release(at), cut: true });
      at = checked = 0;
      batch = new UploadBatch(batchBytes);
    }
    if (step.stop === 'done') return;
    // Text behind the cursor is needed only as long as rows point into it.
    if (batch.isEmpty) {
      feed.drop(at);
      context.byteOffset = feed.offset;
      at = checked = 0;
      batch = new UploadBatch(batchBytes);
    }
    if (step.stop === 'more') {
      const pending = feed.length - at;
      if (pending > context.limits.maxObjectBytes) {
        throw new JsonSyntaxError(
          at,
          `what begins here is longer than ${context.limits.maxObjectBytes} bytes, the limit for one object`,
        );
      }
      // At least as much again, so that small pieces of a large object are not looked at over and over.
      await feed.fill(feed.length + Math.max(64 * 1024, pending));
    }
  }
}

function checkUtf8(context: ReadContext, text: Uint8Array, offset: number): void {
  if (isUtf8(text)) return;
  const at = (context.byteOffset ?? 0) + offset + invalidUtf8At(text);
  throw unreadable(`The text is not UTF-8: byte ${at} cannot stand there.`, {
    where: `byte ${at}`,
    what: 'is not UTF-8',
  });
}

async function* validText(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let offset = 0;
  for await (const piece of pieces) {
    decodeOr(() => decoder.decode(piece, { stream: true }), offset);
    offset += piece.length;
    yield piece;
  }
  decodeOr(() => decoder.decode(), offset);
}

function decodeOr(decode: () => string, offset: number): void {
  try {
    decode();
  } catch {
    throw unreadable(`The text is not UTF-8: a byte behind position ${offset} cannot stand there.`, {
      where: `behind byte ${offset}`,
      what: 'is not UTF-8',
    });
  }
}

async function wholeYaml(context: ReadContext, feed: TextFeed): Promise<readonly Element[]> {
  await feed.fill(maxYamlBytes + 1);
  if (feed.length > maxYamlBytes) throw yamlTooLarge();
  checkUtf8(context, feed.view(), 0);
  return yamlElements(context, Buffer.from(feed.view()).toString());
}

async function* inBatches(
  context: ReadContext,
  elements: AsyncIterable<Element> | Iterable<Element>,
  batchBytes: number,
): AsyncGenerator<ScannedUpload> {
  const none = { text: new Uint8Array(0), cut: false };
  let batch = new UploadBatch();
  for await (const element of elements) {
    takeElement(context, batch, element);
    if (batch.rewrittenBytes < batchBytes) continue;
    yield closeBatch(context, batch, none);
    batch = new UploadBatch();
  }
  context.problems.throwIfAny();
  if (!batch.isEmpty) yield closeBatch(context, batch, none);
}

/** A bulk file has one code for all its faults; failures to get at the file are not faults of it. */
function asBadBulkData(context: ReadContext, error: unknown): unknown {
  if (error instanceof JsonSyntaxError) {
    const at = (context.byteOffset ?? 0) + error.position;
    return new DomainError(ErrorCode.badBulkData, `The bulk file is not valid JSON: byte ${at}: ${error.what}.`, [
      { where: `byte ${at}`, what: error.what },
    ]);
  }
  if (!(error instanceof DomainError)) return error;
  const problems = error.problems.length > 0 ? error.problems : [{ where: 'the whole file', what: error.message }];
  return new DomainError(ErrorCode.badBulkData, `The bulk file cannot be used: ${error.message}`, problems);
}
