import { randomUUID } from 'node:crypto';
import { sha1 } from '../../../src/adapters/digest';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import type { SyncMode } from '../../../src/contracts/sync-job';
import { keyNamespace, type ObjectKind, type Scope } from '../../../src/domain/graph/identity';
import type { ScannedUpload } from '../../../src/domain/ingest/staged-rows';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import type { Change } from '../../../src/domain/sync-job/graph-writer';
import type { OpenJobs } from '../../../src/domain/sync-job/job-keeper';
import type { NewJob, StoredJob } from '../../../src/domain/sync-job/ports';
import { StagedChange } from '../../../src/domain/sync-job/staged-object';
import type { BenchGraph } from '../bench';

/** One side of a contract: all stores over one database, real or not. */
export interface StoreSubject {
  storesOf(account: string): FinalizeStores;
  readonly openJobs: OpenJobs;
  graphOf(account: string): Promise<BenchGraph>;
}
/** The database is shared by all tests of a contract: each works in accounts of its own. */
export type OpenSubject = () => StoreSubject;

/** Epoch ms; ahead of the job keeper of a product that may be running beside the tests. */
export const now = Date.now() + 24 * 3_600_000;
export const newAccountName = (): string => `c-${randomUUID()}`;

export const scopeOf = (account: string, scope = 'east'): Scope => ({ account, source: 'api', scope });

export function newJob(account: string, changes: Partial<NewJob> = {}): NewJob {
  const id = randomUUID();
  return {
    id,
    scope: scopeOf(account),
    integrationInstanceId: null,
    syncMode: 'DIFF',
    ignoreDuplicates: false,
    ignoreIllegalProperties: false,
    workflowId: `test:${id}`,
    uploadWindowMs: 3_600_000,
    startedAt: now,
    ...changes,
  };
}

const reader = createUploadReader();

/** A checked upload, as the API hands it over. */
export async function uploadOf(scope: Scope, body: unknown, syncMode: SyncMode = 'DIFF'): Promise<ScannedUpload> {
  return await reader.read(Buffer.from(JSON.stringify(body)), {
    format: 'json',
    shape: 'upload',
    syncMode,
    entityNamespace: keyNamespace(sha1, scope, 'entity'),
    relationshipNamespace: keyNamespace(sha1, scope, 'relationship'),
    ignoreDuplicates: false,
    ignoreIllegalProperties: false,
  });
}

/** The objects of an upload as a plan would have them looked at. */
export function changesOf(kind: ObjectKind, upload: ScannedUpload, isNew: boolean): Change[] {
  const { count, rows } = kind === 'entity' ? upload.entities : upload.relationships;
  const staged = { rows, body: upload.body };
  return Array.from({ length: count }, (_, number) => new StagedChange(kind, staged, number, isNew));
}

/** A job that is closed, and first of its queue if the scope has no other. */
export async function closedJob(
  { jobs }: FinalizeStores,
  account: string,
  changes: Partial<NewJob> = {},
): Promise<StoredJob> {
  const { document } = await jobs.create(newJob(account, changes));
  const closed = await jobs.close(document.id, { partialTypes: [], now: now + 1_000 });
  if (!closed) throw new Error('a new job could not be closed');
  return closed;
}

export async function endJob({ jobs }: FinalizeStores, jobId: string): Promise<void> {
  await jobs.end(jobId, {
    status: 'FINISHED',
    reason: null,
    now: now + 2_000,
    from: ['FINALIZE_PENDING', 'FINALIZING_ENTITIES', 'FINALIZING_RELATIONSHIPS'],
    unlessCommitted: false,
  });
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
