import type { QueryPlan } from '../plan/plan';
import { execute } from './execute';
import type { GraphSnapshot } from './graph-reader';

export interface RunOptions {
  readonly limits: {
    /** What a run may hold at a time, as it estimates it. */
    readonly maxBytes: number;
  };
  /** Goes on behind this place; of the same plan over the same snapshot. */
  readonly from?: RunPosition | undefined;
  /** Adds `_meta` to the rows of a table without UNIQUE and aggregates. */
  readonly rowMetadata?: boolean;
}

/** A place between two rows of a result. Small, and JSON. */
export interface RunPosition {
  /** The last start all of whose rows have been given, in base64; null before the first. */
  readonly after: string | null;
  /** Rows of the starts behind it that have been given. */
  readonly within: number;
  /** Rows that have been passed in all, with those of SKIP. */
  readonly passed: number;
}

/**
 * A row as it goes on the wire (contract 5.5). Of a list `{id, entity, properties}`; of a table its cells by column; a tree is
 * one row `{vertices, edges}`.
 */
export type ResultRow = Readonly<Record<string, unknown>>;

/** At least one row. */
export interface RunBatch {
  readonly rows: readonly ResultRow[];
  /** Resumes after the `count`-th row of this batch; 1 is the first. */
  positionAfter(count: number): RunPosition;
}

export interface PlanRun {
  readonly type: 'list' | 'table' | 'tree';
  /** Whether going on from a position costs no more than the rows behind it. If not, it costs the whole result again. */
  readonly isResumable: boolean;
  /**
   * The rows in an order that is the same each time for one snapshot. What is not consumed is not computed.
   * @throws DomainError QUERY_TOO_LARGE
   */
  batches(): AsyncIterable<RunBatch>;
}

/** Answers a plan from one point in time of the graph. */
export function runPlan(plan: QueryPlan, snapshot: GraphSnapshot, options: RunOptions): PlanRun {
  return execute(plan, snapshot, options);
}
