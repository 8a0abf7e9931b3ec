import { isTerminal, syncJobCounters, type SyncJobCounter, type SyncJobDocument } from '../../contracts/sync-job';
import type { StoredJob } from '../../domain/sync-job/ports';
import type { SyncJobRecord } from './collections';

export function toStoredJob(record: SyncJobRecord): StoredJob {
  return {
    document: toJobDocument(record),
    scope: { account: record.account, source: record.source, scope: record.scope },
    scopeId: record.scopeId,
    ignoreDuplicates: record.ignoreDuplicates,
    ignoreIllegalProperties: record.ignoreIllegalProperties,
    lastUploadAt: record.lastUploadAt,
    uploadWindowMs: record.uploadWindowMs,
    finalizeRequestedAt: record.finalizeRequestedAt,
    mayHaveBulkFile: record.uploadUrl !== undefined,
    heldAt: record.heldAt ?? null,
    approvedAt: record.approvedAt ?? null,
    committed: record.plans !== undefined,
    sealed: (['entity', 'relationship'] as const).filter((kind) => record.plans?.[kind]),
  };
}

/** `scope` is shown for source `api` only: an integration's scope is its instance, which has a member of its own. */
function toJobDocument(record: SyncJobRecord): SyncJobDocument {
  const counts = Object.fromEntries(syncJobCounters.map((name) => [name, record.counts[name] ?? 0])) as Record<
    SyncJobCounter,
    number
  >;
  const isIntegration = record.integrationInstanceId !== null;
  return {
    source: record.source,
    scope: isIntegration || record.scope === '' ? null : record.scope,
    id: record._id,
    status: record.status,
    startTimestamp: record.startedAt,
    ...counts,
    accountId: record.account,
    integrationInstanceId: record.integrationInstanceId,
    integrationJobId: isIntegration ? record._id : null,
    syncMode: record.syncMode,
    done: isTerminal(record.status),
    durationMs: record.endedAt === null ? 0 : record.endedAt - record.startedAt,
    deletionMode: 'SOFT_DELETE',
    expiresOn: record.status === 'AWAITING_UPLOADS' ? record.lastUploadAt + record.uploadWindowMs : null,
    statusReason: record.statusReason,
    awaitsApproval:
      record.status === 'FINALIZE_PENDING' && record.heldAt !== undefined && record.approvedAt === undefined,
    report: record.report,
    partialTypes: record.partialTypes,
    workflowId: record.workflowId,
  };
}
