import type { ClientSession } from 'mongodb';
import type { SyncJobCounter, SyncJobCounts } from '../../contracts/sync-job';
import type { Problem } from '../../domain/errors';
import { CountTally } from '../../domain/graph/entity-counts';
import { scopeId, type ObjectKind } from '../../domain/graph/identity';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import { mapperScope } from '../../domain/mapping/mapper-objects';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import type { AppliedChunkDocument, GraphDocument } from './collections';
import { classesOf, deltaDocument } from './count-documents';
import type { Database } from './database';
import { GraphChanges } from './graph-changes';
import { bytesOf, splitByPartition } from './packed-ids';

export const objectCounters = {
  entity: {
    created: 'numEntitiesCreated',
    updated: 'numEntitiesUpdated',
    createErrors: 'numEntityCreateErrors',
    updateErrors: 'numEntityUpdateErrors',
  },
  relationship: {
    created: 'numRelationshipsCreated',
    updated: 'numRelationshipsUpdated',
    createErrors: 'numRelationshipCreateErrors',
    updateErrors: 'numRelationshipUpdateErrors',
  },
} as const;

/** Problems that one chunk keeps; the counters have them all. */
const maxProblems = 20;

/** Collects what a transaction does, for the marker document that it writes last. */
export class ChunkBuilder {
  private readonly counts: Partial<Record<SyncJobCounter, number>> = {};
  private readonly problems: Problem[] = [];
  private readonly rowsByScope = new Map<string, RowBuffer>();
  /** Live objects that there are more, or fewer. */
  readonly counted = new CountTally();
  /** Every object that the transaction writes to, whichever scope it is in. */
  readonly changed = new GraphChanges();

  constructor(private readonly of: WriteOf) {}

  add(counter: SyncJobCounter, count = 1): void {
    if (count !== 0) this.counts[counter] = (this.counts[counter] ?? 0) + count;
  }

  problem(problem: Problem): void {
    if (this.problems.length < maxProblems) this.problems.push(problem);
  }

  /** Documents before and after; undefined where there is none. Ended ones do not count. */
  replaced(kind: ObjectKind, before: GraphDocument | undefined, after: GraphDocument | undefined): void {
    const either = before ?? after;
    if (either) this.changed.add(kind, bytesOf(either._id));
    if (before?._deleted === false) this.counted.add(kind, before._type, classesOf(before), -1);
    if (after?._deleted === false) this.counted.add(kind, after._type, classesOf(after), 1);
  }

  /** `hash` is 16 bytes, or null when the bytes of the last upload do not describe the object. */
  row(scope: string, id: Uint8Array, hash: Uint8Array | null, stamp: number): void {
    this.rowsOf(scope).add(id, hash, stamp);
  }

  packedRows(scope: string, rows: Uint8Array): void {
    this.rowsOf(scope).append(rows);
  }

  get hasRows(): boolean {
    return this.rowsByScope.size > 0;
  }

  private rowsOf(scope: string): RowBuffer {
    let rows = this.rowsByScope.get(scope);
    if (!rows) this.rowsByScope.set(scope, (rows = new RowBuffer()));
    return rows;
  }

  /**
   * The job's own marker, and one more document for each other scope whose objects changed. What the mapper owns and what has no
   * scope is in no manifest: no job compares anything with it, and nothing might ever fold its deltas.
   */
  documents(): AppliedChunkDocument[] {
    const { by, kind, chunk } = this.of;
    const id = chunk === null ? `${by.id}/${kind}` : `${by.id}/${kind}/${chunk}`;
    const own = chunk === null ? [] : [this.document({ id, scopeId: by.scopeId, chunk, kind })];
    const { account } = by.scope;
    const incomparable = [mapperScope(account), { account, source: 'api', scope: '' }].map((scope) =>
      scopeId(sha1, scope),
    );
    const others = [...this.rowsByScope.keys()].filter(
      (scope) => !incomparable.includes(scope) && (chunk === null || scope !== by.scopeId),
    );
    return [
      ...own,
      ...others.map((scope) => this.document({ id: `${id}/${scope}`, scopeId: scope, chunk: null, kind })),
    ];
  }

  /** Writes all of it: last of the transaction, as the marker then meets the one of another attempt at once. */
  async write(database: Database, session: ClientSession): Promise<void> {
    const { collections } = database;
    await this.changed.write(database, this.of.by.scope.account, session);
    if (!this.counted.isZero) {
      await collections.objectCounts.insertOne(deltaDocument(this.of.by.scope.account, this.counted), { session });
    }
    const documents = this.documents();
    if (documents.length > 0) await collections.appliedChunks.insertMany(documents, { session, ordered: true });
  }

  private document(of: { id: string; scopeId: string; chunk: string | null; kind: string }): AppliedChunkDocument {
    const rows = this.rowsByScope.get(of.scopeId)?.packed() ?? new Uint8Array(0);
    const counts: SyncJobCounts = of.chunk === null ? {} : this.counts;
    return {
      _id: of.id,
      jobId: this.of.by.id,
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

/** Packed manifest rows that grow by doubling. */
class RowBuffer {
  private bytes = Buffer.alloc(64 * manifestRowBytes);
  private used = 0;

  add(id: Uint8Array, hash: Uint8Array | null, stamp: number): void {
    const at = this.reserve(manifestRowBytes);
    this.bytes.set(id, at);
    if (hash) this.bytes.set(hash, at + 16);
    this.bytes.writeUInt32LE(stamp, at + 32);
  }

  append(rows: Uint8Array): void {
    const at = this.reserve(rows.length);
    this.bytes.set(rows, at);
  }

  packed(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  private reserve(length: number): number {
    const at = this.used;
    this.used += length;
    if (this.used > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(this.used, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
    }
    return at;
  }
}
