import { syncJobCounters, type SyncJobCounter } from '../../contracts/sync-job';
import type { Problem } from '../../domain/errors';
import type { AppliedChunk } from '../../domain/sync-job/graph-writer';

/** Problems that a job document shows. */
const maxProblems = 50;

/** Sums over chunks; the first problems are kept. */
export class ChunkTotals implements AppliedChunk {
  readonly counts: Partial<Record<SyncJobCounter, number>> = {};
  readonly problems: Problem[] = [];

  add({ counts, problems }: AppliedChunk): void {
    for (const counter of syncJobCounters) {
      const count = counts[counter];
      if (count !== undefined) this.counts[counter] = (this.counts[counter] ?? 0) + count;
    }
    this.problems.push(...problems.slice(0, maxProblems - this.problems.length));
  }
}
