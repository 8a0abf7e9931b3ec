import type { Db } from 'mongodb';
import { randomUUID } from 'node:crypto';
import { chunkObjects, prepareChunkDesign } from '../baselines/chunk-activities';
import type { chunkPerActivity } from '../baselines/other-workflows';
import { entityBody } from '../generate';
import type { BenchCase } from '../harness/bench';
import { inLanes } from '../harness/lanes';
import { timed } from '../harness/measure';
import { otherTaskQueue, startOtherWorker } from '../harness/other-worker';
import { SyncClient } from '../harness/sync-client';

const objects = 100;
const atOnce = 20;

/** Many small jobs at once, each a scope of its own. The other side is fed directly, without an HTTP API in front of it. */
export const smallJobs: BenchCase = {
  name: 'small-jobs',
  title: 'many jobs of 100 objects, 20 at once, against a chunk-per-activity design',
  async run({ product, otherDb, fleet, log }) {
    const jobs = fleet.entities >= 100_000 ? 1_000 : 100;
    const bodies = Array.from({ length: jobs }, (_, job) => entityBody(job * objects, objects));
    const api = new SyncClient(product.connection, { sockets: atOnce });
    const { temporal, stop } = await startOtherWorker(product);
    await prepareChunkDesign(otherDb);
    let created = 0;
    try {
      const run = randomUUID().slice(0, 8);
      const ours = await timed(async () => {
        await inLanes(atOnce, bodies.entries(), async ([number, body]) => {
          const { job } = await api.sync(`small-${run}-${number}`, [body]);
          created += job.numEntitiesCreated;
        });
      });
      log(`${jobs} jobs: ${Math.round(ours)} ms`);
      const theirs = await timed(async () => {
        await inLanes(atOnce, bodies.entries(), async ([number, body]) => {
          const jobId = `small-${run}-${number}`;
          await stageChunks(otherDb, jobId, body);
          await temporal.workflow.execute<typeof chunkPerActivity>('chunkPerActivity', {
            workflowId: jobId,
            taskQueue: otherTaskQueue,
            args: [jobId],
          });
        });
      });
      const inserted = await otherDb.collection('chunkEntities').countDocuments({});
      if (created !== jobs * objects || inserted !== created) throw new Error(`created ${created} and ${inserted}`);
      log(`chunk-per-activity: ${Math.round(theirs)} ms`);
      return [
        {
          name: `jobs of ${objects} objects, ${atOnce} at once, ${jobs} jobs, against chunk-per-activity`,
          unit: 'jobs/s',
          ours: (jobs * 1_000) / ours,
          theirs: (jobs * 1_000) / theirs,
          ratio: theirs / ours,
          target: { text: '≥ 3 × jobs/s', isMet: theirs / ours >= 3 },
        },
      ];
    } finally {
      api.close();
      await stop();
    }
  },
};

async function stageChunks(db: Db, jobId: string, body: Buffer): Promise<void> {
  const { entities } = JSON.parse(body.toString()) as { entities: object[] };
  const chunks: { _id: string; jobId: string; number: number; objects: object[] }[] = [];
  for (let at = 0; at < entities.length; at += chunkObjects) {
    const number = chunks.length;
    chunks.push({ _id: `${jobId}/${number}`, jobId, number, objects: entities.slice(at, at + chunkObjects) });
  }
  await db.collection<{ _id: string }>('chunkStaged').insertMany(chunks);
}
