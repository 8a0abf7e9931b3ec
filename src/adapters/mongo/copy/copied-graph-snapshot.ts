import type { Predicate } from '../../../domain/query/plan/plan';
import type { Links } from '../../../domain/query/run/dense-graph';
import type { FoundObject, FoundRelationship, GraphSnapshot, ReadReport } from '../../../domain/query/run/graph-reader';
import { pause } from '../../../lib/pause';
import { countedBy } from '../query/counted';
import { CopiedDenseGraph } from './copied-dense-graph';
import type { GraphCopy } from './graph-copy';

/** Entities that are looked at without a pause. */
const slotsInOneGo = 5_000;
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
  readonly dense: CopiedDenseGraph;
  private readonly own: ReadReport[] = [];
  private stored: Promise<GraphSnapshot> | undefined;
  private opened: GraphSnapshot | undefined;

  constructor(
    private readonly at: CopyAtTime,
    private readonly openStored: () => Promise<GraphSnapshot>,
    signal: AbortSignal,
  ) {
    const isHeld = (): boolean => {
      signal.throwIfAborted();
      return at.isHeld();
    };
    this.dense = new CopiedDenseGraph(at.copy, isHeld, () => this.report('walk'));
  }

  get time(): string {
    return this.at.time;
  }

  get reads(): readonly ReadReport[] {
    return this.opened ? [...this.own, ...this.opened.reads] : this.own;
  }

  async *entities(request: Parameters<GraphSnapshot['entities']>[0]): AsyncGenerator<readonly FoundObject[]> {
    if (!this.dense.isHeld()) {
      yield* (await this.fromStored()).entities(request);
      return;
    }
    const { predicate, wanted, pageSize } = request;
    const { entities } = this.at.copy;
    const report = this.report('entities');
    const { among: slots, is: holds } = this.dense.starts(predicate, request.after);
    const entityOf = this.dense.entities(wanted);
    let next = 0;
    let [most, found, sinceRest] = [pageSize, 0, 0];
    while (next < slots.length) {
      if (!this.dense.isHeld()) {
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
        if (holds(slot)) page.push(entityOf(slot));
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
    }
    report(found);
  }

  async entitiesById(request: Parameters<GraphSnapshot['entitiesById']>[0]): Promise<readonly FoundObject[]> {
    if (!this.dense.isHeld()) return await (await this.fromStored()).entitiesById(request);
    const { ids, predicate, wanted } = request;
    const { entities } = this.at.copy;
    const report = this.report('entitiesById');
    const holds = this.dense.test(predicate);
    const bagOf = entities.bags(wanted);
    const found: FoundObject[] = [];
    for (const id of ids) {
      const slot = entities.ids.find(id);
      if (slot >= 0 && holds(slot)) found.push({ id, properties: bagOf(slot) });
    }
    report(found.length);
    return found;
  }

  async relationships(request: Parameters<GraphSnapshot['relationships']>[0]): Promise<readonly FoundRelationship[]> {
    const { at, direction, classes, wanted } = request;
    if (wanted.length > 0 || !this.dense.isHeld()) return await (await this.fromStored()).relationships(request);
    const { ids } = this.at.copy.entities;
    const report = this.report('relationships');
    const add = this.dense.adder(classes, direction);
    const links: Links = { relationships: [], ends: [], count: 0 };
    for (const id of at) {
      const place = ids.find(id);
      if (place >= 0) add(place, links);
    }
    // Between two of these entities it is met at both ends.
    const slots = direction === 'any' && at.length > 1 ? new Set(links.relationships) : links.relationships;
    const found = Array.from(slots, (slot) => this.dense.relationship(slot));
    report(found.length);
    return found;
  }

  async count(predicate: Predicate): Promise<number | undefined> {
    const count = countedBy(predicate);
    if (!count) return undefined;
    if (!this.dense.isHeld()) return await (await this.fromStored()).count(predicate);
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
