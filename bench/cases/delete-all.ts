import { RawInsert } from '../baselines/raw-insert';
import type { BenchCase } from '../harness/bench';
import { median } from '../harness/measure';
import { cpuSince, stackCpu } from '../harness/stack-cpu';

/** An empty DIFF ends everything that the scope holds. The other side removes the documents and keeps no history. */
export const deleteAll: BenchCase = {
  name: 'delete-all',
  title: 'delete everything against deleteMany',
  async run({ product, db, otherDb, fleet, scope, pairs, log }) {
    const raw = new RawInsert(otherDb);
    const entities = db.collection('entities');
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      await scope.requireLoaded(0);
      await raw.run(entities);
      const before = stackCpu(product);
      const { job, finalizeMs } = await scope.syncNothing();
      const ourCpu = cpuSince(before, product);
      const between = stackCpu(product);
      if (job.numEntitiesDeleted !== fleet.entities) throw new Error(`deleted ${job.numEntitiesDeleted} entities`);
      ours.push(finalizeMs);
      theirs.push(await raw.deleteAll());
      log(`CPU: ${ourCpu}; deleteMany: ${cpuSince(between, product)}`);
      const left = [await entities.countDocuments({ _deleted: false }), await raw.copy.countDocuments({})];
      if (left[0] !== 0 || left[1] !== 0) throw new Error(`left after deletion: ${left.join(' and ')}`);
      log(`pair ${pair + 1}: ${Math.round(finalizeMs)} ms, deleteMany ${Math.round(theirs.at(-1) ?? 0)} ms`);
    }
    const ratios = theirs.map((ms, i) => ms / (ours[i] ?? Number.NaN));
    return [
      {
        name: 'delete everything (empty DIFF), history kept, against deleteMany',
        unit: 'ms',
        ours: median(ours),
        theirs: median(theirs),
        ratio: median(ratios),
        ratios,
        target: { text: '≥ 2 ×, or as fast with history kept', isMet: median(ratios) >= 1 },
      },
    ];
  },
};
