import type { NodePlan } from '../plan/plan';
import { sizeOfObjects, type Budget } from './budget';
import type { FoundObject, GraphSnapshot, IdKey, Wanted } from './graph-reader';
import type { RunSizes } from './sizes';

/** What a run may remember of the ends of one hop, as a share of its memory. */
const rememberedShare = 0.1;

/** What stands at the ends of a hop. Hubs come again and again, so that some are remembered. */
export class HopEnds {
  /** Whether it has to be looked at: else any entity will do, and nothing of it is wanted. */
  readonly areRead: boolean;
  /** Null for those that may not stand there. */
  private readonly known = new Map<IdKey, FoundObject | null>();
  private bytes = 0;

  constructor(
    private readonly node: NodePlan,
    private readonly wanted: Wanted,
    private readonly snapshot: GraphSnapshot,
    private readonly budget: Budget,
    private readonly sizes: RunSizes,
  ) {
    const { predicate } = node;
    this.areRead = wanted.length > 0 || predicate.kind !== 'all' || predicate.of.length > 0;
  }

  /** Reads those that are not known. @returns their estimated bytes */
  async learn(ids: ReadonlySet<IdKey>): Promise<number> {
    if (this.known.size > this.sizes.remembered || this.bytes > rememberedShare * this.budget.maxBytes) this.forget();
    const unknown = [...ids].filter((id) => !this.known.has(id));
    const before = this.bytes;
    for (let from = 0; from < unknown.length; from += this.sizes.links) {
      const part = unknown.slice(from, from + this.sizes.links);
      const { predicate } = this.node;
      const read = await this.snapshot.entitiesById({ ids: part, predicate, wanted: this.wanted });
      for (const id of part) this.known.set(id, null);
      for (const end of read) this.known.set(end.id, end);
      const bytes = sizeOfObjects(read) + 80 * part.length;
      this.bytes += bytes;
      this.budget.hold(bytes);
    }
    return this.bytes - before;
  }

  /** Undefined if nothing that may stand there does. */
  at(id: IdKey): FoundObject | undefined {
    return this.areRead ? (this.known.get(id) ?? undefined) : { id, properties: nothing };
  }

  private forget(): void {
    this.known.clear();
    this.budget.release(this.bytes);
    this.bytes = 0;
  }
}

const nothing = {};
