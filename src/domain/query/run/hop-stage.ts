import type { HopPlan } from '../plan/plan';
import { sizeOfObjects, type Budget } from './budget';
import type { FoundObject, FoundRelationship, GraphSnapshot, IdKey, Wanted } from './graph-reader';
import { HopEnds } from './hop-ends';
import { pause } from '../../../lib/pause';
import { Path, sizeOfPath, type Paths, type Slots, type Stage } from './path';
import type { Bag } from './property-reader';
import type { RunSizes } from './sizes';
import { sortInPieces } from './sort';

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

/** Relationships that are looked at, and paths that are made, without a pause. */
const linksInOneGo = 5_000;
const pathsInOneGo = 3_000;
const maxSort = 8192;

/** What one read should bring, as a share of the memory of a run. */
const maxShare = 0.05;

/** A hop of many paths at once: one read for the relationships of all places where they stand, and one for what is at their ends. */
export class HopStage implements Stage {
  private frontier: number;
  private made = 0;
  private readonly ends: HopEnds;

  constructor(
    private readonly options: HopOptions,
    private readonly snapshot: GraphSnapshot,
    private readonly budget: Budget,
    private readonly sizes: RunSizes,
  ) {
    this.frontier = Math.min(512, sizes.frontier);
    this.ends = new HopEnds(options.hop.node, options.wantedOfNode, snapshot, budget, sizes);
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
        await this.rest();
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

  /** Reads let the process do something else; hops of many relationships at one place have to do it themselves. */
  private async rest(): Promise<void> {
    this.made += this.sizes.piece;
    if (this.made < pathsInOneGo) return;
    this.made = 0;
    await pause();
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
    const edges = edgeIs ? read.filter(({ properties }) => edgeIs(properties)) : read;
    const bytes = sizeOfObjects(edges) + 64 * edges.length;
    let bytesOfEnds = 0;
    if (this.ends.areRead) {
      const others = new Set<IdKey>();
      await this.eachLink(edges, places, (_place, other) => others.add(other));
      bytesOfEnds = await this.ends.learn(others);
    }
    this.adapt(places.size, read.length, bytes + bytesOfEnds);
    await this.eachLink(edges, places, (place, other, edge) => {
      const end = this.ends.at(other);
      if (!end) return;
      const known = links.get(place);
      if (known) known.push({ edge, end });
      else links.set(place, [{ edge, end }]);
    });
    for (const [place, list] of links) {
      if (list.length > maxSort) links.set(place, [...(await sortInPieces(list, byEdge))]);
      else if (list.length > 1) list.sort(byEdge);
    }
    return { links, bytes };
  }

  /** From which place to which end the relationships lead. One from an entity to itself leads there once. */
  private async eachLink(
    edges: readonly FoundRelationship[],
    places: ReadonlySet<IdKey>,
    use: (place: IdKey, other: IdKey, edge: FoundRelationship) => void,
  ): Promise<void> {
    const { direction } = this.options.hop.edge;
    for (let at = 0; at < edges.length; at += 1) {
      const edge = edges[at] as FoundRelationship;
      const { from, to } = edge;
      if (direction === 'out' || (direction === 'any' && places.has(from))) use(from, to, edge);
      if (direction === 'in' || (direction === 'any' && from !== to && places.has(to))) use(to, from, edge);
      if (at % linksInOneGo === linksInOneGo - 1) await pause();
    }
  }

  /** Asks for more or fewer places at a time, by what these have brought. */
  private adapt(places: number, links: number, bytes: number): void {
    const fitting = (this.budget.maxBytes * maxShare) / Math.max(1, bytes / Math.max(1, links));
    const aim = Math.min(this.sizes.links, fitting);
    this.frontier = Math.max(1, Math.min(this.sizes.frontier, Math.floor(aim / Math.max(links / places, 0.1))));
  }
}

const byEdge = (a: Link, b: Link): number => (a.edge.id < b.edge.id ? -1 : 1);
