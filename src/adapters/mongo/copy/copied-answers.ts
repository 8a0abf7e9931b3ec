import type { KindCounts } from '../../../domain/graph/entity-counts';
import type { FlatObject } from '../../../domain/ports';
import type { CopyAtTime } from './copied-graph-snapshot';

/** Where a copy comes from that is the graph as it is now. */
export interface PresentCopy {
  now(): Promise<CopyAtTime | undefined>;
}

/**
 * Answers about the present graph that need one look into the copy. They are undefined where MongoDB has to be asked; what keeps
 * the copy from knowing is left to those who ask MongoDB to find.
 */
export class CopiedAnswers {
  constructor(private readonly source: PresentCopy) {}

  /** @param id a text of any kind */
  async entity(id: string): Promise<{ readonly found: FlatObject | undefined } | undefined> {
    const entities = await this.entities();
    if (!entities) return undefined;
    const slot = entities.slotOf(id.toLowerCase());
    return { found: slot >= 0 && entities.rows.has(slot) ? entities.bags('all')(slot) : undefined };
  }

  async counts(): Promise<KindCounts | undefined> {
    return (await this.entities())?.counts;
  }

  private async entities() {
    const at = await this.source.now().catch(() => undefined);
    return at?.isHeld() ? at.copy.entities : undefined;
  }
}
