import { contentHash } from '../../domain/ingest/content-hash';
import { ProblemList } from '../../domain/ingest/problem-list';
import type { ReadOptions, UploadReader } from '../../domain/ingest/upload-reader';
import { slowLane } from './elements';
import { createFastLane } from './fast-lane';
import { readBody } from './read-body';
import { readFile } from './read-file';
import type { ReadContext } from './read-context';
import { isScannerBuilt } from './scanner';

export interface UploadReaderOptions {
  /** Longest single object in bytes of its JSON text. @default 8 MiB */
  readonly maxObjectBytes?: number;
  /** Deepest nesting inside one object, the object itself included. @default 64 */
  readonly maxDepth?: number;
  /** Longest `_key` in bytes of UTF-8. @default 1024 */
  readonly maxKeyBytes?: number;
  /** Read through the compiled scanner; results are the same without it. @default whether it is built */
  readonly accelerate?: boolean;
  /** Bytes of an upload body that are read without a pause; results are the same with any. @default 256 KiB, about a millisecond */
  readonly pieceBytes?: number;
}

/** @throws Error when `accelerate` is true and the scanner is not built */
export function createUploadReader(options: UploadReaderOptions = {}): UploadReader {
  const limits = {
    maxObjectBytes: options.maxObjectBytes ?? 8 * 1024 * 1024,
    maxDepth: options.maxDepth ?? 64,
    maxKeyBytes: options.maxKeyBytes ?? 1024,
  };
  const { pieceBytes = 256 * 1024 } = options;
  // The scanner has room for keys of 1,024 bytes and 64 levels; beyond that the slow lane serves alone.
  const fits = limits.maxKeyBytes <= 1024 && limits.maxDepth >= 4 && limits.maxDepth <= 64;
  const lane = (options.accelerate ?? isScannerBuilt()) && fits ? createFastLane(limits) : undefined;
  const contextFor = (readOptions: ReadOptions): ReadContext => ({
    options: readOptions,
    limits,
    problems: new ProblemList(),
    lane: lane?.run ?? slowLane,
    byteOffset: undefined,
    hash: lane?.hash ?? contentHash,
  });

  return {
    read: async (body, readOptions) => await readBody(contextFor(readOptions), body, pieceBytes),
    readStream: (source, readOptions, batchBytes = defaultBatchBytes) =>
      readFile(contextFor(readOptions), source, batchBytes),
  };
}

const defaultBatchBytes = 4 * 1024 * 1024;
