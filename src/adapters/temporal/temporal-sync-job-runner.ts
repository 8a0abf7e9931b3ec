import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { ApplicationFailure, type SearchAttributePair } from '@temporalio/common';
import { ErrorCode } from '../../contracts/error-code';
import { SyncJobStatus } from '../../contracts/sync-job';
import {
  finalizeUpdate,
  jobChangedSignal,
  SearchAttribute,
  syncJobWorkflowType,
  type FinalizeInput,
  type JobChanged,
  type SyncJobInput,
  type SyncJobState,
} from '../../contracts/temporal/sync-job';
import { DomainError } from '../../domain/errors';
import type { JobRuns, RunState } from '../../domain/sync-job/job-keeper';
import type { StoredJob } from '../../domain/sync-job/ports';
import type { SyncJobRunner } from '../../domain/sync-job/sync-job-runner';
import type { AbortRequest, FinalizeRequest, OnBehalfOf } from '../../domain/sync-job/sync-jobs';
import { sha256Hex } from '../digest';
import type { syncJob } from '../../workflows/sync-job';
import { callTemporal, unavailable } from './temporal-call';

/** Longer than other calls wait, but proxies commonly give a request a minute. */
const dryRunWaitMs = 25_000;

export class TemporalSyncJobRunner implements SyncJobRunner, JobRuns {
  constructor(
    private readonly client: () => Promise<Client>,
    private readonly taskQueue: string,
  ) {}

  async start(job: StoredJob, { requestId }: OnBehalfOf): Promise<void> {
    await this.call(async (client) => {
      try {
        await client.workflow.start<typeof syncJob>(
          syncJobWorkflowType,
          this.startOptions(job, withRequest(requestId)),
        );
      } catch (err) {
        if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
      }
    });
  }

  async finalize(job: StoredJob, { partialTypes, requestId }: FinalizeRequest): Promise<void> {
    await this.tell(job, { change: 'closed', partialTypes, ...withRequest(requestId) });
  }

  async dryRun(job: StoredJob, { partialTypes }: FinalizeRequest): Promise<'done' | 'running'> {
    const request: FinalizeInput = { dryRun: true, partialDatasets: { types: partialTypes } };
    // The same question about the same uploads joins the run that is under way.
    const updateId = `dry-run-${job.lastUploadAt}-${sha256Hex(JSON.stringify(partialTypes)).slice(0, 16)}`;
    return await this.call(async (client) => {
      try {
        const update = await client.workflow
          .getHandle<typeof syncJob>(job.document.workflowId)
          .startUpdate<SyncJobState, [FinalizeInput]>(finalizeUpdate.name, {
            args: [request],
            updateId,
            waitForStage: 'ACCEPTED',
          });
        return await client.withDeadline(Date.now() + dryRunWaitMs, async () => await untilDone(update));
      } catch (err) {
        if (err instanceof WorkflowUpdateFailedError) throw failureOf(err);
        if (err instanceof WorkflowNotFoundError) throw unavailable(noRun, err);
        if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw unavailable(noWorker, err);
        throw err;
      }
    });
  }

  async approve(job: StoredJob, { requestId }: OnBehalfOf): Promise<void> {
    await this.tell(job, { change: 'approved', ...withRequest(requestId) });
  }

  async abort(job: StoredJob, { reason, terminalStatus, requestId }: AbortRequest): Promise<void> {
    const status = terminalStatus ?? SyncJobStatus.aborted;
    try {
      await this.tell(job, {
        change: 'aborted',
        reason: reason ?? 'aborted by the client',
        status,
        ...withRequest(requestId),
      });
    } catch (err) {
      // The job has ended; its run finds that out when its upload window is over, if it cannot be told now.
      if (!(err instanceof DomainError)) throw err;
    }
  }

  async resume(job: StoredJob): Promise<void> {
    await this.call(async (client) => {
      await client.workflow.start<typeof syncJob>(syncJobWorkflowType, {
        ...this.startOptions(job, { resume: true }),
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      });
    });
  }

  async state(job: StoredJob): Promise<RunState> {
    return await this.call(async (client) => {
      try {
        const { status } = await client.workflow.getHandle(job.document.workflowId).describe();
        return status.name === 'RUNNING' || status.name === 'PAUSED' ? 'running' : 'stopped';
      } catch (err) {
        if (err instanceof WorkflowNotFoundError) return 'unknown';
        throw err;
      }
    });
  }

  private async tell(job: StoredJob, changed: JobChanged): Promise<void> {
    const isGone = await this.call(async (client) => {
      try {
        await client.workflow.getHandle<typeof syncJob>(job.document.workflowId).signal(jobChangedSignal, changed);
        return false;
      } catch (err) {
        if (err instanceof WorkflowNotFoundError) return true;
        throw err;
      }
    });
    if (!isGone) return;
    // Of an aborted job only a run that somebody stopped needs a successor: it shows a status that is not true any more.
    if (changed.change !== 'aborted' || (await this.state(job)) === 'stopped') await this.resume(job);
  }

  private startOptions(job: StoredJob, more: Partial<SyncJobInput>) {
    const { source, scope, integrationInstanceId, syncMode, id, workflowId } = job.document;
    const input: SyncJobInput = {
      account: job.scope.account,
      source,
      syncMode,
      jobId: id,
      uploadWindowMs: job.uploadWindowMs,
      ...(scope !== null && { scope }),
      ...(integrationInstanceId !== null && { integrationInstanceId }),
      ...more,
    };
    return {
      workflowId,
      taskQueue: this.taskQueue,
      args: [input] as [SyncJobInput],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: summaryOf(job),
      staticDetails: detailsOf(job),
      typedSearchAttributes: searchAttributesOf(job),
    };
  }

  private async call<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return await callTemporal(this.client, work);
  }
}

/** What the workflow refused, in the words of the domain. */
function failureOf({ cause }: WorkflowUpdateFailedError): Error {
  const code = cause instanceof ApplicationFailure ? cause.type : undefined;
  const known = Object.values(ErrorCode).find((candidate) => candidate === code);
  if (cause && known) return new DomainError(known, sentence(cause.message), [], { cause });
  if (cause && code === 'REFUSED') return new DomainError(ErrorCode.jobNotAwaitingUploads, sentence(cause.message));
  return cause ?? new Error('a dry run failed without a reason');
}

const sentence = (text: string): string => {
  const capital = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return capital.endsWith('.') ? capital : `${capital}.`;
};

async function untilDone(update: WorkflowUpdateHandle<SyncJobState>): Promise<'done' | 'running'> {
  try {
    await update.result();
    return 'done';
  } catch (err) {
    if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return 'running';
    throw err;
  }
}

const noWorker = 'No worker takes the job at the moment, and a dry run needs one; try again in a few seconds.';
const noRun = 'The job has no running workflow at the moment; it gets a new one within seconds. Try again then.';
const withRequest = (requestId: string | undefined) => ({ ...(requestId !== undefined && { requestId }) });

function summaryOf({ document, scope }: StoredJob): string {
  const what = `${scope.source}/${scope.scope === '' ? '(no scope)' : scope.scope}`;
  return `Synchronize ${what} of account ${scope.account}, mode ${document.syncMode}`.slice(0, 200);
}

function detailsOf({ document, scope }: StoredJob): string {
  return [
    `A client uploads to job \`${document.id}\` over HTTP and calls finalize, which arrives here as the signal \`jobChanged\`. The workflow then brings \`${scope.source}/${scope.scope}\` to what was uploaded.`,
    '',
    '- **Current Details**, beside this, says in words where the job stands, what it has changed, and what to do if it seems stuck.',
    '- **Updates** `finalize` and `abort` do what the API endpoints of the same names do. **Query** `job` gives state and counters.',
    '- **Cancel** aborts the job while it has changed nothing; later it completes. **Terminate** is safe too: within seconds a worker aborts or completes the job.',
  ].join('\n');
}

function searchAttributesOf({ document, scope }: StoredJob): SearchAttributePair[] {
  const { account, source, scope: scopeName, instance, status } = SearchAttribute;
  return [
    { key: account, value: scope.account },
    { key: source, value: scope.source },
    { key: status, value: document.status },
    ...(scope.scope === '' ? [] : [{ key: scopeName, value: scope.scope }]),
    ...(document.integrationInstanceId === null ? [] : [{ key: instance, value: document.integrationInstanceId }]),
  ];
}
