import type { FoundObject, FoundRelationship } from './graph-reader';

/** What a path has found, by slot of the plan. */
export type Slots = readonly (FoundObject | FoundRelationship | undefined)[];

/** The entity at which paths begin, and what has become of them. */
export class Root {
  /** No further path from here is needed: lists and negations ask for one. */
  isDone = false;

  constructor(readonly start: FoundObject) {}
}

/** One way through the steps that have been walked. Paths share what they have in common and are not changed. */
export class Path {
  /** In an optional group: number of the path that came to it. */
  origin = 0;

  constructor(
    readonly root: Root,
    readonly slots: Slots,
    /** Where the next hop starts. */
    readonly here: FoundObject,
    /** One bit for each optional group that was skipped. */
    readonly skipped = 0,
  ) {}
}

/** Paths in the order of a walk that goes into depth first: all paths of a root come one after the other. */
export type Paths = AsyncIterable<readonly Path[]>;

/** Estimated bytes of one path. */
export const sizeOfPath = (slots: number): number => 120 + 8 * slots;

/** A part of a walk. */
export interface Stage {
  /** The paths that come out of it for those that come to it. */
  follow(paths: Paths): Paths;
}

export const walk = (paths: Paths, stages: readonly Stage[]): Paths =>
  stages.reduce((source, stage) => stage.follow(source), paths);

export async function* onePiece(paths: readonly Path[]): Paths {
  yield paths;
}
