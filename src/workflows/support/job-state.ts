import { ApplicationFailure, upsertSearchAttributes, uuid4, workflowInfo } from '@temporalio/workflow';
import { SyncJobStatus } from '../../contracts/sync-job';
import {
  SearchAttribute,
  type SyncJobInput,
  type SyncJobRef,
  type SyncJobState,
} from '../../contracts/temporal/sync-job';
import { DomainError } from '../../domain/errors';
import { isUuid } from '../../domain/graph/identity';
import { decideStart, type StartDecision } from '../../domain/sync-job/start-rules';
import { checkSyncJobInput } from './sync-job-input';

export const stateOf = ({ waitMs: _waitMs, ...state }: SyncJobState & { waitMs: number }): SyncJobState => state;

export const isAborted = (status: SyncJobStatus): boolean =>
  status === SyncJobStatus.aborted || status === SyncJobStatus.abortedInvalidConfiguration;

export const isContinueAsNew = (err: unknown): boolean => err instanceof Error && err.name === 'ContinueAsNew';

/** The sentence of the innermost failure: the outer ones only say which activity it was. */
export function reasonOf(err: unknown): string {
  let inner = err;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}

/** A CLI start without an id gets the workflow's own id for what it makes where that is a UUID, so that one id names both. */
export function idOfWorkflow(): string {
  const { workflowId } = workflowInfo();
  const last = workflowId.split(':').at(-1) ?? '';
  return isUuid(last) ? last.toLowerCase() : uuid4();
}

export function checkedStart(input: SyncJobInput): StartDecision {
  checkSyncJobInput(input);
  try {
    return decideStart(input.account, input);
  } catch (err) {
    if (err instanceof DomainError) throw ApplicationFailure.nonRetryable(err.message, err.code);
    throw err;
  }
}

export function initialState({ account, jobId }: SyncJobRef, decision: StartDecision): SyncJobState {
  const { scope, syncMode } = decision;
  return {
    jobId,
    account,
    source: scope.source,
    scope: scope.scope === '' ? null : scope.scope,
    syncMode,
    status: SyncJobStatus.awaitingUploads,
    reason: null,
    counts: {},
  };
}

/** What the API sets at start; a start by the CLI has to be made searchable here. */
export function announce(input: SyncJobInput, { scope, integrationInstanceId }: StartDecision): void {
  upsertSearchAttributes([
    { key: SearchAttribute.account, value: input.account },
    { key: SearchAttribute.source, value: scope.source },
    { key: SearchAttribute.scope, value: scope.scope === '' ? null : scope.scope },
    { key: SearchAttribute.instance, value: integrationInstanceId },
    { key: SearchAttribute.status, value: SyncJobStatus.awaitingUploads },
  ]);
}
