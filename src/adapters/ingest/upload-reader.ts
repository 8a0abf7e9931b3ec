import { isUtf8 } from 'node:buffer';
import { contentHash } from '../../domain/ingest/content-hash';
import { ProblemList } from '../../domain/ingest/problem-list';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';
import { UploadBatch } from '../../domain/ingest/upload-batch';
import type { ReadOptions, UploadReader } from '../../domain/ingest/upload-reader';
import { readJsonBody } from './json-body';
import { type ReadContext, unreadable } from './read-context';

export interface UploadReaderOptions {
  /** Longest single object in bytes of its JSON text. @default 8 MiB */
  readonly maxObjectBytes?: number;
  /** Deepest nesting inside one object, the object itself included. @default 64 */
  readonly maxDepth?: number;
  /** Longest `_key` in bytes of UTF-8 (decision 11). @default 1024 */
  readonly maxKeyBytes?: number;
  /** Off: everything takes the slow lane. Results are the same. @default true */
  readonly accelerate?: boolean;
}

export function createUploadReader(options: UploadReaderOptions = {}): UploadReader {
  const limits = {
    maxObjectBytes: options.maxObjectBytes ?? 8 * 1024 * 1024,
    maxDepth: options.maxDepth ?? 64,
    maxKeyBytes: options.maxKeyBytes ?? 1024,
  };
  const contextFor = (readOptions: ReadOptions): ReadContext => ({
    options: readOptions,
    limits,
    problems: new ProblemList(),
    hash: contentHash,
  });

  return {
    read(body, readOptions): ScannedUpload {
      if (!isUtf8(body)) throw unreadable('the body is not UTF-8');
      const batch = new UploadBatch();
      const context = contextFor(readOptions);
      readJsonBody(context, batch, body);
      context.problems.throwIfAny();
      const full = batch.finishBody(body);
      batch.settleDuplicates({
        latestWins: readOptions.ignoreDuplicates,
        problems: context.problems,
        names: (part, row) => ({ where: `${part}[${row}]`, key: batch.keyOf(full, part, row) }),
      });
      context.problems.throwIfAny();
      return batch.finish(full);
    },
     
    async *readStream(_source, _readOptions) {
      throw unreadable('bulk files come next');
    },
  };
}
