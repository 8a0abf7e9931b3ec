import type { DryRun, SyncJobCounts } from '../../contracts/sync-job';
import type { Problem } from '../errors';
import type { GraphWriter } from './graph-writer';
import type { ManifestStore, PlanStore, StoredJob } from './ports';

/** Stand-ins for the stores of a finalization: they show the graph of one moment as the job would have changed it, and write nothing to it. */
export interface DryRunStores {
  /** Names what was made for this run alone. */
  readonly name: string;
  /** The job that is being finalized on the scope at that moment; null when there is none. */
  readonly ahead: string | null;
  readonly plans: Pick<PlanStore, 'begin' | 'sealed'>;
  readonly manifests: Pick<ManifestStore, 'prepare' | 'partitions'>;
  readonly graph: GraphWriter;
  outcome(): {
    readonly counts: SyncJobCounts;
    readonly problems: readonly Problem[];
    readonly sample: DryRun['sample'];
    readonly estimated: boolean;
  };
  /** Removes what the stand-ins had to put down. */
  close(): Promise<void>;
}

export interface DryRuns {
  begin(job: StoredJob): Promise<DryRunStores>;
  /** Keeps the latest result of a job until the job has ended. */
  keep(jobId: string, result: DryRun): Promise<void>;
  find(jobId: string): Promise<DryRun | undefined>;
  /** The error itself, or one that says more where a dry run is known to meet it. */
  explain(err: unknown): unknown;
}
