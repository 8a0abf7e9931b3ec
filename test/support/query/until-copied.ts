import { setTimeout as sleep } from 'node:timers/promises';
import { CopiedGraphSnapshot } from '../../../src/adapters/mongo/copy/copied-graph-snapshot';
import type { GraphReader, GraphSnapshot } from '../../../src/domain/query/run/graph-reader';

const { signal } = new AbortController();

/** Asks until the copy answers, as clients would. */
export async function untilCopied(reader: GraphReader): Promise<GraphSnapshot> {
  for (let asked = 0; asked < 1_000; asked++) {
    const snapshot = await reader.open({ includeDeleted: false, signal });
    if (snapshot instanceof CopiedGraphSnapshot) return snapshot;
    await snapshot.close();
    await sleep(10);
  }
  throw new Error('the copy has not caught up');
}
