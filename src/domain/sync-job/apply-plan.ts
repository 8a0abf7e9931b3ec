import type { ObjectKind } from '../graph/identity';
import { PlannedAction } from '../graph/plan-changes';
import { manifestRowBytes } from '../graph/manifest-rows';
import { stagedRowBytes } from '../ingest/staged-rows';
import { inLanes } from '../../lib/in-lanes';
import type { FinalizeStores, RunControl } from './finalize-deps';
import type { ChunkOf } from './graph-writer';
import type { PlannedBatch, SealedPlan, StoredJob } from './ports';
import { StagedChange } from './staged-object';

/** Objects of one transaction. */
const changesPerChunk = 2_000;
const explicitDeletesPerChunk = 500;

interface Piece {
  readonly chunk: string;
  readonly objects: number;
  readonly apply: () => Promise<void>;
}

/**
 * Does everything that the sealed plan of one kind and the job's explicit deletions say, each piece exactly once, whoever else may
 * be doing the same. Returns when every piece is known to be durable.
 */
export async function applyPlan(
  stores: FinalizeStores,
  job: StoredJob,
  kind: ObjectKind,
  run: RunControl,
): Promise<void> {
  const plan = await stores.plans.sealed(job, kind);
  if (!plan) throw new Error(`job ${job.document.id} has no sealed ${kind} plan`);
  const of = plan.changes + plan.deletes;
  for (;;) {
    const applied = await stores.graph.appliedChunks(job, kind);
    let done = 0;
    let open = 0;
    const apply = async (piece: Piece): Promise<void> => {
      run.checkpoint();
      if (!applied.has(piece.chunk)) {
        open++;
        await piece.apply();
      }
      done += piece.objects;
      run.progress({ step: `writing ${kind} changes`, done, of });
    };
    await inLanes(run.lanes, plannedPieces(stores, { job, kind, plan }), apply);
    // Only then: a job may upload and delete one key, and what is left then must not depend on which lane was faster.
    await inLanes(run.lanes, explicitDeletePieces(stores, job, kind), apply);
    // Pieces are committed without waiting for the journal. The durable write of progress covers them; a database that died in
    // between has lost the last ones, which the next round finds.
    if (open === 0) return;
    const { counts } = await stores.graph.totals(job);
    const status = kind === 'entity' ? 'FINALIZING_ENTITIES' : 'FINALIZING_RELATIONSHIPS';
    await stores.jobs.progress(job.document.id, { status, counts, durable: true });
  }
}

async function* plannedPieces(
  stores: FinalizeStores,
  { job, kind, plan }: { job: StoredJob; kind: ObjectKind; plan: SealedPlan },
): AsyncIterable<Piece> {
  for await (const batch of plan.batches()) yield* changePieces(stores, job, kind, batch);
  let page = 0;
  for await (const rows of plan.deletePages()) {
    const of: ChunkOf = { job, kind, chunk: `d${page++}` };
    const keepTypes = job.document.partialTypes;
    yield {
      chunk: of.chunk,
      objects: rows.length / manifestRowBytes,
      apply: async () => {
        await stores.graph.applyDeletes(of, rows, keepTypes);
      },
    };
  }
}

async function* explicitDeletePieces(stores: FinalizeStores, job: StoredJob, kind: ObjectKind): AsyncIterable<Piece> {
  const { ids, unresolvable } = await stores.staging.deletes({ jobId: job.document.id, kind });
  const bytes = explicitDeletesPerChunk * 16;
  for (let at = 0; at < ids.length || (at === 0 && unresolvable > 0); at += bytes) {
    const of: ChunkOf = { job, kind, chunk: `x${at / bytes}` };
    const apply = async () => {
      await stores.graph.applyExplicitDeletes(of, ids.subarray(at, at + bytes), at === 0 ? unresolvable : 0);
    };
    yield { chunk: of.chunk, objects: 0, apply };
  }
}

async function* changePieces(
  stores: FinalizeStores,
  job: StoredJob,
  kind: ObjectKind,
  batch: PlannedBatch,
): AsyncIterable<Piece> {
  const { seq, actions } = batch;
  const where = { jobId: job.document.id, kind, seq };
  let content: Promise<readonly [rows: Uint8Array, body: Uint8Array]> | undefined;
  const load = async () => await (content ??= Promise.all([stores.staging.rows(where), stores.staging.body(where)]));
  const numbers: number[] = [];
  actions.forEach((action, number) => {
    if (action !== PlannedAction.none) numbers.push(number);
  });
  for (let at = 0; at < numbers.length; at += changesPerChunk) {
    const some = numbers.slice(at, at + changesPerChunk);
    const of: ChunkOf = { job, kind, chunk: `c${seq}.${at / changesPerChunk}` };
    yield {
      chunk: of.chunk,
      objects: some.length,
      apply: async () => {
        const [rows, body] = await load();
        const changes = some.map((number) => {
          const row = rows.subarray(number * stagedRowBytes, (number + 1) * stagedRowBytes);
          return new StagedChange(kind, body, row, actions[number] === PlannedAction.create);
        });
        await stores.graph.applyChanges(of, changes);
      },
    };
  }
}
