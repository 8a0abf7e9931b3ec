import type { SyncMode } from '../../contracts/sync-job';
import type { ScannedUpload } from './staged-rows';

export type UploadFormat = 'json' | 'yaml' | 'csv';

export interface ReadOptions {
  /** `auto`: recognised by content (bulk files), where NDJSON is allowed too. */
  readonly format: UploadFormat | 'auto';
  /**
   * What the top level holds: `upload` any of the four parts; `entities` / `relationships` that part alone (a bare CSV row list or
   * YAML list is that part too).
   */
  readonly shape: 'upload' | 'entities' | 'relationships';
  readonly syncMode: SyncMode;
  /** 16-byte namespaces under which keys become ids, see `graph/identity.ts`. */
  readonly entityNamespace: Uint8Array;
  readonly relationshipNamespace: Uint8Array;
  /** The latest of two objects with one key wins, instead of an error. */
  readonly ignoreDuplicates: boolean;
  /** Properties that break the rules are dropped, instead of an error. */
  readonly ignoreIllegalProperties: boolean;
}

/** Turns upload bodies into staged rows, or says in one DomainError all that is wrong with them. */
export interface UploadReader {
  /**
   * Pauses now and then, so that a large body holds up nobody else.
   * @throws DomainError with every offending item (capped at 50); nothing of the body is then usable.
   */
  read(body: Uint8Array, options: ReadOptions): Promise<ScannedUpload>;
  /**
   * Reads a file of any size (gzip recognised by content) in batches of about `batchBytes` of body each, one after the other.
   * Memory stays bounded by a few batches. Batches are the same for the same file, whatever the chunk borders of `source`.
   * @throws DomainError(BAD_BULK_DATA) naming line or byte position.
   */
  readStream(
    source: AsyncIterable<Uint8Array>,
    options: ReadOptions,
    batchBytes?: number,
  ): AsyncIterable<ScannedUpload>;
}
