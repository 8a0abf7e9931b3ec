import type { SyncJobCounts } from '../../contracts/sync-job';
import type { Problem } from '../errors';
import type { ObjectKind } from '../graph/identity';
import type { ObjectContent } from '../graph/object-content';
import type { StoredJob } from './ports';

/** One uploaded object that a plan wants looked at. */
export interface Change {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** 16 bytes, see `ingest/staged-rows.ts`. */
  readonly hash: Uint8Array;
  /** The plan found no live object of this id; the write checks it again. */
  readonly isNew: boolean;
  /** The JSON text as uploaded. */
  readonly text: Uint8Array;
  /** What the text says; read when it is first asked for. */
  readonly content: ObjectContent;
}

/** Where a piece of work belongs. The same chunk name of a job and kind is applied once, whoever asks and however often. */
export interface ChunkOf {
  readonly job: StoredJob;
  readonly kind: ObjectKind;
  readonly chunk: string;
}

export interface AppliedChunk {
  readonly counts: SyncJobCounts;
  readonly problems: readonly Problem[];
}

/**
 * The one door into the graph (invariant 2). Each call is one transaction: current objects, ended versions, manifest rows, exact
 * counts and the marker that it happened. A chunk that was applied before is left alone.
 */
export interface GraphWriter {
  applyChanges(of: ChunkOf, changes: readonly Change[]): Promise<void>;
  /** Ends the objects of packed manifest rows, except those of `keepTypes`; ends the relationships of ended entities too. */
  applyDeletes(of: ChunkOf, rows: Uint8Array, keepTypes: readonly string[]): Promise<void>;
  /** Ends objects by packed ids as a client named them; an id without a live object is a delete error. */
  applyExplicitDeletes(of: ChunkOf, ids: Uint8Array, unresolvable: number): Promise<void>;
  /**
   * Settles some of the mapper's entities whose contributors jobs of this scope have changed, durably. @returns how many; 0 when there
   * are none left.
   */
  settleTargets(job: StoredJob): Promise<number>;
  /** Returns when every question that begins afterwards sees what was durable at the call. Comes before a job is said to have ended. */
  seenByAll(): Promise<void>;
  /** Names of the chunks of the job and kind that are applied, durably. */
  appliedChunks(job: StoredJob, kind: ObjectKind): Promise<ReadonlySet<string>>;
  /** Sums over everything that the job applied; `problems` capped at 50. */
  totals(job: StoredJob): Promise<AppliedChunk>;
}
