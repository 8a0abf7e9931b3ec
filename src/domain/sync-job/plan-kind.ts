import { ErrorCode } from '../../contracts/error-code';
import { SyncMode } from '../../contracts/sync-job';
import { DomainError, type Problem } from '../errors';
import type { ObjectKind } from '../graph/identity';
import { isDeletedStamp, manifestRowBytes, manifestRowWords, rowWords, stampWord } from '../graph/manifest-rows';
import { planChanges, type DuplicateRows, type StagedSegment } from '../graph/plan-changes';
import { partitionCount, passSize, stagedRowBytes } from '../ingest/staged-rows';
import { GatheredBytes } from '../../lib/gathered-bytes';
import { BatchActions } from './batch-actions';
import { describeDuplicates } from './duplicates';
import type { ApplyStores, RunControl } from './finalize-deps';
import { readManifest } from './manifest-pass';
import type { PlanWriter, SealedPlan, StagedBatch, StoredJob } from './ports';

/** Offending keys that a report lists. */
const maxReported = 50;

/**
 * Decides for every uploaded object of one kind whether it needs work, and which present objects are to be deleted, and seals that
 * as the job's plan. Reads no object: ids and hashes suffice. Does nothing if the job has a sealed plan already.
 * @returns the sealed plan; `nothing`: there is no work, and no plan; `ended`: the job ended meanwhile.
 * @throws DomainError DUPLICATE_KEY; nothing is sealed then.
 */
export async function planKind(
  stores: ApplyStores,
  job: StoredJob,
  kind: ObjectKind,
  run: RunControl,
): Promise<SealedPlan | 'nothing' | 'ended'> {
  const known = job.sealed.includes(kind) ? await stores.plans.sealed(job, kind) : undefined;
  if (known) return known;
  const plan = await stores.plans.begin(job, kind, run.now());
  const totals = await scan(stores, { job, kind, run, plan });
  if (totals.changes + totals.deletes + totals.explicitDeletes === 0) return 'nothing';
  return (await plan.seal(totals)) ?? (await stores.plans.sealed(job, kind)) ?? 'ended';
}

/** @throws DomainError DUPLICATE_KEY, as a plan of this kind would; plans nothing. */
export async function checkDuplicates(
  stores: ApplyStores,
  job: StoredJob,
  kind: ObjectKind,
  run: RunControl,
): Promise<void> {
  await scan(stores, { job, kind, run, plan: undefined });
}

interface Scan {
  readonly job: StoredJob;
  readonly kind: ObjectKind;
  readonly run: RunControl;
  readonly plan: PlanWriter | undefined;
}

interface Totals {
  changes: number;
  deletes: number;
  /** Live objects of the scope; counted in DIFF mode only. */
  live: number;
  readonly explicitDeletes: number;
}

const countExplicitDeletes = (batches: readonly StagedBatch[], kind: ObjectKind): number =>
  batches.reduce((sum, batch) => sum + (kind === 'entity' ? batch.entityDeletes : batch.relationshipDeletes), 0);

/** Goes through all rows of one kind, pass by pass. @throws DomainError DUPLICATE_KEY */
export async function scan(stores: ApplyStores, request: Scan): Promise<Totals> {
  const { job, kind, run, plan } = request;
  const { staging, manifests } = stores;
  const jobId = job.document.id;
  const objectsOf = (batch: StagedBatch) => (kind === 'entity' ? batch.entities : batch.relationships);
  const all = await staging.batches(jobId);
  const batches = all.filter((batch) => objectsOf(batch) > 0);
  const totals: Totals = { changes: 0, deletes: 0, live: 0, explicitDeletes: countExplicitDeletes(all, kind) };
  // Inside one upload keys are unique already.
  if (!plan && batches.length < 2) return totals;
  const isDiff = plan !== undefined && job.document.syncMode === SyncMode.diff;
  const stagedRows = batches.reduce((sum, batch) => sum + objectsOf(batch), 0);
  // The other modes only add to the manifest, and must not add to one that has lost something.
  const writes = isDiff || batches.length > 0 || totals.explicitDeletes > 0;
  const prepared = plan && writes ? await manifests.prepare(job.scope, kind) : { rows: 0 };
  const manifestRows = isDiff ? prepared.rows : 0;
  const step = passSize(Math.max(stagedRows, manifestRows));
  const ignoring = new Set(batches.filter(({ ignoreDuplicates }) => ignoreDuplicates).map(({ seq }) => seq));
  const planned = plan ? batches : [];
  const actions = new Map(planned.map((batch) => [batch.seq, new BatchActions(batch.seq, objectsOf(batch))]));
  const report: Problem[] = [];
  const memory = { staged: new GatheredBytes(), manifest: new GatheredBytes() };
  for (let from = 0; from < partitionCount; from += step) {
    run.checkpoint();
    run.progress({ step: `comparing ${kind} keys`, done: from, of: partitionCount });
    const to = Math.min(partitionCount, from + step);
    const [staged, manifest] = await Promise.all([
      batches.length > 0 ? loadStaged(stores, { jobId, kind, from, to, ignoring, into: memory.staged }) : nothingStaged,
      manifestRows > 0
        ? readManifest(manifests, { scope: job.scope, kind, from, to, into: memory.manifest })
        : new Uint32Array(0),
    ]);
    const pass = planChanges(staged.words, staged.segments, manifest);
    if (pass.duplicates.length > 0 && report.length < maxReported) {
      report.push(...(await duplicateProblems(stores, { job, kind, staged, duplicates: pass.duplicates })));
    }
    if (plan) {
      for (const { seq, firstRow, count } of staged.segments) {
        actions.get(seq)?.add(staged, firstRow, pass.actions.subarray(firstRow, firstRow + count));
      }
      if (pass.unmatched.length > 0) await plan.addDeletes(pickRows(manifest, pass.unmatched));
      totals.deletes += pass.unmatched.length;
      totals.live += countLive(manifest);
    }
  }
  memory.staged.free();
  memory.manifest.free();
  if (report.length > 0) throw duplicateError(kind, report.slice(0, maxReported));
  for (const ofBatch of actions.values()) {
    // Modes other than DIFF look at every object they were sent: what they do depends on its present content.
    const batch = ofBatch.planned({ looksAtAll: !isDiff });
    if (!batch) continue;
    totals.changes += batch.changes;
    await plan?.addBatch(batch);
  }
  return totals;
}

interface Staged {
  /** The same memory as `bytes`. */
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly segments: readonly StagedSegment[];
}

const nothingStaged: Staged = { words: new Uint32Array(0), bytes: new Uint8Array(0), segments: [] };

async function loadStaged(
  { staging }: ApplyStores,
  request: {
    jobId: string;
    kind: ObjectKind;
    from: number;
    to: number;
    ignoring: ReadonlySet<number>;
    into: GatheredBytes;
  },
): Promise<Staged> {
  const { into } = request;
  into.clear();
  const segments: StagedSegment[] = [];
  let firstRow = 0;
  for await (const { seq, rows } of staging.partitions(request)) {
    const count = rows.length / stagedRowBytes;
    segments.push({ seq, firstRow, count, ignoreDuplicates: request.ignoring.has(seq) });
    into.add(rows);
    firstRow += count;
  }
  return { words: rowWords(into.bytes), bytes: into.bytes, segments };
}

async function duplicateProblems(
  { staging }: ApplyStores,
  request: { job: StoredJob; kind: ObjectKind; staged: Staged; duplicates: readonly DuplicateRows[] },
): Promise<readonly Problem[]> {
  const { job, kind, staged, duplicates } = request;
  const seqOf = (row: number) =>
    staged.segments.find(({ firstRow, count }) => row >= firstRow && row < firstRow + count)?.seq ?? 0;
  return await describeDuplicates({
    kind,
    pairs: duplicates.map(({ earlier, later }) => ({
      earlier: {
        seq: seqOf(earlier),
        row: staged.bytes.subarray(earlier * stagedRowBytes, (earlier + 1) * stagedRowBytes),
      },
      later: { seq: seqOf(later), row: staged.bytes.subarray(later * stagedRowBytes, (later + 1) * stagedRowBytes) },
    })),
    bodyOf: async (seq) => (await staging.content({ jobId: job.document.id, kind, seq })).body,
    limit: maxReported,
  });
}

function countLive(manifest: Uint32Array): number {
  let live = 0;
  for (let at = stampWord; at < manifest.length; at += manifestRowWords) {
    if (!isDeletedStamp(manifest[at] ?? 1)) live++;
  }
  return live;
}

const duplicateError = (kind: ObjectKind, report: readonly Problem[]): DomainError =>
  new DomainError(
    ErrorCode.duplicateKey,
    `The same ${kind} key was uploaded with different content in more than one request (${report.length} listed). ` +
      'Nothing was changed. Upload each key once, or set ignoreDuplicates=true to let the latest upload win.',
    report,
  );

function pickRows(rows: Uint32Array, numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const picked = new Uint8Array(numbers.length * manifestRowBytes);
  numbers.forEach((number, i) => {
    picked.set(bytes.subarray(number * manifestRowBytes, (number + 1) * manifestRowBytes), i * manifestRowBytes);
  });
  return picked;
}
