import { isAlways } from '../plan/predicates';
import type { WalkRequest } from './compile-walk';
import type { DenseGraph } from './dense-graph';
import { DenseWalk, type Frame, type Fuel } from './dense-walk';
import type { FoundObject, FoundRelationship, IdKey } from './graph-reader';
import { Path, Root, type Paths } from './path';
import { pause } from '../../../lib/pause';
import type { PreparedRun } from './prepared-run';

/** Steps without a pause: some milliseconds. */
const fuelInOneGo = 10_000;
const growth = 4;

export interface DenseStarts {
  readonly after?: IdKey | undefined;
  readonly firstPiece: number;
}

/** Whether a walk needs nothing but numbers: no property of a relationship, and no condition on whole paths. */
export function canWalkDense({ strategy, wanted, plan }: WalkRequest): boolean {
  const hasEdges = plan.slots.some(({ kind }, slot) => kind === 'relationship' && wanted.of(slot).length > 0);
  return !hasEdges && isAlways(strategy.rest) && DenseWalk.canWalk(strategy.moves);
}

/** A walk over all starts of a run; undefined where the graph is not in this process, or where it needs more than numbers. */
export function denseRunOf(prepared: PreparedRun, isOrdered: boolean): DenseRun | undefined {
  const { dense } = prepared.snapshot;
  const request = { ...prepared, oncePerStart: false };
  return dense?.isHeld() && canWalkDense(request) ? new DenseRun(request, dense, isOrdered) : undefined;
}

/** A walk over the graph in this process, with all that it needs. */
export class DenseRun {
  readonly frame: Frame;
  readonly fuel: Fuel = { left: fuelInOneGo, followed: 0 };
  readonly walk: DenseWalk;

  constructor(
    private readonly request: WalkRequest,
    readonly graph: DenseGraph,
    isOrdered: boolean,
  ) {
    const { plan, strategy, wanted } = request;
    const numbers = (): Int32Array => new Int32Array(plan.slots.length).fill(-1);
    this.frame = { entities: numbers(), relationships: numbers(), here: -1 };
    const isWanted = (slot: number): boolean => wanted.of(slot).length > 0;
    this.walk = new DenseWalk(strategy.moves, { graph, frame: this.frame, fuel: this.fuel, isOrdered, isWanted });
  }

  /** Entities at which paths begin, in the order of ids; -1 where it is time to rest. */
  *starts(after: IdKey | undefined): Iterable<number> {
    const { among, is } = this.graph.starts(this.request.strategy.start.predicate, after);
    const report = this.graph.walking();
    let found = 0;
    try {
      for (const entity of among) {
        if (--this.fuel.left < 0) yield -1;
        if (!is(entity)) continue;
        found += 1;
        yield entity;
      }
    } finally {
      report(found + this.fuel.followed);
    }
  }

  /**
   * Calls `visit` with the start of each path, while the frame holds it.
   * @returns false if the graph was not held until the end
   */
  async each(visit: (start: number) => void, { oncePerStart = false } = {}): Promise<boolean> {
    const { walk, fuel, graph } = this;
    for (const start of this.starts(undefined)) {
      if (start >= 0) {
        this.begin(start);
        for (let outcome = walk.next(); outcome !== 'end'; outcome = walk.next()) {
          if (outcome === 'path') visit(start);
          if (fuel.left < 0) await this.rest();
          if (!graph.isHeld()) return false;
          if (oncePerStart && outcome === 'path') break;
        }
      } else await this.rest();
      if (!graph.isHeld()) return false;
    }
    return true;
  }

  async rest(): Promise<void> {
    await pause();
    this.fuel.left = fuelInOneGo;
  }

  begin(start: number): void {
    this.frame.entities[this.request.strategy.start.slot] = start;
    this.walk.start(start);
  }

  /** Puts what the frame stands for into the slots of a path. */
  filler(): (found: (FoundObject | FoundRelationship | undefined)[], start: FoundObject) => void {
    const { plan, wanted, strategy } = this.request;
    const { graph, frame } = this;
    const slots = plan.slots.length;
    const makers = plan.slots.map(({ kind }, slot) =>
      kind === 'relationship' ? undefined : graph.entities(wanted.of(slot)),
    );
    const startSlot = strategy.start.slot;
    return (found, start) => {
      for (let slot = 0; slot < slots; slot++) {
        if (slot === startSlot) {
          found[slot] = start;
          continue;
        }
        const entity = frame.entities[slot] as number;
        const relationship = frame.relationships[slot] as number;
        if (relationship >= 0) found[slot] = graph.relationship(relationship);
        else found[slot] = entity >= 0 ? makers[slot]?.(entity) : undefined;
      }
    };
  }

  get startMaker(): (entity: number) => FoundObject {
    const { wanted, strategy } = this.request;
    return this.graph.entities(wanted.of(strategy.start.slot));
  }
}

/**
 * The paths of `pathsOf`, in the same order, without a read for each step. When the graph is not held any more, `goOn` gives what
 * is left.
 * @param goOn paths of the starts behind `after`
 */
export async function* densePaths(
  request: WalkRequest,
  graph: DenseGraph,
  { after, firstPiece }: DenseStarts,
  goOn: (after: IdKey | undefined) => Paths,
): Paths {
  const run = new DenseRun(request, graph, true);
  const fill = run.filler();
  const { startMaker } = run;
  const slots = request.plan.slots.length;
  let last = after;
  let most = Math.min(firstPiece, request.sizes.piece);
  let piece: Path[] = [];
  for (const start of run.starts(after)) {
    if (start < 0) {
      await run.rest();
      if (graph.isHeld()) continue;
      break;
    }
    const root = new Root(startMaker(start));
    run.begin(start);
    let given = 0;
    for (let outcome = run.walk.next(); outcome !== 'end'; outcome = run.walk.next()) {
      if (outcome === 'path') {
        const found = new Array<FoundObject | FoundRelationship | undefined>(slots);
        fill(found, root.start);
        piece.push(new Path(root, found, root.start));
        given += 1;
      }
      if (piece.length >= most) {
        yield piece;
        piece = [];
        most = Math.min(request.sizes.piece, most * growth);
      }
      if (run.fuel.left < 0) await run.rest();
      if (root.isDone || (outcome === 'path' && request.oncePerStart)) break;
      if (graph.isHeld()) continue;
      if (piece.length > 0) yield piece;
      yield* behind(goOn(last), given);
      return;
    }
    last = root.start.id;
    if (!graph.isHeld()) break;
  }
  if (piece.length > 0) yield piece;
  // Also when all starts were done just before: then nothing is behind the last one.
  if (!graph.isHeld()) yield* goOn(last);
}

/** Without the first ones. */
async function* behind(paths: Paths, count: number): Paths {
  let left = count;
  for await (const piece of paths) {
    if (left < piece.length) yield left === 0 ? piece : piece.slice(left);
    left = Math.max(0, left - piece.length);
  }
}
