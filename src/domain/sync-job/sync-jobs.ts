import type { DryRun, SyncJobDocument, SyncJobStatus, SyncMode } from '../../contracts/sync-job';
import type { ScannedUpload } from '../ingest/staged-rows';
import type { StoredJob } from './ports';

/** The call of a client that something is done for; logs of server and workers name it. */
export interface OnBehalfOf {
  readonly requestId?: string | undefined;
}

/** Start body as it came, checked for shape only; the rules of source, scope and mode are the domain's. */
export interface StartSyncJob extends OnBehalfOf {
  readonly source: string;
  readonly scope?: string | null | undefined;
  readonly syncMode?: SyncMode | null | undefined;
  readonly integrationInstanceId?: string | null | undefined;
  readonly integrationJobId?: string | null | undefined;
  readonly ignoreDuplicates?: boolean;
  readonly ignoreIllegalProperties?: boolean;
}

/** What an upload needs to know of its job before the body is read. */
export interface UploadTarget {
  /** As it was when it was asked for. */
  readonly job: StoredJob;
  readonly syncMode: SyncMode;
  readonly entityNamespace: Uint8Array;
  readonly relationshipNamespace: Uint8Array;
  /** Flags given at start; a flag of the upload itself is or-ed to them. */
  readonly ignoreDuplicates: boolean;
  readonly ignoreIllegalProperties: boolean;
}

export interface FinalizeRequest extends OnBehalfOf {
  /** `partialDatasets.types`: objects of these types that were not uploaded are kept. */
  readonly partialTypes: readonly string[];
}

export interface AbortRequest extends OnBehalfOf {
  readonly reason?: string | undefined;
  readonly terminalStatus?: SyncJobStatus | undefined;
}

export interface JobEvent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Epoch milliseconds. */
  readonly createDate: number;
}

export interface SyncJobFilter {
  readonly status?: SyncJobStatus;
  readonly source?: string;
  readonly scope?: string;
  readonly integrationInstanceId?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * The synchronization jobs of one account: everything that the API can do with them.
 * Every method throws DomainError(NOT_FOUND) for a job that the account does not have.
 */
export interface SyncJobs {
  /** @throws DomainError BAD_REQUEST, SYNC_JOB_INVALID_INTEGRATION_INSTANCE, CONFLICT (an `integrationJobId` that is taken). */
  start(input: StartSyncJob): Promise<SyncJobDocument>;
  get(jobId: string): Promise<SyncJobDocument>;
  list(filter: SyncJobFilter): Promise<{ jobs: readonly SyncJobDocument[]; endCursor: string | null }>;
  /** @throws DomainError JOB_NOT_AWAITING_UPLOADS */
  uploadTarget(jobId: string): Promise<UploadTarget>;
  /**
   * Stores one checked upload durably and counts it once. `uploadId` names the request: the same id again is a client's retry and
   * changes nothing. @throws DomainError JOB_NOT_AWAITING_UPLOADS, also if that has come to be since the target was given out
   */
  upload(request: {
    readonly target: Pick<UploadTarget, 'job'>;
    readonly uploadId: string;
    readonly upload: ScannedUpload;
    readonly ignoreDuplicates: boolean;
  }): Promise<SyncJobDocument>;
  /** Presigned PUT for the job's one bulk file; the same URL until it expires. `expiresAt` in epoch milliseconds. */
  createUploadUrl(jobId: string): Promise<{ uploadUrl: string; expiresAt: number }>;
  /** Idempotent: a job that is already past its upload window answers with its present document. */
  finalize(jobId: string, request: FinalizeRequest): Promise<SyncJobDocument>;
  /**
   * What finalizing would do; changes nothing. Undefined while that is still being found out: ask `lastDryRun` then.
   * @throws DomainError JOB_NOT_AWAITING_UPLOADS, SCOPE_BUSY, CONFLICT (another dry run is under way)
   */
  dryRun(jobId: string, request: FinalizeRequest): Promise<{ job: SyncJobDocument; dryRun: DryRun | undefined }>;
  /** The latest result, kept until the job ends. @throws DomainError NOT_FOUND when there is none. */
  lastDryRun(jobId: string): Promise<{ job: SyncJobDocument; dryRun: DryRun }>;
  /** Lets a held job go on. Idempotent. @throws DomainError JOB_NOT_HELD */
  approve(jobId: string, request: OnBehalfOf): Promise<SyncJobDocument>;
  /** Idempotent on aborted jobs. @throws DomainError JOB_NOT_AWAITING_UPLOADS once the job writes the graph or has ended otherwise. */
  abort(jobId: string, request: AbortRequest): Promise<SyncJobDocument>;
  /** Events are kept with the job and can be read back by `listEvents`. */
  addEvents(
    jobId: string,
    events: readonly { readonly name: string; readonly description: string }[],
  ): Promise<readonly JobEvent[]>;
  listEvents(jobId: string): Promise<readonly JobEvent[]>;
}
