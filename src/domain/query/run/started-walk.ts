import { ahead } from './ahead';
import { compileWalk, type WalkRequest } from './compile-walk';
import { canWalkDense, densePaths } from './dense-paths';
import type { HopsAhead, IdKey } from './graph-reader';
import { Path, Root, type Paths } from './path';

/** Whoever wants more than one piece probably wants the next as well. */
const firstAhead = 2;

interface StartsAsked {
  readonly after?: IdKey | undefined;
  readonly isPaged: boolean;
  readonly most?: number | undefined;
}

/** All paths of a plan, from the starts behind `after`. */
export function pathsOf(request: WalkRequest, asked: StartsAsked): Paths {
  const { dense } = request.snapshot;
  if (!dense?.isHeld() || !canWalkDense(request)) return readPaths(request, asked);
  const { after, most = Infinity, isPaged } = asked;
  const firstPiece = Math.min(most, isPaged ? request.sizes.firstPage : request.sizes.page);
  return densePaths(request, dense, { after, firstPiece }, (behind) => readPaths(request, { ...asked, after: behind }));
}

function readPaths(request: WalkRequest, { after, isPaged, most }: StartsAsked): Paths {
  const { plan, strategy, snapshot, wanted, sizes } = request;
  const { slot, predicate } = strategy.start;
  const hops = hopsAhead(request);
  async function* starts(): Paths {
    const pages = snapshot.entities({
      predicate,
      wanted: wanted.of(slot),
      ...(after !== undefined && { after }),
      pageSize: Math.min(most ?? Infinity, isPaged ? sizes.firstPage : sizes.page),
      ...(hops && { ahead: hops }),
    });
    const empty = new Array<undefined>(plan.slots.length).fill(undefined);
    for await (const page of pages) {
      yield page.map((start) => new Path(new Root(start), empty.with(slot, start as never), start));
    }
  }
  const source = ahead(starts(), firstAhead);
  return compileWalk(request).reduce<Paths>((paths, stage) => ahead(stage.follow(paths), firstAhead), source);
}

/** The first hops of all paths, as far as they go the same way and nothing is asked of their relationships. */
function hopsAhead({ strategy, wanted }: WalkRequest): HopsAhead | undefined {
  let found: HopsAhead | undefined;
  for (const move of strategy.moves) {
    if (move.kind !== 'hop') break;
    const { slot, direction, classes } = move.hop.edge;
    if (direction === 'any' || wanted.of(slot).length > 0) break;
    const goesOn = found?.direction === direction && found.classes.join() === classes.join();
    if (found && !goesOn) break;
    found = { direction, classes, count: (found?.count ?? 0) + 1 };
  }
  return found;
}
