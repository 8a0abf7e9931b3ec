import { SyncJobStatus } from '../../contracts/sync-job';
import { DomainError } from '../errors';
import { ErrorCode } from '../../contracts/error-code';
import { keyNamespace } from '../graph/identity';
import type { FinalizeStores, RunControl } from './finalize-deps';
import type { StagingStore, StoredJob } from './ports';

type BulkFileStores = Pick<FinalizeStores, 'blobs' | 'reader' | 'sha1' | 'maxBulkFileBytes'> & {
  readonly staging: Pick<StagingStore, 'stage'>;
};

/** Where the bulk file of a job lies. */
/**
 * Without slashes: a store on a file system makes folders of them, and removes an empty one just when another object is put there.
 */
export const bulkFileKey = (account: string, jobId: string): string => `bulk-${account}-${jobId}`;

/**
 * Stages the bulk file of a job, if one was PUT (decision 12). The batches of a file are always the same, so a second run stages
 * nothing twice.
 * @throws DomainError BAD_BULK_DATA and the other codes of bad uploads.
 */
export async function ingestBulkFile(
  stores: BulkFileStores,
  job: StoredJob,
  run: RunControl,
  now: () => number,
): Promise<void> {
  if (!job.mayHaveBulkFile) return;
  const { account } = job.scope;
  const file = await stores.blobs.open(bulkFileKey(account, job.document.id));
  if (!file) return;
  if (file.bytes > stores.maxBulkFileBytes) {
    // Closes the stream, which nobody reads.
    for await (const _chunk of file.stream) break;
    throw new DomainError(
      ErrorCode.badBulkData,
      `The bulk file has ${file.bytes} bytes; ${stores.maxBulkFileBytes} are allowed (PERIJOVE_MAX_BULK_FILE_BYTES).`,
    );
  }
  let read = 0;
  async function* counted(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of stream) {
      run.checkpoint();
      read += chunk.length;
      run.progress({ step: 'reading the bulk file (bytes)', done: read, of: file?.bytes ?? 0 });
      yield chunk;
    }
  }
  const batches = stores.reader.readStream(counted(file.stream), {
    format: 'auto',
    shape: 'upload',
    syncMode: job.document.syncMode,
    entityNamespace: keyNamespace(stores.sha1, job.scope, 'entity'),
    relationshipNamespace: keyNamespace(stores.sha1, job.scope, 'relationship'),
    ignoreDuplicates: job.ignoreDuplicates,
    ignoreIllegalProperties: job.ignoreIllegalProperties,
  });
  let number = 0;
  for await (const upload of batches) {
    await stores.staging.stage({
      job,
      uploadId: `bulk-${number++}`,
      upload,
      ignoreDuplicates: job.ignoreDuplicates,
      accepts: SyncJobStatus.finalizePending,
      now: now(),
    });
  }
}
