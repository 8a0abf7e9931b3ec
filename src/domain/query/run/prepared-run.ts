import type { QueryPlan } from '../plan/plan';
import type { Budget } from './budget';
import type { GraphSnapshot } from './graph-reader';
import type { RunOptions } from './run-plan';
import type { RunSizes } from './sizes';
import type { Strategy } from './strategy';
import type { WantedProperties } from './wanted';

/** All that the parts of one run share. Subqueries have been answered. */
export interface PreparedRun {
  readonly plan: QueryPlan;
  readonly strategy: Strategy;
  readonly snapshot: GraphSnapshot;
  readonly budget: Budget;
  readonly options: RunOptions;
  readonly sizes: RunSizes;
  /** Rows come start by start in the order of their ids, and can go on behind any of them. */
  readonly isResumable: boolean;
  /** Has what the walk needs. */
  readonly wanted: WantedProperties;
}
