import { batchesOf, waitForEnd, type SyncClient, type SyncJob, type WaitOptions } from './client';
import type { Entity, Relationship } from './collect/graph';

export interface SynchronizeOptions {
  readonly client: SyncClient;
  readonly scope: string;
  readonly entities: readonly Entity[];
  readonly relationships: readonly Relationship[];
  /** Called after each step with a phrase such as `uploaded 1,000 of 4,626 objects`. */
  readonly onProgress?: (what: string) => void;
  readonly wait?: WaitOptions;
}

export interface SynchronizeResult {
  readonly job: SyncJob;
  readonly uploadMs: number;
  /** From the finalize call until the job was seen in a terminal status. */
  readonly finalizeMs: number;
}

/** A job that ended, but not well. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
  constructor(readonly job: SyncJob) {
    super(`Sync job ${job.id} ended ${job.status} instead of FINISHED; its workflow in the Temporal Web UI says why.`);
  }
}

/**
 * One whole DIFF job: start, upload in batches, finalize, wait for the end. A job that cannot be completed is aborted, so that none
 * is left waiting for uploads.
 * @throws ApiError when the API refuses a call; JobFailed when the job ends in another status than FINISHED.
 */
export async function synchronize(options: SynchronizeOptions): Promise<SynchronizeResult> {
  const { client, scope, onProgress = () => undefined } = options;
  const startedAt = performance.now();
  const { id } = await client.start(scope);
  onProgress(`job ${id} started`);
  try {
    await uploadAll(id, options);
  } catch (error) {
    // The first error is the one to tell; a job that cannot even be aborted ends by its own deadline.
    await client.abort(id, 'The upload failed.').catch(() => undefined);
    throw error;
  }
  const uploadedAt = performance.now();
  await client.finalize(id);
  const job = await waitForEnd(client, id, { ...options.wait, onStatus: onProgress });
  if (job.status !== 'FINISHED') throw new JobFailed(job);
  return { job, uploadMs: uploadedAt - startedAt, finalizeMs: performance.now() - uploadedAt };
}

async function uploadAll(jobId: string, options: SynchronizeOptions): Promise<void> {
  const { client, entities, relationships, onProgress } = options;
  const total = entities.length + relationships.length;
  let uploaded = 0;
  const advance = (by: number): void => {
    uploaded += by;
    onProgress?.(`uploaded ${uploaded.toLocaleString('en')} of ${total.toLocaleString('en')} objects`);
  };
  for (const batch of batchesOf(entities)) {
    await client.uploadEntities(jobId, batch);
    advance(batch.length);
  }
  for (const batch of batchesOf(relationships)) {
    await client.uploadRelationships(jobId, batch);
    advance(batch.length);
  }
}
