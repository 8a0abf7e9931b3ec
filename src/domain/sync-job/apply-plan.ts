import type { ObjectKind } from '../graph/identity';
import { PlannedAction } from '../graph/plan-changes';
import { manifestRowBytes } from '../graph/manifest-rows';
import { freeBytes } from '../../lib/free-bytes';
import { Gate } from '../../lib/gate';
import { inLanes } from '../../lib/in-lanes';
import type { ApplyStores, RunControl } from './finalize-deps';
import type { Change, ChunkOf } from './graph-writer';
import type { SealedPlan, StoredJob } from './ports';
import { GatheredRows, StagedChange, type StagedRows } from './staged-object';

/**
 * Objects of one transaction. For entities, an upload of the SDK's size: fewer and larger ones were measured to take less of the database
 * (docs/performance.md). Relationships may take other objects with them.
 */
const changesPerChunk: Readonly<Record<ObjectKind, number>> = { entity: 6_000, relationship: 2_000 };
/** Changes of a transaction that gathers those of several batches: few enough that there are some for every lane. */
const gatheredChanges = (changes: number): number => Math.min(1_000, Math.max(250, Math.ceil(changes / 12)));
const gatheredBytes = 8 * 1024 * 1024;
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
export async function applyPlan(stores: ApplyStores, job: StoredJob, plan: SealedPlan, run: RunControl): Promise<void> {
  const { kind } = plan;
  const of = plan.changes + plan.deletes;
  let applied: ReadonlySet<string> = plan.isNew ? new Set() : await stores.graph.appliedChunks(job, kind);
  for (;;) {
    const before = applied;
    const open: string[] = [];
    let done = 0;
    const apply = async (piece: Piece): Promise<void> => {
      run.checkpoint();
      if (!before.has(piece.chunk)) {
        open.push(piece.chunk);
        await piece.apply();
      }
      done += piece.objects;
      run.progress({ step: `writing ${kind} changes`, done, of });
    };
    await inLanes(run.lanes, plannedPieces(stores, { job, kind, plan }), apply);
    // Only then: a job may upload and delete one key, and what is left then must not depend on which lane was faster.
    await inLanes(run.lanes, explicitDeletePieces(stores, job, kind), apply);
    if (open.length === 0) return;
    const { counts } = await stores.graph.totals(job);
    const status = kind === 'entity' ? 'FINALIZING_ENTITIES' : 'FINALIZING_RELATIONSHIPS';
    await stores.jobs.progress(job.document.id, { status, counts, durable: true });
    // Pieces are committed without waiting for the journal. The durable write of progress covers them; a database that died in
    // between has lost the last ones, which this finds and another round writes.
    applied = await stores.graph.appliedChunks(job, kind);
    if (open.every((chunk) => applied.has(chunk))) return;
  }
}

async function* plannedPieces(
  stores: ApplyStores,
  { job, kind, plan }: { job: StoredJob; kind: ObjectKind; plan: SealedPlan },
): AsyncIterable<Piece> {
  yield* changePieces(stores, job, kind, plan);
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

async function* explicitDeletePieces(stores: ApplyStores, job: StoredJob, kind: ObjectKind): AsyncIterable<Piece> {
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

/** The rows of one batch that a piece is about, by their numbers. */
interface Part {
  readonly seq: number;
  readonly actions: Uint8Array;
  /** Undefined: all rows of the batch. */
  readonly rows: Uint8Array | undefined;
  readonly numbers: readonly number[];
  /** Length of their text. */
  readonly textBytes: number;
}

/**
 * A batch with many changes makes pieces of its own; batches with few are gathered into one, for a transaction and the reading of
 * its objects cost the same for one as for hundreds. What is in which piece follows from the plan alone.
 */
async function* changePieces(
  stores: ApplyStores,
  job: StoredJob,
  kind: ObjectKind,
  plan: SealedPlan,
): AsyncIterable<Piece> {
  const most = gatheredChanges(plan.changes);
  // While two lanes read bodies of megabytes for the little that is wanted of them, the others write.
  const reading = new Gate(2);
  let gathered: Part[] = [];
  const closeGathered = () => {
    const piece = gatheredPiece(
      stores,
      { job, kind, chunk: `g${gathered[0]?.seq ?? 0}.${most}` },
      { parts: gathered, reading },
    );
    gathered = [];
    return piece;
  };
  for await (const { seq, actions, rows, bytes: textBytes } of plan.batches()) {
    const numbers: number[] = [];
    actions.forEach((action, number) => {
      if (action !== PlannedAction.none) numbers.push(number);
    });
    const part: Part = { seq, actions, rows, numbers, textBytes };
    const isLarge = exceeds([part], most);
    if (gathered.length > 0 && (isLarge || exceeds([...gathered, part], most))) yield closeGathered();
    if (!isLarge) {
      gathered.push(part);
      continue;
    }
    const read = async () => await stores.staging.content({ jobId: job.document.id, kind, seq, rows });
    const size = changesPerChunk[kind];
    const batch = new SharedBatch(read, Math.ceil(numbers.length / size));
    for (let at = 0; at < numbers.length; at += size) {
      // The size is in the name: what an earlier version has written of a part is not taken for all of it.
      const of: ChunkOf = { job, kind, chunk: `c${seq}.${size}.${at / size}` };
      yield pieceOfBatch(stores, of, { ...part, numbers: numbers.slice(at, at + size) }, batch);
    }
  }
  if (gathered.length > 0) yield closeGathered();
}

function sizeOf(parts: readonly Part[]): { readonly objects: number; readonly textBytes: number } {
  let objects = 0;
  let textBytes = 0;
  for (const part of parts) {
    objects += part.numbers.length;
    textBytes += part.textBytes;
  }
  return { objects, textBytes };
}

function exceeds(parts: readonly Part[], most: number): boolean {
  const { objects, textBytes } = sizeOf(parts);
  return objects > most || textBytes > gatheredBytes;
}

function pieceOfBatch(stores: ApplyStores, of: ChunkOf, part: Part, batch: SharedBatch): Piece {
  return {
    chunk: of.chunk,
    objects: part.numbers.length,
    apply: async () => {
      await stores.graph.applyChanges(of, changesOf(of.kind, part, await batch.get()));
      await batch.release();
    },
  };
}

function gatheredPiece(
  stores: ApplyStores,
  of: ChunkOf,
  { parts, reading }: { readonly parts: readonly Part[]; readonly reading: Gate },
): Piece {
  const { job, kind } = of;
  const size = sizeOf(parts);
  return {
    chunk: of.chunk,
    objects: size.objects,
    apply: async () => {
      const gathered = new GatheredRows(size);
      const changes: Change[] = [];
      for (const { seq, actions, rows, numbers } of parts) {
        await reading.run(undefined, async () => {
          const batch = await stores.staging.content({ jobId: job.document.id, kind, seq, rows });
          for (const number of numbers) {
            gathered.add(batch, number);
            changes.push(new StagedChange(kind, gathered, changes.length, actions[number] === PlannedAction.create));
          }
          freeBatch(batch);
        });
      }
      await stores.graph.applyChanges(of, changes);
      freeBatch(gathered);
    },
  };
}

function freeBatch({ rows, body }: StagedRows): void {
  freeBytes(rows);
  freeBytes(body);
}

/** Read by the first of the pieces that it is cut into, and freed after the last. */
class SharedBatch {
  private loading: Promise<StagedRows> | undefined;

  constructor(
    private readonly read: () => Promise<StagedRows>,
    private users: number,
  ) {}

  async get(): Promise<StagedRows> {
    return await (this.loading ??= this.read());
  }

  async release(): Promise<void> {
    if (--this.users === 0) freeBatch(await this.get());
  }
}

const changesOf = (kind: ObjectKind, { actions, numbers }: Part, batch: StagedRows): readonly StagedChange[] =>
  numbers.map((number) => new StagedChange(kind, batch, number, actions[number] === PlannedAction.create));
