import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  currentUpdateInfo,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { isTerminal, SyncJobStatus } from '../contracts/sync-job';
import {
  abortUpdate,
  finalizeUpdate,
  jobChangedSignal,
  jobQuery,
  SearchAttribute,
  type AbortInput,
  type FinalizeInput,
  type SyncJobInput,
  type SyncJobRef,
  type SyncJobState,
} from '../contracts/temporal/sync-job';
import type { SyncJobActivities } from '../activities/sync-job-activities';
import { DomainError } from '../domain/errors';
import { isUuid } from '../domain/graph/identity';
import { decideStart, type StartDecision } from '../domain/sync-job/start-rules';
import { describeJob } from './support/job-details';
import { checkAbortInput, checkFinalizeInput, checkSyncJobInput } from './support/sync-job-input';

const short = { startToCloseTimeout: '30s', retry: { initialInterval: '200ms', maximumInterval: '10s' } } as const;
const { openSyncJob } = proxyActivities<SyncJobActivities>({
  ...short,
  summary: 'make the job document, or read how far it is',
});
const { expireSyncJob } = proxyActivities<SyncJobActivities>({
  ...short,
  summary: 'abort the job, unless uploads have moved its window',
});

/** They write, so a cancelled workflow waits until they have stopped; they heartbeat, so a dead worker is noticed. */
const finalizing = {
  startToCloseTimeout: '12h',
  heartbeatTimeout: '15s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
} as const;
const { finalizeEntities } = proxyActivities<SyncJobActivities>({
  ...finalizing,
  summary: 'wait for the turn, compare, write',
});
const { finalizeRelationships } = proxyActivities<SyncJobActivities>({
  ...finalizing,
  summary: 'compare and write relationships, end the job',
});
const { endSyncJob } = proxyActivities<SyncJobActivities>({
  ...short,
  summary: 'end the job, clear its uploads away',
});

/**
 * One synchronization job, from its start to its end.
 *
 * - Id and queue: `sync-job:<account>:<jobId>` on `graph-sync`; a start by the CLI may have any id.
 * - Started by: `POST /persister/synchronization/jobs`, the Temporal CLI, the job keeper (after a termination).
 * - Messages: update `finalize` (CLI, Web UI; answers when the job has ended), update `abort`, query `job`, signal `jobChanged`
 *   (API: the document has changed already).
 * - Activities: `openSyncJob` (CLI starts and resumptions only), `expireSyncJob`, `finalizeEntities`, `finalizeRelationships`,
 *   `endSyncJob`. All may run twice.
 * - Ends: FINISHED, ERROR_*, ABORTED*. Until the plan of the entities is sealed, cancelling aborts the job with the graph untouched;
 *   after that, cancelling lets it finish.
 * - Continue-as-new: when an upload window was moved by uploads; carries the job id alone, everything else is in the document.
 * - Repair: terminate is safe at any time. The job keeper of the workers starts a new run that completes or aborts the job.
 */
export async function syncJob(input: SyncJobInput): Promise<SyncJobState> {
  const decision = checkedStart(input);
  const jobId = input.jobId ?? jobIdOfWorkflow();
  let ref: SyncJobRef = { account: input.account, jobId, ...requestedBy(input.requestId) };
  let state: SyncJobState = initialState(ref, decision);
  let since = Date.now();
  let finalizeRequest: FinalizeInput | undefined;
  let abortRequest: AbortInput | undefined;
  let hasEnded = false;
  let hasDocument = input.jobId !== undefined;

  const isOpen = () => !finalizeRequest && !abortRequest && !hasEnded;
  setHandler(jobQuery, () => state, { description: 'State and counters of the job.' });
  setHandler(
    finalizeUpdate,
    async (request?: FinalizeInput) => {
      if (isOpen()) {
        finalizeRequest = request ?? {};
        ref = { ...ref, ...requestedBy(currentUpdateInfo()?.id) };
      }
      await condition(() => hasEnded);
      return state;
    },
    {
      description: 'Close the upload window and bring the graph to what was uploaded. Answers when the job has ended.',
      validator: (request?: FinalizeInput) => {
        checkFinalizeInput(request);
        if (abortRequest) throw refused(`job ${jobId} has been aborted; start a new one`);
      },
    },
  );
  setHandler(
    abortUpdate,
    async (request?: AbortInput) => {
      if (isOpen()) {
        abortRequest = request ?? {};
        ref = { ...ref, ...requestedBy(currentUpdateInfo()?.id) };
      }
      await condition(() => hasEnded);
      return state;
    },
    {
      description: 'Give the job up before it is finalized. Nothing of the graph changes.',
      validator: (request?: AbortInput) => {
        checkAbortInput(request);
        if (finalizeRequest)
          throw refused(`job ${jobId} is being finalized; cancel the workflow to stop what can be stopped`);
      },
    },
  );
  setHandler(
    jobChangedSignal,
    (changed) => {
      if (!isOpen()) return;
      ref = { ...ref, ...requestedBy(changed.requestId) };
      if (changed.change === 'closed') finalizeRequest = { partialDatasets: { types: changed.partialTypes } };
      else {
        abortRequest = { reason: changed.reason, terminalStatus: changed.status };
      }
    },
    { description: 'Sent by the API: the client has called finalize or abort. By hand, use the updates instead.' },
  );

  function show(windowEnds?: number): void {
    const { taskQueue } = workflowInfo();
    setCurrentDetails(describeJob(state, { taskQueue, since, windowEnds, isResumed: input.resume ?? false }));
  }

  function enter(next: SyncJobState): void {
    const isNewStatus = next.status !== state.status;
    state = next;
    if (isNewStatus) since = Date.now();
    show();
    if (isNewStatus) upsertSearchAttributes([{ key: SearchAttribute.status, value: state.status }]);
  }

  async function close(status: SyncJobStatus, reason: string, evenIfCommitted: boolean): Promise<void> {
    enter(
      await CancellationScope.nonCancellable(async () => await endSyncJob({ ...ref, status, reason, evenIfCommitted })),
    );
  }

  async function finalize(): Promise<void> {
    enter({ ...state, status: SyncJobStatus.finalizePending });
    const entitiesDone = await finalizeEntities({ ...ref, request: finalizeRequest ?? {} });
    if (isTerminal(entitiesDone.status)) {
      enter(entitiesDone);
      return;
    }
    enter({ ...entitiesDone, status: SyncJobStatus.finalizingRelationships });
    enter(await finalizeRelationships(ref));
  }

  async function run(): Promise<void> {
    let waitMs = input.uploadWindowMs ?? 0;
    if (input.jobId === undefined || input.resume) {
      announce(input, decision);
      const { source, scope } = decision.scope;
      const opened = await openSyncJob({
        ...ref,
        decision: { ...decision, source, scope },
        workflowId: workflowInfo().workflowId,
      });
      hasDocument = true;
      ({ waitMs } = opened);
      enter(stateOf(opened));
      if (isTerminal(state.status)) return;
      if (state.status !== SyncJobStatus.awaitingUploads) finalizeRequest ??= {};
    }
    show(Date.now() + waitMs);
    if (await condition(() => !isOpen(), waitMs, { summary: 'waiting for uploads and finalize' })) return await act();
    const expiry = await expireSyncJob(ref);
    enter(stateOf(expiry));
    if (isTerminal(state.status) || !isOpen()) return await act();
    await condition(allHandlersFinished);
    await continueAsNew<typeof syncJob>({ ...input, jobId, uploadWindowMs: Math.max(1_000, expiry.waitMs) });
  }

  async function act(): Promise<void> {
    if (isTerminal(state.status)) return;
    if (finalizeRequest) return await finalize();
    const { reason = 'aborted by an operator', terminalStatus } = abortRequest ?? {};
    // The API has ended the document already; this then only clears away what was uploaded.
    await close(terminalStatus ?? SyncJobStatus.aborted, reason, false);
  }

  try {
    await run();
  } catch (err) {
    if (isCancellation(err)) {
      await close(SyncJobStatus.aborted, 'cancelled in Temporal', false);
      if (isAborted(state.status)) throw err;
      // Already committed: a scope is never left half-written.
      if (!isTerminal(state.status)) await CancellationScope.nonCancellable(finalize);
    } else if (isContinueAsNew(err)) {
      throw err;
    } else if (!hasDocument) {
      throw ApplicationFailure.nonRetryable(reasonOf(err), 'BAD_REQUEST');
    } else {
      await close(SyncJobStatus.errorUnexpectedFailure, reasonOf(err), true);
      throw err;
    }
  } finally {
    hasEnded = true;
    await CancellationScope.nonCancellable(async () => {
      await condition(allHandlersFinished);
    });
  }
  return state;
}

const requestedBy = (requestId: string | undefined) => ({ ...(requestId !== undefined && { requestId }) });

const stateOf = ({ waitMs: _waitMs, ...state }: SyncJobState & { waitMs: number }): SyncJobState => state;

const isAborted = (status: SyncJobStatus): boolean =>
  status === SyncJobStatus.aborted || status === SyncJobStatus.abortedInvalidConfiguration;

const isContinueAsNew = (err: unknown): boolean => err instanceof Error && err.name === 'ContinueAsNew';

const refused = (message: string) => ApplicationFailure.nonRetryable(message, 'REFUSED');

/** The sentence of the innermost failure: the outer ones only say which activity it was. */
function reasonOf(err: unknown): string {
  let inner = err;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}

function checkedStart(input: SyncJobInput): StartDecision {
  checkSyncJobInput(input);
  try {
    return decideStart(input.account, input);
  } catch (err) {
    if (err instanceof DomainError) throw ApplicationFailure.nonRetryable(err.message, err.code);
    throw err;
  }
}

/** A CLI start without an id gets the workflow's own id as its job id where that is a UUID, so that one id names both. */
function jobIdOfWorkflow(): string {
  const { workflowId } = workflowInfo();
  const last = workflowId.split(':').at(-1) ?? '';
  return isUuid(last) ? last.toLowerCase() : uuid4();
}

function initialState({ account, jobId }: SyncJobRef, decision: StartDecision): SyncJobState {
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
function announce(input: SyncJobInput, { scope, integrationInstanceId }: StartDecision): void {
  upsertSearchAttributes([
    { key: SearchAttribute.account, value: input.account },
    { key: SearchAttribute.source, value: scope.source },
    { key: SearchAttribute.scope, value: scope.scope === '' ? null : scope.scope },
    { key: SearchAttribute.instance, value: integrationInstanceId },
    { key: SearchAttribute.status, value: SyncJobStatus.awaitingUploads },
  ]);
}
