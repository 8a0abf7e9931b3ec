import { UpdateTag } from '../baselines/update-tag';
import type { BenchCase } from '../harness/bench';
import { digestOf, requireEqual } from '../harness/digest';
import { bytesToStorage, median, mongoBytesWritten } from '../harness/measure';
import { cpuSince, stackCpu } from '../harness/stack-cpu';

/** One entity of a hundred has changed. */
export const onePercent: BenchCase = {
  name: 'one-percent',
  title: '1 % changed against update-tag',
  async run({ product, db, otherDb, fleet, scope, pairs, log }) {
    await scope.requireLoaded(0);
    const other = new UpdateTag(otherDb);
    await other.reset();
    await other.syncBytes(fleet.bodies(0));
    fleet.bodies(1);
    const ms = { ours: [] as number[], theirs: [] as number[] };
    const bytes = { ours: [] as number[], theirs: [] as number[] };
    const ofUpload: number[] = [];
    const staged: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const variant = pair % 2 === 0 ? 1 : 0;
      const s3 = product.stack.s3.pid ?? 0;
      const stagedBefore = bytesToStorage(s3);
      const before = await mongoBytesWritten(db);
      const cpu = stackCpu(product);
      let uploaded = before;
      const { job, finalizeMs } = await scope.sync(variant, async () => {
        uploaded = await mongoBytesWritten(db);
      });
      const between = await mongoBytesWritten(db);
      ofUpload.push(uploaded - before);
      log(`CPU: ${cpuSince(cpu, product)}`);
      staged.push(bytesToStorage(s3) - stagedBefore);
      if (job.numEntitiesUpdated !== fleet.changed) throw new Error(`updated ${job.numEntitiesUpdated} entities`);
      const theirMs = await other.syncObjects(fleet.bodies(variant));
      const after = await mongoBytesWritten(db);
      ms.ours.push(finalizeMs);
      ms.theirs.push(theirMs);
      bytes.ours.push(between - before);
      bytes.theirs.push(after - between);
      log(
        `pair ${pair + 1}: ${Math.round(finalizeMs)} ms and ${Math.round((between - before) / 1e6)} MB; ` +
          `update-tag ${Math.round(theirMs)} ms and ${Math.round((after - between) / 1e6)} MB`,
      );
      if (pair === 0) requireEqual('1 %', await digestOf(db.collection('entities')), await digestOf(other.documents));
    }
    const speed = ms.theirs.map((time, i) => time / (ms.ours[i] ?? Number.NaN));
    const fewer = bytes.theirs.map((count, i) => count / (bytes.ours[i] ?? Number.NaN));
    return [
      {
        name: '1 % changed, finalize → FINISHED, against update-tag',
        unit: 'ms',
        ours: median(ms.ours),
        theirs: median(ms.theirs),
        ratio: median(speed),
        ratios: speed,
        target: { text: '≥ 15 ×', isMet: median(speed) >= 15 },
      },
      {
        name: '1 % changed, bytes written by mongod, upload included',
        unit: 'MB',
        ours: median(bytes.ours) / 1e6,
        theirs: median(bytes.theirs) / 1e6,
        ratio: median(fewer),
        ratios: fewer,
        target: { text: '≥ 50 × fewer', isMet: median(fewer) >= 50 },
      },
      { name: '1 % changed, bytes written by mongod for the upload alone', unit: 'MB', ours: median(ofUpload) / 1e6 },
      {
        name: '1 % changed, upload bodies kept in S3 until the job ends',
        unit: 'MB',
        ours: median(staged) / 1e6,
        note: 'not part of the ratio above; update-tag keeps none',
      },
    ];
  },
};
