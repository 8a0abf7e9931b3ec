import type { HopPlan } from '../plan/plan';
import { sizeOfObjects, type Budget } from './budget';
import type { FoundObject, FoundRelationship, GraphSnapshot, IdKey, Wanted } from './graph-reader';
import { Path, sizeOfPath, type Paths, type Slots, type Stage } from './path';
import type { Bag } from './property-reader';
import type { RunSizes } from './sizes';

export interface HopOptions {
  readonly hop: HopPlan;
  /** Slot of the entity that the hop starts from; where the path stands if undefined. */
  readonly from: number | undefined;
  /** Slots of relationships that may be the same one: it is used once in a path. */
  readonly rivals: readonly number[];
  readonly wantedOfEdge: Wanted;
  readonly wantedOfNode: Wanted;
  readonly edgeIs: ((properties: Bag) => boolean) | undefined;
  /** On all that is found so far. */
  readonly pathIs: ((slots: Slots) => boolean) | undefined;
  /** Nothing comes after it, and one path from each root is enough. */
  readonly endsRoot: boolean;
}

interface Link {
  readonly edge: FoundRelationship;
  readonly end: FoundObject;
}

const nothing: Bag = {};

/** A hop of many paths at once: one read for the relationships of all places where they stand, and one for what is at their ends. */
export class HopStage implements Stage {
  private frontier: number;
  /** Null for those that may not stand there. */
  private readonly ends = new Map<IdKey, FoundObject | null>();
  private endsBytes = 0;

  constructor(
    private readonly options: HopOptions,
    private readonly snapshot: GraphSnapshot,
    private readonly budget: Budget,
    private readonly sizes: RunSizes,
  ) {
    this.frontier = Math.min(512, sizes.frontier);
  }

  async *follow(source: Paths): Paths {
    for await (const paths of source) {
      for (let from = 0; from < paths.length;) {
        const part = paths.slice(from, from + this.frontier);
        from += part.length;
        yield* this.expand(part);
      }
    }
  }

  private async *expand(paths: readonly Path[]): Paths {
    const { links, bytes } = await this.linksOf(paths);
    this.budget.hold(bytes);
    const { rivals, endsRoot, pathIs } = this.options;
    let piece: Path[] = [];
    for (const path of paths) {
      for (const { edge, end } of links.get(this.placeOf(path).id) ?? []) {
        if (path.root.isDone) break;
        if (rivals.some((slot) => path.slots[slot]?.id === edge.id)) continue;
        const longer = this.longer(path, edge, end);
        if (pathIs && !pathIs(longer.slots)) continue;
        if (endsRoot) path.root.isDone = true;
        piece.push(longer);
        if (piece.length < this.sizes.piece) continue;
        yield* this.passOn(piece);
        piece = [];
      }
    }
    if (piece.length > 0) yield* this.passOn(piece);
    this.budget.release(bytes);
  }

  private *passOn(piece: readonly Path[]): Iterable<readonly Path[]> {
    const bytes = piece.length * sizeOfPath(piece[0]?.slots.length ?? 0);
    this.budget.hold(bytes);
    yield piece;
    this.budget.release(bytes);
  }

  private placeOf(path: Path): FoundObject {
    const { from } = this.options;
    return from === undefined ? path.here : (path.slots[from] as FoundObject);
  }

  private longer(path: Path, edge: FoundRelationship, end: FoundObject): Path {
    const { hop } = this.options;
    const slots = path.slots.slice();
    slots[hop.edge.slot] = edge;
    slots[hop.node.slot] = end;
    const longer = new Path(path.root, slots, end, path.skipped);
    longer.origin = path.origin;
    return longer;
  }

  private async linksOf(paths: readonly Path[]) {
    const { hop, wantedOfEdge, edgeIs } = this.options;
    const places = new Set<IdKey>();
    for (const path of paths) if (!path.root.isDone) places.add(this.placeOf(path).id);
    const links = new Map<IdKey, Link[]>();
    if (places.size === 0) return { links, bytes: 0 };
    const { classes, direction } = hop.edge;
    const read = await this.snapshot.relationships({ at: [...places], classes, direction, wanted: wantedOfEdge });
    this.adapt(read.length / places.size);
    const edges = edgeIs ? read.filter(({ properties }) => edgeIs(properties)) : read;
    const endOf = await this.endsOf(edges, places);
    const link = (place: IdKey, other: IdKey, edge: FoundRelationship): void => {
      const end = endOf(other);
      if (!end) return;
      const known = links.get(place);
      if (known) known.push({ edge, end });
      else links.set(place, [{ edge, end }]);
    };
    for (const edge of edges) {
      const { from, to } = edge;
      if (direction === 'out' || (direction === 'any' && places.has(from))) link(from, to, edge);
      if (direction === 'in' || (direction === 'any' && from !== to && places.has(to))) link(to, from, edge);
    }
    for (const list of links.values()) if (list.length > 1) list.sort(byEdge);
    return { links, bytes: sizeOfObjects(edges) + 64 * edges.length };
  }

  private adapt(linksPerPlace: number): void {
    const { frontier, links } = this.sizes;
    this.frontier = Math.max(1, Math.min(frontier, Math.floor(links / Math.max(linksPerPlace, 0.1))));
  }

  /** What stands at the other ends, if it may. */
  private async endsOf(
    edges: readonly FoundRelationship[],
    places: ReadonlySet<IdKey>,
  ): Promise<(id: IdKey) => FoundObject | undefined> {
    const { hop, wantedOfNode } = this.options;
    const { predicate } = hop.node;
    if (wantedOfNode.length === 0 && predicate.kind === 'all' && predicate.of.length === 0) {
      return (id) => ({ id, properties: nothing });
    }
    if (this.ends.size > this.sizes.remembered) this.forget();
    const { ends } = this;
    const { direction } = hop.edge;
    const unknown: IdKey[] = [];
    const ask = (id: IdKey): void => {
      if (ends.has(id)) return;
      ends.set(id, null);
      unknown.push(id);
    };
    for (const { from, to } of edges) {
      if (direction === 'out' || (direction === 'any' && places.has(from))) ask(to);
      if (direction === 'in' || (direction === 'any' && places.has(to))) ask(from);
    }
    if (unknown.length > 0) {
      const read = await this.snapshot.entitiesById({ ids: unknown, predicate, wanted: wantedOfNode });
      for (const end of read) ends.set(end.id, end);
      const bytes = sizeOfObjects(read) + 80 * unknown.length;
      this.endsBytes += bytes;
      this.budget.hold(bytes);
    }
    return (id) => ends.get(id) ?? undefined;
  }

  private forget(): void {
    this.ends.clear();
    this.budget.release(this.endsBytes);
    this.endsBytes = 0;
  }
}

const byEdge = (a: Link, b: Link): number => (a.edge.id < b.edge.id ? -1 : 1);
