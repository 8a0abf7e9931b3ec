import type { PlanSubject, Predicate } from '../../../domain/query/plan/plan';
import type {
  FoundObject,
  FoundRelationship,
  GraphSnapshot,
  IdKey,
  ReadReport,
} from '../../../domain/query/run/graph-reader';
import { compilePredicate } from '../../../domain/query/run/holds';
import { pause } from '../../../domain/query/run/pause';
import { countedBy } from '../query/counted';
import { candidatesOf } from './candidates';
import type { EntityCopy } from './entity-copy';
import type { GraphCopy } from './graph-copy';
import type { IdIndex } from './id-index';

/** Entities that are looked at without a pause. */
const slotsInOneGo = 20_000;
const growth = 4;
const maxPage = 10_000;

export interface CopyAtTime {
  readonly copy: GraphCopy;
  /** Of the snapshot that the copy is equal to. */
  readonly time: string;
  /** Whether it still is. */
  readonly isHeld: () => boolean;
}

/**
 * A snapshot that is answered from the copy while the copy stays as it was, and from MongoDB at the same time afterwards, and for
 * what the copy does not have. Both are the same graph, so that an answer may be made of both.
 */
export class CopiedGraphSnapshot implements GraphSnapshot {
  private readonly own: ReadReport[] = [];
  private stored: Promise<GraphSnapshot> | undefined;
  private opened: GraphSnapshot | undefined;

  constructor(
    private readonly at: CopyAtTime,
    private readonly openStored: () => Promise<GraphSnapshot>,
    private readonly signal: AbortSignal,
  ) {}

  get time(): string {
    return this.at.time;
  }

  get reads(): readonly ReadReport[] {
    return this.opened ? [...this.own, ...this.opened.reads] : this.own;
  }

  async *entities(request: Parameters<GraphSnapshot['entities']>[0]): AsyncGenerator<readonly FoundObject[]> {
    if (!this.at.isHeld()) {
      yield* (await this.fromStored()).entities(request);
      return;
    }
    const { predicate, wanted, pageSize } = request;
    const { entities } = this.at.copy;
    const report = this.report('entities');
    const slots = candidatesOf(predicate, entities);
    const holds = holdsFor(predicate, entities);
    const bagOf = entities.bags(wanted);
    let next = request.after === undefined ? 0 : placeBehind(slots, request.after, entities.ids);
    let [most, found, sinceRest] = [pageSize, 0, 0];
    while (next < slots.length) {
      if (!this.at.isHeld()) {
        const last = next === 0 ? undefined : entities.ids.keyAt(slots[next - 1] as number);
        const after = last ?? request.after;
        yield* (await this.fromStored()).entities({ ...request, ...(after !== undefined && { after }) });
        return;
      }
      const page: FoundObject[] = [];
      const end = Math.min(slots.length, next + slotsInOneGo - sinceRest);
      const before = next;
      for (; next < end && page.length < most; next++) {
        const slot = slots[next] as number;
        if (!entities.rows.has(slot) || !holds(slot)) continue;
        page.push({ id: entities.ids.keyAt(slot), properties: bagOf(slot) });
      }
      sinceRest += next - before;
      if (page.length > 0) {
        found += page.length;
        most = Math.min(maxPage, most * growth);
        yield page;
      }
      if (sinceRest < slotsInOneGo) continue;
      sinceRest = 0;
      await pause();
      this.signal.throwIfAborted();
    }
    report(found);
  }

  async entitiesById(request: Parameters<GraphSnapshot['entitiesById']>[0]): Promise<readonly FoundObject[]> {
    if (!this.at.isHeld()) return await (await this.fromStored()).entitiesById(request);
    const { ids, predicate, wanted } = request;
    const { entities } = this.at.copy;
    const report = this.report('entitiesById');
    const holds = holdsFor(predicate, entities);
    const bagOf = entities.bags(wanted);
    const found: FoundObject[] = [];
    for (const id of ids) {
      const slot = entities.ids.find(id);
      if (slot >= 0 && entities.rows.has(slot) && holds(slot)) found.push({ id, properties: bagOf(slot) });
    }
    report(found.length);
    return found;
  }

  async relationships(request: Parameters<GraphSnapshot['relationships']>[0]): Promise<readonly FoundRelationship[]> {
    const { at, direction, classes, wanted } = request;
    if (wanted.length > 0 || !this.at.isHeld()) return await (await this.fromStored()).relationships(request);
    const { relationships, entities } = this.at.copy;
    const report = this.report('relationships');
    const chosen = relationships.selection(classes);
    const found: FoundRelationship[] = [];
    // One whose two ends are asked for is met at both.
    const asked = direction === 'any' ? new Set(at.map((id) => entities.ids.find(id))) : undefined;
    for (const id of at) {
      const place = entities.ids.find(id);
      if (place < 0) continue;
      if (direction !== 'in') {
        relationships.eachAt(place, 'out', chosen, (slot, other) => {
          found.push(new CopiedRelationship(relationships.ids, slot, id, entities.ids.keyAt(other)));
        });
      }
      if (direction === 'out') continue;
      relationships.eachAt(place, 'in', chosen, (slot, other) => {
        if (asked?.has(other)) return;
        found.push(new CopiedRelationship(relationships.ids, slot, entities.ids.keyAt(other), id));
      });
    }
    report(found.length);
    return found;
  }

  async count(predicate: Predicate): Promise<number | undefined> {
    const count = countedBy(predicate);
    if (!count) return undefined;
    if (!this.at.isHeld()) return await (await this.fromStored()).count(predicate);
    this.report('count')(1);
    return count(this.at.copy.entities.counts);
  }

  async close(): Promise<void> {
    await (await this.stored)?.close();
  }

  private async fromStored(): Promise<GraphSnapshot> {
    this.stored ??= this.openStored();
    return (this.opened = await this.stored);
  }

  private report(read: ReadReport['read']): (rows: number) => void {
    const from = performance.now();
    return (rows) => void this.own.push({ read, index: 'copy', rows, ms: performance.now() - from });
  }
}

const noProperties: FoundRelationship['properties'] = Object.freeze({ __proto__: null });

/** Its id is made when somebody looks: one relationship of a place needs none. */
class CopiedRelationship implements FoundRelationship {
  private text: IdKey | undefined;
  readonly properties = noProperties;

  constructor(
    private readonly ids: IdIndex,
    private readonly slot: number,
    readonly from: IdKey,
    readonly to: IdKey,
  ) {}

  get id(): IdKey {
    return (this.text ??= this.ids.keyAt(this.slot));
  }
}

function holdsFor(predicate: Predicate, entities: EntityCopy): (slot: number) => boolean {
  const wholeOf = entities.bags('all');
  return compilePredicate<number>(predicate, {
    read: (subject: PlanSubject) => {
      if (subject.kind !== 'property') return () => undefined;
      const read = entities.reader(subject.key);
      return (slot) => read(slot) ?? undefined;
    },
    bagAt: () => wholeOf,
  });
}

/** Of slots in the order of ids: the place of the first id behind `after`. */
function placeBehind(slots: Uint32Array, after: IdKey, ids: IdIndex): number {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids.compareWithKey(slots[middle] as number, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
