import { compileWalk, type WalkRequest } from './compile-walk';
import type { IdKey } from './graph-reader';
import { Path, Root, walk, type Paths } from './path';

/** All paths of a plan, from the starts behind `after`. */
export function pathsOf(
  request: WalkRequest,
  {
    after,
    isPaged,
    most,
  }: { readonly after?: IdKey | undefined; readonly isPaged: boolean; readonly most?: number | undefined },
): Paths {
  const { plan, strategy, snapshot, wanted, sizes } = request;
  const { slot, predicate } = strategy.start;
  async function* starts(): Paths {
    const pages = snapshot.entities({
      predicate,
      wanted: wanted.of(slot),
      ...(after !== undefined && { after }),
      pageSize: Math.min(most ?? Infinity, isPaged ? sizes.firstPage : sizes.page),
    });
    const empty = new Array<undefined>(plan.slots.length).fill(undefined);
    for await (const page of pages) {
      yield page.map((start) => new Path(new Root(start), empty.with(slot, start as never), start));
    }
  }
  return walk(starts(), compileWalk(request));
}
