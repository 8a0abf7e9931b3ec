import { RawInsert } from '../baselines/raw-insert';
import type { BenchCase } from '../harness/bench';
import { digestOf, requireEqual } from '../harness/digest';
import { median } from '../harness/measure';
import { cpuSince, stackCpu } from '../harness/stack-cpu';

/** Everything is new: the floor is inserting the same documents with nothing around it. */
export const firstSync: BenchCase = {
  name: 'first-sync',
  title: 'first sync against raw insertMany',
  async run({ product, db, otherDb, fleet, scope, pairs, log }) {
    const raw = new RawInsert(otherDb);
    const entities = db.collection('entities');
    const ours: number[] = [];
    const theirs: number[] = [];
    const uploads: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      await scope.reset();
      const before = stackCpu(product);
      const { job, finalizeMs, uploadMs } = await scope.sync(0);
      const ourCpu = cpuSince(before, product);
      if (job.numEntitiesCreated !== fleet.entities) throw new Error(`created ${job.numEntitiesCreated} entities`);
      ours.push(finalizeMs);
      uploads.push(uploadMs);
      const between = stackCpu(product);
      theirs.push(await raw.run(entities));
      log(`CPU with upload: ${ourCpu}; floor with reading the documents: ${cpuSince(between, product)}`);
      log(`pair ${pair + 1}: ${Math.round(finalizeMs)} ms, floor ${Math.round(theirs.at(-1) ?? 0)} ms`);
      if (pair === 0) requireEqual('first sync', await digestOf(entities), await digestOf(raw.copy));
    }
    const ratios = ours.map((ms, i) => ms / (theirs[i] ?? Number.NaN));
    const ratio = median(ratios);
    return [
      {
        name: 'first sync, finalize → FINISHED, against insertMany',
        unit: 'ms',
        ours: median(ours),
        theirs: median(theirs),
        ratio,
        ratios,
        target: { text: '≤ 1.3 × its time', isMet: ratio <= 1.3 },
      },
      { name: 'first sync, upload before it', unit: 'ms', ours: median(uploads) },
    ];
  },
};
