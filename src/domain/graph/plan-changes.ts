import { stagedRowWords } from '../ingest/staged-rows';
import { IdTable } from './id-table';
import { isDeletedStamp, manifestRowWords, stampWord } from './manifest-rows';

/** What a plan says of one staged row. */
export const PlannedAction = {
  /** Unchanged, or superseded by another row of the same id: nothing to do. */
  none: 0,
  /** The scope has no live object of this id. */
  create: 1,
  /** The scope has one, and its bytes differ or are unknown: compare, then perhaps update. */
  compare: 2,
} as const;

export interface StagedSegment {
  readonly seq: number;
  readonly firstRow: number;
  readonly count: number;
  readonly ignoreDuplicates: boolean;
}

/** Two uploads of one id whose bytes differ: equal content is a retry, other content is an error. Row numbers. */
export interface DuplicateRows {
  readonly earlier: number;
  readonly later: number;
}

export interface RowPlan {
  /** One `PlannedAction` a staged row. */
  readonly actions: Uint8Array;
  /** Numbers of manifest rows that no staged row matches, deleted ones left out. */
  readonly unmatched: readonly number[];
  readonly duplicates: readonly DuplicateRows[];
}

/** Keeps one row per id, the one with the highest stamp. What is kept moves to the front of the same memory. @returns a view of it */
export function mergeManifestRows(rows: Uint32Array): Uint32Array {
  const count = rows.length / manifestRowWords;
  const table = new IdTable(rows, manifestRowWords, count);
  const dropped = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const before = table.put(row);
    if (before < 0) continue;
    const isNewer = stampOf(rows, row) >= stampOf(rows, before);
    dropped[isNewer ? before : row] = 1;
    if (!isNewer) table.put(before);
  }
  table.free();
  let length = 0;
  for (let row = 0; row < count; row++) {
    if (dropped[row]) continue;
    const from = row * manifestRowWords;
    // By itself: a view of each row would be a hundred bytes for thirty-six.
    for (let word = 0; word < manifestRowWords; word++) rows[length + word] = rows[from + word] ?? 0;
    length += manifestRowWords;
  }
  return rows.subarray(0, length);
}

const stampOf = (rows: Uint32Array, row: number): number => rows[row * manifestRowWords + stampWord] ?? 0;

/**
 * Joins what was uploaded with what the scope holds, for the same set of partitions. `manifest` has one row per id.
 * Linear in the number of rows, and without an object per row.
 */
export function planChanges(staged: Uint32Array, segments: readonly StagedSegment[], manifest: Uint32Array): RowPlan {
  const stagedCount = staged.length / stagedRowWords;
  const actions = new Uint8Array(stagedCount).fill(PlannedAction.create);
  const duplicates: DuplicateRows[] = [];
  const table = new IdTable(staged, stagedRowWords, stagedCount);
  for (const segment of segments) {
    for (let row = segment.firstRow; row < segment.firstRow + segment.count; row++) {
      const earlier = table.put(row);
      if (earlier < 0) continue;
      actions[earlier] = PlannedAction.none;
      if (!segment.ignoreDuplicates && !sameHash(staged, row, stagedRowWords, staged, earlier, stagedRowWords)) {
        duplicates.push({ earlier, later: row });
      }
    }
  }
  const unmatched: number[] = [];
  const manifestCount = manifest.length / manifestRowWords;
  for (let row = 0; row < manifestCount; row++) {
    if (isDeletedStamp(stampOf(manifest, row))) continue;
    const match = table.find(manifest, row * manifestRowWords);
    if (match < 0) {
      unmatched.push(row);
    } else {
      actions[match] = sameHash(staged, match, stagedRowWords, manifest, row, manifestRowWords)
        ? PlannedAction.none
        : PlannedAction.compare;
    }
  }
  table.free();
  return { actions, unmatched, duplicates };
}

function sameHash(a: Uint32Array, rowA: number, wordsA: number, b: Uint32Array, rowB: number, wordsB: number): boolean {
  const i = rowA * wordsA + 4;
  const j = rowB * wordsB + 4;
  return a[i] === b[j] && a[i + 1] === b[j + 1] && a[i + 2] === b[j + 2] && a[i + 3] === b[j + 3];
}
