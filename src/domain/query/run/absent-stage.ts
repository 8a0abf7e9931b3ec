import type { IdKey } from './graph-reader';
import { onePiece, Path, Root, walk, type Paths, type Stage } from './path';

/** Keeps paths from whose place the steps lead nowhere. Each place is asked once, and one way on is enough. */
export class AbsentStage implements Stage {
  constructor(private readonly steps: readonly Stage[]) {}

  async *follow(source: Paths): Paths {
    for await (const paths of source) {
      const roots = new Map<IdKey, Root>();
      for (const { here } of paths) if (!roots.has(here.id)) roots.set(here.id, new Root(here));
      const empty = new Array<undefined>(paths[0]?.slots.length ?? 0).fill(undefined);
      const places = [...roots.values()].map((root) => new Path(root, empty, root.start));
      for await (const found of walk(onePiece(places), this.steps)) {
        for (const { root } of found) root.isDone = true;
      }
      const left = paths.filter(({ here }) => roots.get(here.id)?.isDone === false);
      if (left.length > 0) yield left;
    }
  }
}
