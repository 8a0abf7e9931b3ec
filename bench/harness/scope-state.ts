import type { Db } from 'mongodb';
import { collectionsOf } from '../../src/adapters/mongo/collections';
import { ensureIndexes } from '../../src/adapters/mongo/indexes';
import type { Fleet } from './fleet';
import type { SyncClient, TimedSync } from './sync-client';

const kept = new Set(['accounts', 'tokens', 'syncJobs', 'syncJobEvents']);

/** What the product's one scope holds at the moment, so that a case finds what it needs and loads it only where it must. */
export class ScopeState {
  static readonly scope = 'bench';
  private variant: 0 | 1 | undefined;
  private isFresh = false;

  constructor(
    private readonly db: Db,
    private readonly api: SyncClient,
    private readonly fleet: Fleet,
  ) {}

  /** Empties the product's graph: fresh collections, the same indexes. Only while no job is open. */
  async reset(): Promise<void> {
    const { ...all } = collectionsOf(this.db);
    for (const { collectionName } of Object.values(all)) {
      if (!kept.has(collectionName)) await this.db.collection(collectionName).drop();
    }
    await ensureIndexes(this.db);
    this.variant = undefined;
    this.isFresh = true;
  }

  /** Brings the scope to a variant through the public API; the first sync of fresh collections creates everything. */
  async sync(variant: 0 | 1, uploaded?: () => Promise<void>): Promise<TimedSync> {
    this.isFresh = false;
    const done = await this.api.sync(ScopeState.scope, this.fleet.uploads(variant), uploaded);
    this.variant = variant;
    return done;
  }

  async syncNothing(): Promise<TimedSync> {
    this.isFresh = false;
    this.variant = undefined;
    return await this.api.sync(ScopeState.scope, []);
  }

  async requireLoaded(variant: 0 | 1): Promise<void> {
    if (this.variant === variant) return;
    if (this.variant === undefined && !this.isFresh) await this.reset();
    await this.sync(variant);
  }
}
