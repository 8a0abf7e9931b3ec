/** How much a run reads and passes on at a time. Smaller means sooner, larger means fewer reads. */
export interface RunSizes {
  /** Starts of the first read when rows are given as they are found: what a client's first page shows, and one more. */
  readonly firstPage: number;
  /** Starts of a read when the whole result has to be computed. */
  readonly page: number;
  /** Places that one read of relationships asks for, at most. */
  readonly frontier: number;
  /** Relationships that one read should bring, and entities that it asks for at most. */
  readonly links: number;
  /** Paths that are passed on together. */
  readonly piece: number;
  /** Ends of which a hop remembers what they are. */
  readonly remembered: number;
  /** Objects that are read whole at once, for rows that are given. */
  readonly rows: number;
}

export const usualSizes: RunSizes = {
  firstPage: 256,
  page: 2048,
  frontier: 8192,
  links: 10_000,
  piece: 4096,
  remembered: 50_000,
  rows: 256,
};
