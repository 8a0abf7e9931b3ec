import type { BlobStore } from '../blob-store';
import type { Sha1 } from '../graph/identity';
import type { UploadReader } from '../ingest/upload-reader';
import type { GraphWriter } from './graph-writer';
import type { DryRuns } from './dry-runs';
import type {
  GraphCounters,
  ManifestStore,
  ObjectTypes,
  PlanStore,
  StagedContent,
  StagingStore,
  SyncJobStore,
} from './ports';

/** What planning and applying work on; a dry run has stand-ins for all of it. */
export interface ApplyStores {
  readonly jobs: Pick<SyncJobStore, 'progress'>;
  readonly staging: StagedContent;
  readonly plans: Pick<PlanStore, 'begin' | 'sealed'>;
  readonly manifests: Pick<ManifestStore, 'prepare' | 'partitions'>;
  readonly graph: GraphWriter;
}

/** Stores of one account that a finalization works on. */
export interface FinalizeStores extends ApplyStores {
  readonly jobs: SyncJobStore;
  readonly staging: StagingStore;
  readonly plans: PlanStore;
  readonly manifests: ManifestStore;
  readonly graph: GraphWriter;
  readonly counters: GraphCounters;
  readonly types: ObjectTypes;
  readonly dryRuns: DryRuns;
  readonly blobs: BlobStore;
  readonly reader: UploadReader;
  readonly sha1: Sha1;
  readonly maxBulkFileBytes: number;
}

/** How a long run reports and is stopped. */
export interface RunControl {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called often; says how far the run is. */
  readonly progress: (done: { readonly step: string; readonly done: number; readonly of: number }) => void;
  /** Throws when the run must stop. Called between pieces of work, never inside one. */
  readonly checkpoint: () => void;
  /** Pieces of work in flight at once. */
  readonly lanes: number;
}
