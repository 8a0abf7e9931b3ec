import fc from 'fast-check';
import { manifestRowWords, manifestStamp } from '../../../src/domain/graph/manifest-rows';
import { mergeManifestRows, planChanges, PlannedAction } from '../../../src/domain/graph/plan-changes';

/** Ids that differ in one word only, so that hashing and comparing have to look at all four. */
const id = fc.tuple(fc.nat(2), fc.nat(1), fc.nat(1), fc.nat(2));
const hash = fc.nat(2).map((n) => [n, 0, 0, n]);
const stagedRow = fc.record({ id, hash });
const manifestRow = fc.record({ id, hash, version: fc.integer({ min: 1, max: 4 }), deleted: fc.boolean() });

const packStaged = (rows: readonly { id: number[]; hash: number[] }[]) =>
  Uint32Array.from(rows.flatMap((row) => [...row.id, ...row.hash, 0, 0]));
const packManifest = (rows: readonly { id: number[]; hash: number[]; version: number; deleted: boolean }[]) =>
  Uint32Array.from(rows.flatMap((row) => [...row.id, ...row.hash, manifestStamp(row.version, row.deleted)]));
const nameOf = (words: readonly number[]) => words.join('.');

describe('planChanges', () => {
  it('decides as a map from ids would', () => {
    const segments = fc.array(
      fc.record({
        rows: fc.uniqueArray(stagedRow, { selector: (row) => nameOf(row.id) }),
        ignoreDuplicates: fc.boolean(),
      }),
      { maxLength: 3 },
    );
    const manifest = fc.uniqueArray(manifestRow, { selector: (row) => nameOf(row.id) });
    fc.assert(
      fc.property(segments, manifest, (batches, held) => {
        const rows = batches.flatMap((batch) => batch.rows);
        let firstRow = 0;
        const plan = planChanges(
          packStaged(rows),
          batches.map(({ rows, ignoreDuplicates }, i) => {
            const segment = { seq: i + 1, firstRow, count: rows.length, ignoreDuplicates };
            firstRow += rows.length;
            return segment;
          }),
          packManifest(held),
        );

        const live = new Map(held.filter(({ deleted }) => !deleted).map((row) => [nameOf(row.id), nameOf(row.hash)]));
        const last = new Map(rows.map((row, i) => [nameOf(row.id), i]));
        const expected = rows.map((row, i) => {
          if (last.get(nameOf(row.id)) !== i) return PlannedAction.none;
          const there = live.get(nameOf(row.id));
          if (there === undefined) return PlannedAction.create;
          return there === nameOf(row.hash) ? PlannedAction.none : PlannedAction.compare;
        });
        expect([...plan.actions]).toEqual(expected);
        expect(plan.unmatched.map((row) => nameOf(held[row]?.id ?? []))).toEqual(
          [...live.keys()].filter((name) => !last.has(name)),
        );

        const seen = new Map<string, number>();
        const duplicates: { earlier: number; later: number }[] = [];
        let row = 0;
        for (const batch of batches) {
          for (const { id, hash } of batch.rows) {
            const earlier = seen.get(nameOf(id));
            const differs = earlier !== undefined && nameOf(rows[earlier]?.hash ?? []) !== nameOf(hash);
            if (differs && !batch.ignoreDuplicates) duplicates.push({ earlier, later: row });
            seen.set(nameOf(id), row++);
          }
        }
        expect(plan.duplicates).toEqual(duplicates);
      }),
      { numRuns: 500 },
    );
  });
});

describe('mergeManifestRows', () => {
  it('keeps of every id the row with the highest version, a deletion after its version, in any order', () => {
    const rows = fc.uniqueArray(manifestRow, {
      selector: (row) => nameOf([...row.id, row.version, Number(row.deleted)]),
    });
    fc.assert(
      fc.property(rows, (all) => {
        const merged = mergeManifestRows(packManifest(all));
        const newest = new Map<string, number>();
        for (const row of all) {
          const stamp = manifestStamp(row.version, row.deleted);
          newest.set(nameOf(row.id), Math.max(stamp, newest.get(nameOf(row.id)) ?? 0));
        }
        const found = new Map<string, number>();
        for (let at = 0; at < merged.length; at += manifestRowWords) {
          found.set(nameOf([...merged.subarray(at, at + 4)]), merged[at + 8] ?? -1);
        }
        expect(merged.length).toBe(newest.size * manifestRowWords);
        expect(found).toEqual(newest);
      }),
      { numRuns: 500 },
    );
  });
});
