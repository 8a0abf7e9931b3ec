import { ErrorCode } from '../../contracts/error-code';
import { SyncJobStatus, type DryRun } from '../../contracts/sync-job';
import { DomainError } from '../errors';
import { applyPlan } from './apply-plan';
import { isBadData } from './bad-data';
import { ingestBulkFile } from './bulk-file';
import type { ApplyStores, FinalizeStores, RunControl } from './finalize-deps';
import { checkDuplicates, planKind } from './plan-kind';
import type { StagingStore, StoredJob } from './ports';
import { StagedAsIf } from './staged-as-if';

/**
 * Finds out what finalizing the job would do, by doing it on stand-ins: the same steps over the same rows, with the same
 * decisions. Two runs at once do not meet, as each has stand-ins of its own.
 * @throws DomainError SCOPE_BUSY while another job of the scope is being finalized: half of its changes would be taken for the graph.
 */
export async function dryRunJob(
  stores: FinalizeStores,
  job: StoredJob,
  request: { readonly partialTypes: readonly string[]; readonly run: RunControl; readonly now: () => number },
): Promise<DryRun> {
  const { partialTypes, now } = request;
  // Lanes would read through one session at the same time, which the database's driver does not allow.
  const run = { ...request.run, lanes: 1 };
  const on = now();
  const dry = await stores.dryRuns.begin(job);
  const aside = `${job.document.id}.${dry.name}`;
  try {
    if (dry.ahead !== null) throw busy(dry.ahead);
    const asIf: StoredJob = { ...job, document: { ...job.document, partialTypes }, finalizeRequestedAt: on };
    const bad = await badDataOf(async () => {
      await ingestBulkFile({ ...stores, staging: asideStaging(stores, aside) }, job, run, now);
    });
    const staging = await StagedAsIf.of(stores.staging, { jobId: job.document.id, aside });
    const uploads = (await staging.batches()).length;
    const result = { partialTypes, uploads, on };
    const worse = bad ?? (await badDataOf(async () => await applyAll({ ...dry, staging, jobs: noJobs }, asIf, run)));
    if (worse) {
      const { message: statusReason, problems: report } = worse;
      return { ...result, status: SyncJobStatus.errorBadData, statusReason, report, ...nothing };
    }
    const { counts, problems, sample, estimated } = dry.outcome();
    return {
      ...result,
      status: SyncJobStatus.finished,
      statusReason: null,
      report: problems,
      counts,
      sample,
      estimated,
    };
  } catch (err) {
    throw stores.dryRuns.explain(err);
  } finally {
    await Promise.all([dry.close(), stores.staging.discard(aside)]);
  }
}

async function applyAll(stores: ApplyStores, job: StoredJob, run: RunControl): Promise<void> {
  await checkDuplicates(stores, job, 'relationship', run);
  for (const kind of ['entity', 'relationship'] as const) {
    const plan = await planKind(stores, job, kind, run);
    if (typeof plan === 'object') await applyPlan(stores, job, plan, run);
  }
}

const noJobs: ApplyStores['jobs'] = { progress: async () => await Promise.resolve(undefined) };

const none = { created: [], updated: [], deleted: [] };
const nothing = { counts: {}, sample: { entities: none, relationships: none }, estimated: false };

/** The batches of the bulk file, put aside in the place of the job's own. */
function asideStaging({ staging }: FinalizeStores, name: string): Pick<StagingStore, 'stage'> {
  let seq = 0;
  return {
    stage: async ({ job, upload, ignoreDuplicates, now }) => {
      await staging.stageAside({ name, seq: ++seq, upload, ignoreDuplicates, now });
      return { job, stored: true };
    },
  };
}

async function badDataOf(work: () => Promise<void>): Promise<DomainError | undefined> {
  try {
    await work();
    return undefined;
  } catch (err) {
    if (isBadData(err)) return err;
    throw err;
  }
}

const busy = (ahead: string): DomainError =>
  new DomainError(
    ErrorCode.scopeBusy,
    `Job ${ahead} of the same source and scope is being finalized; a dry run would take half of its changes for the graph. Repeat the request when it has ended.`,
  );
