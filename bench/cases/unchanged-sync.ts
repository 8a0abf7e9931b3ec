import { UpdateTag } from '../baselines/update-tag';
import type { BenchCase } from '../harness/bench';
import { digestOf, requireEqual } from '../harness/digest';
import { documentWrites, median } from '../harness/measure';

/** The same fleet again, which is what most syncs are. */
export const unchangedSync: BenchCase = {
  name: 'unchanged',
  title: 'unchanged re-sync against update-tag',
  async run({ db, otherDb, fleet, scope, pairs, log }) {
    await scope.requireLoaded(0);
    const other = new UpdateTag(otherDb);
    await other.reset();
    await other.syncBytes(fleet.bodies(0));
    requireEqual('unchanged', await digestOf(db.collection('entities')), await digestOf(other.documents));
    const written = async () => (await documentWrites(db, 'entities')) + (await documentWrites(db, 'entityVersions'));
    const before = await written();
    const finalize: number[] = [];
    const whole: number[] = [];
    const objects: number[] = [];
    const bytes: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const { job, finalizeMs, uploadMs } = await scope.sync(0);
      const changes = job.numEntitiesCreated + job.numEntitiesUpdated + job.numEntitiesDeleted;
      if (changes !== 0) throw new Error(`an unchanged sync made ${changes} changes`);
      finalize.push(finalizeMs);
      whole.push(uploadMs + finalizeMs);
      objects.push(await other.syncObjects(fleet.bodies(0)));
      bytes.push(await other.syncBytes(fleet.bodies(0)));
      log(
        `pair ${pair + 1}: finalize ${Math.round(finalizeMs)} ms, with upload ${Math.round(uploadMs + finalizeMs)} ms; ` +
          `update-tag ${Math.round(objects.at(-1) ?? 0)} ms, from bytes ${Math.round(bytes.at(-1) ?? 0)} ms`,
      );
    }
    const writes = (await written()) - before;
    const finalizeRatios = objects.map((ms, i) => ms / (finalize[i] ?? Number.NaN));
    const wholeRatios = bytes.map((ms, i) => ms / (whole[i] ?? Number.NaN));
    return [
      {
        name: 'unchanged re-sync, finalize → FINISHED, against update-tag',
        unit: 'ms',
        ours: median(finalize),
        theirs: median(objects),
        ratio: median(finalizeRatios),
        ratios: finalizeRatios,
        target: { text: '≥ 25 × faster', isMet: median(finalizeRatios) >= 25 },
      },
      {
        name: 'the same, first upload byte → FINISHED, against update-tag from the same bytes',
        unit: 'ms',
        ours: median(whole),
        theirs: median(bytes),
        ratio: median(wholeRatios),
        ratios: wholeRatios,
        target: { text: '≥ 8 ×', isMet: median(wholeRatios) >= 8 },
      },
      {
        name: 'document writes in entity collections of all unchanged re-syncs',
        unit: 'writes',
        ours: writes,
        target: { text: '0', isMet: writes === 0 },
      },
    ];
  },
};
