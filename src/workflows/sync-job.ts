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
  workflowInfo,
} from '@temporalio/workflow';
import { ErrorCode } from '../contracts/error-code';
import { isTerminal, SyncJobStatus } from '../contracts/sync-job';
import {
  abortUpdate,
  approveUpdate,
  finalizeUpdate,
  jobChangedSignal,
  jobQuery,
  SearchAttribute,
  type AbortInput,
  type FinalizeInput,
  type SyncJobHold,
  type SyncJobInput,
  type SyncJobRef,
  type SyncJobState,
} from '../contracts/temporal/sync-job';
import type { SyncJobActivities } from '../activities/sync-job-activities';
import { DryRunner } from './support/dry-runner';
import { describeJob } from './support/job-details';
import {
  announce,
  checkedStart,
  initialState,
  isAborted,
  isContinueAsNew,
  idOfWorkflow,
  reasonOf,
  stateOf,
} from './support/job-state';
import { checkAbortInput, checkFinalizeInput } from './support/sync-job-input';

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
const { approveSyncJob } = proxyActivities<SyncJobActivities>({
  ...short,
  summary: 'write the approval into the job document',
});

/**
 * One synchronization job, from its start to its end.
 *
 * - Id and queue: `sync-job:<account>:<jobId>` on `graph-sync`; a start by the CLI may have any id.
 * - Started by: `POST /persister/synchronization/jobs`, the Temporal CLI, the job keeper (after a termination).
 * - Messages: update `finalize` (CLI, Web UI; answers when the job has ended or is held; with `dryRun` it only says what would
 *   happen), update `approve` (a held job goes on), update `abort`, query `job`, signal `jobChanged` (API: the document has changed
 *   already).
 * - Activities: `openSyncJob` (CLI starts and resumptions only), `expireSyncJob`, `dryRunSyncJob`, `approveSyncJob`,
 *   `finalizeEntities`, `finalizeRelationships`, `endSyncJob`. All may run twice.
 * - Ends: FINISHED, ERROR_*, ABORTED*. Until the plan of the entities is sealed, cancelling aborts the job with the graph untouched;
 *   after that, cancelling lets it finish.
 * - Continue-as-new: when an upload window was moved by uploads, after a dry run, and when the job is held; carries the job id and
 *   how long there is to wait, everything else is in the document.
 * - Repair: terminate is safe at any time. The job keeper of the workers starts a new run that completes or aborts the job.
 */
export async function syncJob(input: SyncJobInput): Promise<SyncJobState> {
  const decision = checkedStart(input);
  const jobId = input.jobId ?? idOfWorkflow();
  let ref: SyncJobRef = { account: input.account, jobId, ...requestedBy(input.requestId) };
  let state: SyncJobState = initialState(ref, decision);
  let since = Date.now();
  let hold = input.hold;
  let isApproved = false;
  let finalizeRequest: FinalizeInput | undefined = hold && {};
  let abortRequest: AbortInput | undefined;
  let hasEnded = false;
  let hasDocument = input.jobId !== undefined;

  const isOpen = () => !finalizeRequest && !abortRequest && !hasEnded;
  const dryRuns = new DryRunner();
  setHandler(jobQuery, () => state, { description: 'State and counters of the job.' });
  setHandler(
    finalizeUpdate,
    async (request?: FinalizeInput) => {
      if (request?.dryRun) {
        await condition(() => hasDocument || hasEnded);
        return { ...state, dryRun: await dryRuns.run({ ...ref, request }) };
      }
      if (isOpen()) {
        finalizeRequest = request ?? {};
        ref = { ...ref, ...requestedBy(currentUpdateInfo()?.id) };
      }
      await condition(() => hasEnded || hold !== undefined);
      return state;
    },
    {
      description:
        'Close the upload window and bring the graph to what was uploaded. Answers when the job has ended, or is held. With {"dryRun": true}: only say what that would do.',
      validator: (request?: FinalizeInput) => {
        checkFinalizeInput(request);
        if (abortRequest) throw refused(`job ${jobId} has been aborted; start a new one`);
        if (!request?.dryRun) return;
        if (!isOpen()) throw refused(`job ${jobId} is not awaiting uploads any more; there is nothing left to try`);
        if (dryRuns.isRunning) throw conflict(`another dry run of job ${jobId} is under way; wait until it has ended`);
      },
    },
  );
  setHandler(
    approveUpdate,
    async () => {
      enter(await approveSyncJob({ ...ref, ...requestedBy(currentUpdateInfo()?.id) }));
      isApproved = true;
      return state;
    },
    {
      description:
        'Let a job go on that is held because it would delete so much. Answers at once; query `job` says how it goes.',
      validator: () => {
        if (!hold) throw refused(`job ${jobId} is ${state.status} and is not held`);
      },
    },
  );
  setHandler(
    abortUpdate,
    async (request?: AbortInput) => {
      if (isOpen() || hold) {
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
        if (finalizeRequest && !hold)
          throw refused(`job ${jobId} is being finalized; cancel the workflow to stop what can be stopped`);
      },
    },
  );
  setHandler(
    jobChangedSignal,
    (changed) => {
      if (hasEnded || (changed.change === 'closed' && !isOpen())) return;
      ref = { ...ref, ...requestedBy(changed.requestId) };
      // The document says so already, so it holds whatever the workflow knows by now.
      if (changed.change === 'approved') isApproved = true;
      else if (changed.change === 'closed') finalizeRequest = { partialDatasets: { types: changed.partialTypes } };
      else {
        abortRequest ??= { reason: changed.reason, terminalStatus: changed.status };
      }
    },
    {
      description:
        'Sent by the API: the client has called finalize, approve or abort. By hand, use the updates instead.',
    },
  );

  function show(windowEnds?: number): void {
    const { taskQueue } = workflowInfo();
    const isHeld = hold !== undefined && !isTerminal(state.status);
    setCurrentDetails(describeJob(state, { taskQueue, since, windowEnds, isHeld, isResumed: input.resume ?? false }));
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
    const { holdMs, ...entitiesDone } = await finalizeEntities({ ...ref, request: finalizeRequest ?? {} });
    if (holdMs !== undefined) {
      hold = { waitMs: holdMs, reason: entitiesDone.reason };
      enter(entitiesDone);
      return await continueHeld(hold);
    }
    if (isTerminal(entitiesDone.status)) {
      enter(entitiesDone);
      return;
    }
    enter({ ...entitiesDone, status: SyncJobStatus.finalizingRelationships });
    enter(await finalizeRelationships(ref));
  }

  /** A new run waits, so that neither the history of uploads nor that of the wait adds to the other. */
  async function continueHeld({ waitMs, reason }: SyncJobHold): Promise<void> {
    await condition(() => allHandlersFinished() || abortRequest !== undefined);
    if (abortRequest) return await giveUp();
    const { resume: _resume, ...same } = input;
    await continueAsNew<typeof syncJob>({ ...same, jobId, hold: { waitMs: isApproved ? 0 : waitMs, reason } });
  }

  async function waitForApproval({ waitMs, reason }: SyncJobHold): Promise<void> {
    enter({ ...state, status: SyncJobStatus.finalizePending, reason });
    const isDecided = () => isApproved || abortRequest !== undefined;
    await condition(isDecided, Math.max(1, waitMs), { summary: 'time for an approval' });
    hold = undefined;
    if (abortRequest) return await giveUp();
    state = { ...state, reason: null };
    await finalize();
  }

  async function continueWaiting(waitMs: number): Promise<void> {
    await condition(() => allHandlersFinished() || !isOpen());
    if (!isOpen()) return await act();
    const { resume: _resume, ...same } = input;
    await continueAsNew<typeof syncJob>({ ...same, jobId, uploadWindowMs: Math.max(1_000, waitMs) });
  }

  async function run(): Promise<void> {
    if (hold) return await waitForApproval(hold);
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
      // Ended without a run to see to it: what was uploaded has to be cleared away.
      if (isTerminal(state.status)) return await close(state.status, state.reason ?? '', false);
      if (state.status !== SyncJobStatus.awaitingUploads) finalizeRequest ??= {};
    }
    show(Date.now() + waitMs);
    const opened = Date.now();
    await condition(() => !isOpen() || dryRuns.hasRun, waitMs, { summary: 'waiting for uploads and finalize' });
    if (!isOpen()) return await act();
    if (dryRuns.hasRun) return await continueWaiting(waitMs - (Date.now() - opened));
    const expiry = await expireSyncJob(ref);
    enter(stateOf(expiry));
    if (isTerminal(state.status) || !isOpen()) return await act();
    await continueWaiting(expiry.waitMs);
  }

  async function act(): Promise<void> {
    dryRuns.cancel();
    if (isTerminal(state.status)) return;
    if (finalizeRequest) return await finalize();
    await giveUp();
  }

  async function giveUp(): Promise<void> {
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

const conflict = (message: string) => ApplicationFailure.nonRetryable(message, ErrorCode.conflict);
const refused = (message: string) => ApplicationFailure.nonRetryable(message, 'REFUSED');
