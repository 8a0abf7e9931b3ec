import { activityInfo, ApplicationFailure, log } from '@temporalio/activity';
import { ErrorCode } from '../contracts/error-code';
import { isTerminal, SyncJobStatus } from '../contracts/sync-job';
import type { DryRunState, FinalizeInput, SyncJobRef, SyncJobState } from '../contracts/temporal/sync-job';
import { DomainError } from '../domain/errors';
import { applyPlan } from '../domain/sync-job/apply-plan';
import { isBadData } from '../domain/sync-job/bad-data';
import { bulkFileKey, ingestBulkFile } from '../domain/sync-job/bulk-file';
import { closedStores, type ClosedStores } from '../domain/sync-job/closed-staging';
import { dryRunJob } from '../domain/sync-job/dry-run';
import type { FinalizeStores, RunControl } from '../domain/sync-job/finalize-deps';
import { checkDuplicates, planKind } from '../domain/sync-job/plan-kind';
import type { SealedPlan, StoredJob } from '../domain/sync-job/ports';
import { settleTargets } from '../domain/sync-job/settle-targets';
import type { StartDecision } from '../domain/sync-job/start-rules';
import { holdBack, requireApproved, toHeldState, type HoldDependencies } from './hold-job';
import { toState, waitMs } from './job-state';
import { withHeartbeat } from './with-heartbeat';

export interface SyncJobActivitiesDependencies extends HoldDependencies {
  readonly storesOf: (account: string) => FinalizeStores;
  readonly accountExists: (account: string) => Promise<boolean>;
  readonly uploadWindowMs: number;
  readonly applyLanes: number;
  /** Called before each pass of a plan and each transaction, often; for what the process wants to do then. */
  readonly betweenPieces?: () => void;
  /**
   * A job ends in its first activity while its plans have no more changes and deletions than this: a task of the workflow and
   * another activity would take longer than the rest of the job. @default 2000
   */
  readonly smallPlan?: number;
}

export interface OpenJobRequest extends SyncJobRef {
  readonly decision: Omit<StartDecision, 'scope'> & { readonly source: string; readonly scope: string };
  readonly workflowId: string;
}

export interface EndJobRequest extends SyncJobRef {
  readonly status: SyncJobStatus;
  readonly reason: string;
  /** True: whatever is planned already; false: only while the graph is untouched. */
  readonly evenIfCommitted: boolean;
}

/** How long an attempt that finds another job ahead waits before it looks again; grows with the attempts. */
const turnPollMs = (attempt: number): number => Math.min(2_000, 50 * attempt);

export type SyncJobActivities = ReturnType<typeof createSyncJobActivities>;

/** Every activity may run twice, at the same time even: each writes by compare-and-set or once per marker. */
export function createSyncJobActivities(deps: SyncJobActivitiesDependencies) {
  const { storesOf, now, smallPlan = 2_000 } = deps;
  const isSmall = ({ changes, deletes }: SealedPlan): boolean => changes + deletes <= smallPlan;

  async function find({ account, jobId }: SyncJobRef): Promise<StoredJob> {
    const job = await storesOf(account).jobs.find(jobId);
    if (!job)
      throw new DomainError(ErrorCode.notFound, `There is no synchronization job ${jobId} in account "${account}".`);
    return job;
  }

  /** Ends the job when its data is bad; any other error goes on to be retried. */
  async function orBadData<T>(job: StoredJob, work: () => Promise<T>): Promise<T | 'ended'> {
    try {
      return await work();
    } catch (err) {
      if (!isBadData(err)) throw err;
      await storesOf(job.scope.account).jobs.end(job.document.id, {
        status: SyncJobStatus.errorBadData,
        reason: err.message,
        report: err.problems,
        now: now(),
        from: [SyncJobStatus.finalizePending],
        unlessCommitted: true,
      });
      return 'ended';
    }
  }

  /** Plans relationships, and if `mayApply` says so of the plan, writes them and ends the job; else the plan waits, sealed. */
  async function finishRelationships(
    { stores, closed }: ClosedStores,
    ref: SyncJobRef,
    run: RunControl,
    mayApply: (plan: SealedPlan) => boolean,
  ): Promise<SyncJobState> {
    const status = SyncJobStatus.finalizingRelationships;
    const job = (await stores.jobs.progress(ref.jobId, { status, counts: {}, durable: false })) ?? (await find(ref));
    if (isTerminal(job.document.status)) return toState(job);
    const plan = await planKind(closed, job, 'relationship', run);
    if (typeof plan === 'object') {
      if (!mayApply(plan)) return toState(job);
      await applyPlan(closed, job, plan, run);
    }
    await settleTargets(stores, job, run);
    const seenByAll = stores.graph.seenByAll();
    run.progress({ step: 'folding the manifests', done: 0, of: 1 });
    await stores.manifests.compact(job.scope);
    await stores.counters.fold();
    const { counts, problems } = await stores.graph.totals(job);
    await seenByAll;
    const ended = await stores.jobs.end(ref.jobId, {
      status: SyncJobStatus.finished,
      counts,
      reason: null,
      report: problems,
      now: now(),
      from: [status],
      unlessCommitted: false,
    });
    // What was noted after the last look; nobody notes anything for a job that has left the queue.
    await settleTargets(stores, job, run);
    await discard(stores, ended ?? job);
    return toState(ended ?? job);
  }

  /** An attempt that was believed dead may have planned the job meanwhile; the next attempt finds what is left to do. */
  async function ingestUnlessMovedOn(stores: FinalizeStores, job: StoredJob, run: RunControl): Promise<void> {
    try {
      await ingestBulkFile(stores, job, run, now);
    } catch (err) {
      if (!(err instanceof DomainError) || err.code !== ErrorCode.jobNotAwaitingUploads) throw err;
      throw new DomainError(ErrorCode.scopeBusy, `Another attempt has taken job ${job.document.id} further.`);
    }
  }

  return {
    /** For starts by the Temporal CLI: writes the job document that the API would have written. */
    async openSyncJob({
      account,
      jobId,
      decision,
      workflowId,
    }: OpenJobRequest): Promise<SyncJobState & { waitMs: number }> {
      if (!(await deps.accountExists(account))) {
        throw new DomainError(
          ErrorCode.notFound,
          `There is no account "${account}". Accounts: npm run admin -- account list`,
        );
      }
      const { source, scope, ...rest } = decision;
      const job = await storesOf(account).jobs.create({
        id: jobId,
        scope: { account, source, scope },
        ...rest,
        ignoreDuplicates: false,
        ignoreIllegalProperties: false,
        workflowId,
        uploadWindowMs: deps.uploadWindowMs,
        startedAt: now(),
      });
      return { ...toState(job), waitMs: waitMs(job, now()) };
    },

    /** Aborts the job if its upload window has passed; otherwise says how long there is still to wait. */
    async expireSyncJob(ref: SyncJobRef): Promise<SyncJobState & { waitMs: number }> {
      const job = await find(ref);
      const remaining = waitMs(job, now());
      if (remaining > 0 || job.document.status !== SyncJobStatus.awaitingUploads)
        return { ...toState(job), waitMs: remaining };
      const ended = await storesOf(ref.account).jobs.end(ref.jobId, {
        status: SyncJobStatus.aborted,
        reason: `no upload and no finalize within ${String(Math.round(job.uploadWindowMs / 1000))} s`,
        now: now(),
        from: [SyncJobStatus.awaitingUploads],
        unlessCommitted: true,
      });
      await discard(storesOf(ref.account), ended ?? job);
      return { ...toState(ended ?? job), waitMs: 0 };
    },

    /** Finds out what finalizing would do, and keeps it beside the job's plans; the workflow gets numbers only. */
    async dryRunSyncJob({ request, ...ref }: SyncJobRef & { readonly request: FinalizeInput }): Promise<DryRunState> {
      const stores = storesOf(ref.account);
      const job = await find(ref);
      const { status } = job.document;
      if (status !== SyncJobStatus.awaitingUploads) {
        throw new DomainError(
          ErrorCode.jobNotAwaitingUploads,
          `The job ${ref.jobId} is ${status}; a dry run is for jobs that await uploads.`,
        );
      }
      const partialTypes = request.partialDatasets?.types ?? [];
      return await withHeartbeat(deps, async (run) => {
        const result = await dryRunJob(stores, job, { partialTypes, run, now });
        await stores.dryRuns.keep(ref.jobId, result);
        return {
          status: result.status,
          reason: result.statusReason,
          counts: result.counts,
          estimated: result.estimated,
        };
      });
    },

    /** Lets a held job go on. @throws DomainError JOB_NOT_HELD */
    async approveSyncJob({ account, jobId }: SyncJobRef): Promise<SyncJobState> {
      const job = (await storesOf(account).jobs.approve(jobId, { now: now() })) ?? (await find({ account, jobId }));
      requireApproved(job);
      return toState(job);
    },

    /**
     * Waits for the scope's turn, takes in the bulk file, plans, and writes all changes of entities. Nothing of the graph changes
     * before the plan is sealed; from then on the job can only be completed. A small job is completed at once. Answers with `holdMs`
     * when the job deletes so much that it needs an approval first, and has to wait that long for it.
     */
    async finalizeEntities({
      request,
      ...ref
    }: SyncJobRef & { readonly request: FinalizeInput }): Promise<SyncJobState & { holdMs?: number }> {
      const stores = storesOf(ref.account);
      const partialTypes = request.partialDatasets?.types ?? [];
      let job = await find(ref);
      if (job.document.status === SyncJobStatus.awaitingUploads) {
        job = (await stores.jobs.close(ref.jobId, { partialTypes, now: now() })) ?? (await find(ref));
      }
      if (isTerminal(job.document.status)) return toState(job);
      await requireTurn(stores, job);
      return await withHeartbeat(deps, async (run) => {
        const all = closedStores(stores, ref.jobId);
        const { closed } = all;
        let planned: SealedPlan | 'nothing' | 'ended' | 'held' | undefined;
        if (job.document.status === SyncJobStatus.finalizePending) {
          planned = await orBadData(job, async () => {
            if (!job.committed) {
              await ingestUnlessMovedOn(stores, job, run);
              await checkDuplicates(closed, job, 'relationship', run);
              const held = await holdBack(deps, { ...all, job, run });
              if (held) return held;
            }
            await stores.counters.prepare();
            return await planKind(closed, job, 'entity', run);
          });
          if (planned === 'held') return toHeldState(deps, await find(ref));
          if (planned === 'ended') {
            const ended = await find(ref);
            await discard(stores, ended);
            return toState(ended);
          }
          await stores.jobs.progress(ref.jobId, {
            status: SyncJobStatus.finalizingEntities,
            counts: {},
            durable: false,
          });
        }
        if (job.document.status === SyncJobStatus.finalizingEntities) {
          planned = await stores.plans.sealed(job, 'entity');
        }
        const plan = typeof planned === 'object' ? planned : undefined;
        if (plan) await applyPlan(closed, job, plan, run);
        return plan && !isSmall(plan) ? toState(await find(ref)) : await finishRelationships(all, ref, run, isSmall);
      });
    },

    /** Takes up relationships where `finalizeEntities` has left them, and ends the job durably. */
    async finalizeRelationships(ref: SyncJobRef): Promise<SyncJobState> {
      const stores = storesOf(ref.account);
      const job = await find(ref);
      if (isTerminal(job.document.status)) return toState(job);
      await requireTurn(stores, job);
      return await withHeartbeat(
        deps,
        async (run) => await finishRelationships(closedStores(stores, ref.jobId), ref, run, () => true),
      );
    },

    /** Ends a job that cannot or shall not go on. A job that is committed and may not be ended answers with its present state. */
    async endSyncJob({ account, jobId, status, reason, evenIfCommitted }: EndJobRequest): Promise<SyncJobState> {
      const stores = storesOf(account);
      const { awaitingUploads, finalizePending, finalizingEntities, finalizingRelationships } = SyncJobStatus;
      const ended = await stores.jobs.end(jobId, {
        status,
        reason,
        now: now(),
        from: [awaitingUploads, finalizePending, finalizingEntities, finalizingRelationships],
        unlessCommitted: !evenIfCommitted,
      });
      const job = ended ?? (await find({ account, jobId }));
      await discard(stores, job);
      return toState(job);
    },
  };
}

/** Fails the attempt, not the activity, when another job of the scope is ahead: a waiting job then holds no slot of the worker. */
async function requireTurn(stores: FinalizeStores, job: StoredJob): Promise<void> {
  const { isFirst, ahead } = await stores.jobs.turn(job);
  if (isFirst) return;
  throw ApplicationFailure.create({
    type: ErrorCode.scopeBusy,
    message: `Waiting for job ${ahead ?? '(unknown)'}, which was finalized earlier on the same source and scope. This is normal.`,
    nextRetryDelay: turnPollMs(activityInfo().attempt),
    category: 'BENIGN',
  });
}

/**
 * What a job staged is of no use once it has ended; what is left behind by a crash here expires by itself. Leaves a job alone that
 * has not ended: a finalize call may have come first, and what was acknowledged is still to be written.
 */
async function discard(stores: FinalizeStores, job: StoredJob): Promise<void> {
  if (!isTerminal(job.document.status)) return;
  const jobId = job.document.id;
  try {
    await Promise.all([stores.staging.discard(jobId), stores.plans.discard(jobId)]);
    if (job.mayHaveBulkFile) await stores.blobs.delete(bulkFileKey(job.scope.account, jobId));
  } catch (err) {
    log.warn('staged content of an ended job was not removed; it will expire', { jobId, err });
  }
}
