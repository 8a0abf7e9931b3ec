import type { SyncJobCounter, SyncJobCounts } from '../../contracts/sync-job';
import type { Problem } from '../../domain/errors';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import type { ChunkOf } from '../../domain/sync-job/graph-writer';
import type { AppliedChunkDocument } from './collections';
import { splitByPartition } from './packed-ids';

/** Problems that one chunk keeps; the counters have them all. */
const maxProblems = 20;

/** Collects what a transaction does, for the marker document that it writes last. */
export class ChunkBuilder {
  private readonly counts: Partial<Record<SyncJobCounter, number>> = {};
  private readonly problems: Problem[] = [];
  private readonly rowsByScope = new Map<string, Uint8Array[]>();

  constructor(private readonly of: ChunkOf) {}

  add(counter: SyncJobCounter, count = 1): void {
    if (count !== 0) this.counts[counter] = (this.counts[counter] ?? 0) + count;
  }

  problem(problem: Problem): void {
    if (this.problems.length < maxProblems) this.problems.push(problem);
  }

  /** `hash` is 16 bytes, or null when the bytes of the last upload do not describe the object. */
  row(scopeId: string, id: Uint8Array, hash: Uint8Array | null, stamp: number): void {
    const row = new Uint8Array(manifestRowBytes);
    row.set(id);
    if (hash) row.set(hash, 16);
    new DataView(row.buffer).setUint32(32, stamp, true);
    this.packedRows(scopeId, row);
  }

  packedRows(scopeId: string, rows: Uint8Array): void {
    const list = this.rowsByScope.get(scopeId);
    if (list) list.push(rows);
    else this.rowsByScope.set(scopeId, [rows]);
  }

  /** The job's own marker, and one more document for each other scope whose objects changed. */
  documents(): AppliedChunkDocument[] {
    const { job, kind, chunk } = this.of;
    const jobId = job.document.id;
    const id = `${jobId}/${kind}/${chunk}`;
    const own = this.document({ id, scopeId: job.scopeId, chunk, kind });
    const others = [...this.rowsByScope.keys()].filter((scope) => scope !== job.scopeId);
    return [own, ...others.map((scope) => this.document({ id: `${id}/${scope}`, scopeId: scope, chunk: null, kind }))];
  }

  private document(of: { id: string; scopeId: string; chunk: string | null; kind: string }): AppliedChunkDocument {
    const rows = Buffer.concat(this.rowsByScope.get(of.scopeId) ?? []);
    const counts: SyncJobCounts = of.chunk === null ? {} : this.counts;
    return {
      _id: of.id,
      jobId: this.of.job.document.id,
      scopeId: of.scopeId,
      kind: of.kind,
      chunk: of.chunk,
      counts,
      problems: of.chunk === null ? [] : this.problems,
      rowCount: rows.length / manifestRowBytes,
      rows: splitByPartition(rows, manifestRowBytes),
      folded: false,
    };
  }
}
