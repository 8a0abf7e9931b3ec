import type { Db, Document } from 'mongodb';
import { encodePropertyName } from '../../src/adapters/mongo/property-names';

interface StagedChunk {
  _id: string;
  jobId: string;
  number: number;
  objects: Document[];
}

interface TaggedEntity extends Document {
  _id: string;
}

/** Objects of one activity. */
export const chunkObjects = 1_000;

export type ChunkActivities = ReturnType<typeof createChunkActivities>;

export function createChunkActivities(db: Db) {
  const jobs = db.collection<{ _id: string; status: string }>('chunkJobs');
  const chunks = db.collection<StagedChunk>('chunkStaged');
  const entities = db.collection<TaggedEntity>('chunkEntities');
  return {
    async noop(): Promise<void> {},

    async setStatus(jobId: string, status: string): Promise<void> {
      await jobs.updateOne({ _id: jobId }, { $set: { status } }, { upsert: true });
    },

    async listChunks(jobId: string): Promise<readonly number[]> {
      return await chunks
        .find({ jobId })
        .project<{ number: number }>({ number: 1 })
        .map(({ number }) => number)
        .toArray();
    },

    async applyChunk(jobId: string, number: number): Promise<void> {
      const chunk = await chunks.findOne({ jobId, number });
      if (!chunk) throw new Error(`no chunk ${number} of ${jobId}`);
      await entities.bulkWrite(
        chunk.objects.map((object) => {
          const $set: Document = { _scope: jobId, _tag: jobId };
          for (const name in object) $set[encodePropertyName(name)] = object[name] as unknown;
          return { updateOne: { filter: { _id: `${jobId}/${String(object._key)}` }, update: { $set }, upsert: true } };
        }),
        { ordered: false },
      );
    },

    async removeOlder(jobId: string): Promise<void> {
      await entities.deleteMany({ _scope: jobId, _tag: { $ne: jobId } });
      await chunks.deleteMany({ jobId });
    },
  };
}

/** Indexes that the design cannot do without, and its collections. */
export async function prepareChunkDesign(db: Db): Promise<void> {
  for (const name of ['chunkJobs', 'chunkStaged', 'chunkEntities']) {
    await db.collection(name).drop();
    await db.createCollection(name);
  }
  await db.collection('chunkStaged').createIndex({ jobId: 1, number: 1 });
  await db
    .collection('chunkEntities')
    .createIndexes([{ key: { _scope: 1 } }, { key: { _type: 1 } }, { key: { _class: 1 } }]);
}
