import { onePiece, Path, walk, type Paths, type Stage } from './path';

/** Passes on each path from the end of the group, then from before it. */
export class OptionalStage implements Stage {
  constructor(
    private readonly steps: readonly Stage[],
    /** Of the group among `skipped`. */
    private readonly bit: number,
    /** Slot for where the path stands after the group. */
    private readonly position: number | undefined,
  ) {}

  async *follow(source: Paths): Paths {
    for await (const paths of source) {
      const origins = paths.map(({ origin }) => origin);
      for (const [at, path] of paths.entries()) path.origin = at;
      let skipped = 0;
      const skipUpTo = (end: number): readonly Path[] => {
        const from = skipped;
        skipped = Math.max(skipped, end);
        return paths.slice(from, end).map((path, at) => this.after(path, origins[from + at] ?? 0, this.bit));
      };
      for await (const taken of walk(onePiece(paths), this.steps)) {
        const both: Path[] = [];
        for (const path of taken) {
          for (const before of skipUpTo(path.origin)) both.push(before);
          both.push(this.after(path, origins[path.origin] ?? 0, 0));
        }
        yield both;
      }
      const rest = skipUpTo(paths.length);
      if (rest.length > 0) yield rest;
    }
  }

  private after(path: Path, origin: number, bit: number): Path {
    let { slots } = path;
    if (this.position !== undefined) {
      const copy = slots.slice();
      copy[this.position] = path.here;
      slots = copy;
    }
    const after = new Path(path.root, slots, path.here, path.skipped | bit);
    after.origin = origin;
    return after;
  }
}
