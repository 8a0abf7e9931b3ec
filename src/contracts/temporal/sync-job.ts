import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { SyncJobCounts, SyncJobStatus, SyncMode } from '../sync-job';

export const syncJobWorkflowType = 'syncJob';
export const syncJobWorkflowId = (account: string, jobId: string): string => `sync-job:${account}:${jobId}`;
/** Undefined for an id that a start by the CLI chose. */
export function jobOfWorkflowId(workflowId: string): { account: string; jobId: string } | undefined {
  const [, account, jobId] = /^sync-job:(.+):([^:]+)$/.exec(workflowId) ?? [];
  return account === undefined || jobId === undefined ? undefined : { account, jobId };
}

/** Input of `syncJob`, as the API and the Temporal CLI give it. */
export interface SyncJobInput {
  readonly account: string;
  readonly source: string;
  readonly scope?: string;
  readonly syncMode?: SyncMode;
  readonly integrationInstanceId?: string;
  /** Set by the API, which has written the job document already; absent in a start by the CLI. */
  readonly jobId?: string;
  /** Idle time after which the job is aborted; set by the API along with `jobId`. */
  readonly uploadWindowMs?: number;
  /** Set by continue-as-new while the job is held for its deletions. */
  readonly hold?: SyncJobHold;
  /** Set when a run takes over a job whose earlier run is gone: the job document then says how far it is. */
  readonly resume?: boolean;
  /** Request of the API that started the job; for logs. */
  readonly requestId?: string;
}

export interface SyncJobHold {
  /** How long the approval may still take; then the job is aborted. */
  readonly waitMs: number;
  readonly reason: string | null;
}

export interface SyncJobRef {
  readonly account: string;
  readonly jobId: string;
  /** The latest request or update that the work is done for; for logs. */
  readonly requestId?: string;
}

export interface FinalizeInput {
  readonly partialDatasets?: { readonly types?: readonly string[] };
  /** Only say what finalizing would do; the job goes on awaiting uploads. */
  readonly dryRun?: boolean;
}

export interface AbortInput {
  readonly reason?: string;
  readonly terminalStatus?: SyncJobStatus;
}

export type JobChanged = (
  | { readonly change: 'closed'; readonly partialTypes: readonly string[] }
  | { readonly change: 'approved' }
  | { readonly change: 'aborted'; readonly reason: string; readonly status: SyncJobStatus }
) & { readonly requestId?: string };

/** What queries and updates answer and the workflow returns: no graph data, only what happened. */
export interface SyncJobState {
  readonly jobId: string;
  readonly account: string;
  readonly source: string;
  readonly scope: string | null;
  readonly syncMode: SyncMode;
  readonly status: SyncJobStatus;
  readonly reason: string | null;
  /** Counters other than zero. */
  readonly counts: SyncJobCounts;
  /** From the finalize call to the end; absent while the job is open, and where nobody called finalize. */
  readonly finalizeMs?: number;
}

/** What a dry run says in numbers; the sample of keys is graph data and stays in the database. */
export interface DryRunState {
  /** The status that finalizing would end in, and why. */
  readonly status: SyncJobStatus;
  readonly reason: string | null;
  readonly counts: SyncJobCounts;
  readonly estimated: boolean;
}

export const finalizeUpdate = defineUpdate<SyncJobState & { readonly dryRun?: DryRunState }, [FinalizeInput?]>(
  'finalize',
);
export const approveUpdate = defineUpdate<SyncJobState>('approve');
export const abortUpdate = defineUpdate<SyncJobState, [AbortInput?]>('abort');
/**
 * Sent by the API after it has changed the job document: a signal is durable without a worker at hand, so that a finalize is
 * acknowledged even while all workers are away.
 */
export const jobChangedSignal = defineSignal<[JobChanged]>('jobChanged');
export const jobQuery = defineQuery<SyncJobState>('job');

export const SearchAttribute = {
  account: defineSearchAttributeKey('PerijoveAccount', SearchAttributeType.KEYWORD),
  source: defineSearchAttributeKey('PerijoveSource', SearchAttributeType.KEYWORD),
  scope: defineSearchAttributeKey('PerijoveScope', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('PerijoveStatus', SearchAttributeType.KEYWORD),
  instance: defineSearchAttributeKey('PerijoveInstance', SearchAttributeType.KEYWORD),
} as const;
