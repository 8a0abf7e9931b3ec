import { CountTally } from '../../../src/domain/graph/entity-counts';
import type { GraphCounters } from '../../../src/domain/sync-job/ports';
import type { MemoryDatabase } from './memory-database';

/** Counts each time that it is asked. */
export class MemoryEntityCounts implements GraphCounters {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly account: string,
  ) {}

  async all() {
    return (await this.counts()).entity;
  }

  async relationships() {
    return (await this.counts()).relationship;
  }

  async counts() {
    const counts = new CountTally();
    for (const kind of ['entity', 'relationship'] as const) {
      for (const { owner, deleted, state } of this.database.graph[kind].values()) {
        if (owner.account === this.account && !deleted) counts.add(kind, state.type, state.classes, 1);
      }
    }
    return await Promise.resolve(counts);
  }

  async prepare() {
    await Promise.resolve();
  }

  async fold() {
    await Promise.resolve();
  }
}
