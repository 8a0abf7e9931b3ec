/** How an upload relates to what the scope holds already (semantics: `docs/sync-jobs.md`). */
export const SyncMode = {
  diff: 'DIFF',
  createOrUpdate: 'CREATE_OR_UPDATE',
  patch: 'PATCH',
  crossScope: 'CROSS_SCOPE',
  override: 'OVERRIDE',
} as const;
export type SyncMode = (typeof SyncMode)[keyof typeof SyncMode];

export const SyncJobStatus = {
  awaitingUploads: 'AWAITING_UPLOADS',
  finalizePending: 'FINALIZE_PENDING',
  finalizingEntities: 'FINALIZING_ENTITIES',
  finalizingRelationships: 'FINALIZING_RELATIONSHIPS',
  finished: 'FINISHED',
  aborted: 'ABORTED',
  abortedInvalidConfiguration: 'ABORTED_DUE_TO_INVALID_CONFIGURATION',
  unknown: 'UNKNOWN',
  errorBadData: 'ERROR_BAD_DATA',
  errorUnexpectedFailure: 'ERROR_UNEXPECTED_FAILURE',
} as const;
export type SyncJobStatus = (typeof SyncJobStatus)[keyof typeof SyncJobStatus];

/** In the order in which a job goes through them; it never goes back. */
export const openStatuses: readonly SyncJobStatus[] = [
  SyncJobStatus.awaitingUploads,
  SyncJobStatus.finalizePending,
  SyncJobStatus.finalizingEntities,
  SyncJobStatus.finalizingRelationships,
];
export const isTerminal = (status: SyncJobStatus): boolean => !openStatuses.includes(status);
/** The statuses from which a job may come to this open one, itself included. */
export const openStatusesUpTo = (status: SyncJobStatus): readonly SyncJobStatus[] =>
  openStatuses.slice(0, openStatuses.indexOf(status) + 1);

/** Every counter of a job document; all are non-negative integers (a Go client decodes each into `int`). */
export const syncJobCounters = [
  'numEntitiesUploaded',
  'numStreamedEntitiesUploaded',
  'numEntitiesToDelete',
  'numEntitiesCreated',
  'numEntitiesUpdated',
  'numEntitiesDeleted',
  'numEntityCreateErrors',
  'numEntityUpdateErrors',
  'numEntityDeleteErrors',
  'numEntityRawDataEntriesUploaded',
  'numEntityRawDataEntriesCreated',
  'numEntityRawDataEntriesUpdated',
  'numEntityRawDataEntriesDeleted',
  'numEntityRawDataEntryCreateErrors',
  'numEntityRawDataEntryUpdateErrors',
  'numEntityRawDataEntryDeleteErrors',
  'numRelationshipsUploaded',
  'numStreamedRelationshipsUploaded',
  'numRelationshipsToDelete',
  'numRelationshipsCreated',
  'numRelationshipsUpdated',
  'numRelationshipsDeleted',
  'numRelationshipCreateErrors',
  'numRelationshipUpdateErrors',
  'numRelationshipDeleteErrors',
  'numRelationshipRawDataEntriesUploaded',
  'numRelationshipRawDataEntriesCreated',
  'numRelationshipRawDataEntriesUpdated',
  'numRelationshipRawDataEntriesDeleted',
  'numRelationshipRawDataEntryCreateErrors',
  'numRelationshipRawDataEntryUpdateErrors',
  'numRelationshipRawDataEntryDeleteErrors',
  'numMappedRelationshipsCreated',
  'numMappedRelationshipsUpdated',
  'numMappedRelationshipsDeleted',
  'numMappedRelationshipCreateErrors',
  'numMappedRelationshipUpdateErrors',
  'numMappedRelationshipDeleteErrors',
  'numMutationsSubmitted',
  'numMutationsCompleted',
] as const;
export type SyncJobCounter = (typeof syncJobCounters)[number];
export type SyncJobCounts = Readonly<Partial<Record<SyncJobCounter, number>>>;

/** The job document of the public API (contract: JupiterOne persister). Times are epoch milliseconds. */
export type SyncJobDocument = Readonly<Record<SyncJobCounter, number>> & {
  readonly id: string;
  readonly accountId: string;
  readonly source: string;
  readonly scope: string | null;
  readonly integrationInstanceId: string | null;
  readonly integrationJobId: string | null;
  readonly syncMode: SyncMode;
  readonly status: SyncJobStatus;
  readonly done: boolean;
  readonly startTimestamp: number;
  readonly durationMs: number;
  readonly deletionMode: string;
  /** When an idle job is aborted; moves with every upload. Null once the upload window is closed. */
  readonly expiresOn: number | null;
  /** Why the job is in its present status, where that is not plain; null otherwise. */
  readonly statusReason: string | null;
  /** True while the job is held because it would delete so much: approve or abort it. */
  readonly awaitsApproval: boolean;
  /** First offending items of an ERROR_BAD_DATA job. */
  readonly report: readonly { readonly where: string; readonly what: string }[];
  /** Types that the finalize call declared incomplete; their absent objects are kept. */
  readonly partialTypes: readonly string[];
  /** The Temporal workflow that runs the job. */
  readonly workflowId: string;
};

/** What finalizing would do now. Nothing of the graph or of the job was changed to find out. */
export interface DryRun {
  /** The status that the job would end in. */
  readonly status: typeof SyncJobStatus.finished | typeof SyncJobStatus.errorBadData;
  readonly statusReason: string | null;
  /** Offending items of an ERROR_BAD_DATA, or of single objects that could not be applied; at most 50. */
  readonly report: readonly { readonly where: string; readonly what: string }[];
  readonly counts: SyncJobCounts;
  /** First `_key`s of each outcome. */
  readonly sample: Readonly<Record<'entities' | 'relationships', DryRunSample>>;
  /** True when the job was too large for exact counts (`docs/sync-jobs.md`). */
  readonly estimated: boolean;
  /** Uploads that were looked at; a bulk file counts for as many as it is read in. */
  readonly uploads: number;
  readonly partialTypes: readonly string[];
  /** The moment of the graph that was looked at, epoch milliseconds. */
  readonly on: number;
}

export interface DryRunSample {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}
