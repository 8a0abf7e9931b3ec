import { PlannedAction } from '../graph/plan-changes';
import { stagedRowBytes, stagedRowWords } from '../ingest/staged-rows';
import { GatheredBytes } from '../../lib/gathered-bytes';
import type { PlannedBatch } from './ports';

/** What a scan has found so far to do with the rows of one batch. */
export class BatchActions {
  private readonly actions: Uint8Array;
  private known = 0;
  private bytes = 0;
  private changes = 0;
  /** Undefined once the rows that have work take more room than an action for each row. */
  private rows: GatheredBytes | undefined = new GatheredBytes(0);

  constructor(
    private readonly seq: number,
    objects: number,
  ) {
    this.actions = new Uint8Array(objects);
  }

  /** The next `actions.length` rows of the batch, which begin with number `firstRow` of `staged`. */
  add(
    staged: { readonly words: Uint32Array; readonly bytes: Uint8Array },
    firstRow: number,
    actions: Uint8Array,
  ): void {
    this.actions.set(actions, this.known);
    this.known += actions.length;
    actions.forEach((action, i) => {
      if (action === PlannedAction.none) return;
      const row = firstRow + i;
      this.changes++;
      // The last word of a staged row says how long its text is.
      this.bytes += staged.words[(row + 1) * stagedRowWords - 1] ?? 0;
      // A view of each row of a first sync would be a hundred bytes of garbage for each object.
      if (this.rows) this.pick(this.rows, staged.bytes.subarray(row * stagedRowBytes, (row + 1) * stagedRowBytes));
    });
  }

  /** Undefined when there is nothing to do. `looksAtAll`: every object that was sent is to be compared. */
  planned({ looksAtAll }: { readonly looksAtAll: boolean }): (PlannedBatch & { readonly changes: number }) | undefined {
    const { seq, actions, bytes, changes, rows } = this;
    if (changes === 0) return undefined;
    const final = looksAtAll ? actions.map(compared) : actions;
    if (!rows) return { seq, actions: final, bytes, changes };
    const ofRows = final.filter((action) => action !== PlannedAction.none);
    return { seq, actions: ofRows, rows: rows.bytes, bytes, changes };
  }

  private pick(rows: GatheredBytes, row: Uint8Array): void {
    rows.add(row);
    if (this.changes * (stagedRowBytes + 1) > this.actions.length) this.rows = undefined;
  }
}

const compared = (action: number): number => (action === PlannedAction.none ? action : PlannedAction.compare);
