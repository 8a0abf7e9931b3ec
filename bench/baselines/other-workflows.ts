import { proxyActivities } from '@temporalio/workflow';
import type { ChunkActivities } from './chunk-activities';

const { noop, setStatus, listChunks, applyChunk, removeOlder } = proxyActivities<ChunkActivities>({
  startToCloseTimeout: '1m',
});

/** The least work that a workflow can do and still do some. */
export async function oneActivity(): Promise<void> {
  await noop();
}

/** The usual shape of such a job: each step and each chunk of objects is an activity, and every status is written by one. */
export async function chunkPerActivity(jobId: string): Promise<void> {
  await setStatus(jobId, 'FINALIZING_ENTITIES');
  for (const chunk of await listChunks(jobId)) await applyChunk(jobId, chunk);
  await removeOlder(jobId);
  await setStatus(jobId, 'FINALIZING_RELATIONSHIPS');
  await setStatus(jobId, 'FINISHED');
}
