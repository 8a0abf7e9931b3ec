import { Binary, type ClientSession, type Collection } from 'mongodb';
import { scopeId, type ObjectKind, type Scope } from '../../domain/graph/identity';
import { manifestRowBytes, manifestStamp } from '../../domain/graph/manifest-rows';
import { partitionCount, passSize } from '../../domain/ingest/staged-rows';
import { readManifest } from '../../domain/sync-job/manifest-pass';
import type { ManifestStore } from '../../domain/sync-job/ports';
import { sha1 } from '../digest';
import { freeBytes } from '../../lib/free-bytes';
import { GatheredBytes } from '../../lib/gathered-bytes';
import type { GraphDocument, ManifestHead } from './collections';
import { inTransaction, type Database } from './database';
import { livePartitions } from './live-partitions';
import { bytesOf, idAt, joinPartitions, partitionProjection } from './packed-ids';

/** One document of a base holds at most this many rows, far below MongoDB's 16 MB. */
const maxPartRows = 100_000;
/** Documents of a base, and of deltas, that come in one reply; by itself the server fills replies of 16 MB, which live too long to be freed soon. */
const basePartsAtOnce = 2;
const deltasAtOnce = 48;
/** A base is rewritten when its deltas pass an eighth of it, or when they are in too many pieces to read quickly. */
const foldShare = 8;
const maxUnfoldedChunks = 256;
/** Fewer delta rows than this are read faster than any base is written. */
const minFoldedRows = 20_000;

const objectKinds = ['entity', 'relationship'] as const;
const nothingUnfolded = new Binary(new Uint8Array(0));
const emptyHead: ManifestHead = { generation: 0, rows: 0, parts: 0, unfolded: nothingUnfolded };

interface Deltas {
  readonly ids: readonly string[];
  readonly rows: number;
}
type OwnedDocument = Pick<GraphDocument, '_id' | '_accountId' | '_source' | '_scope' | '_version' | '_deleted'>;

export class MongoManifestStore implements ManifestStore {
  constructor(
    private readonly database: Database,
    private readonly limits: { readonly minFoldedRows: number } = { minFoldedRows },
    /** Of a snapshot, for reading only: then neither `prepare` nor `compact` may be called. */
    private readonly session?: ClientSession,
  ) {}

  async prepare(scope: Scope, kind: ObjectKind): Promise<{ rows: number }> {
    const id = scopeId(sha1, scope);
    const head = await this.head(id, kind);
    if (!head && !(await this.holdsAnything(scope, kind))) {
      await this.setHead(scope, kind, emptyHead);
      return { rows: 0 };
    }
    const rows = head && (await this.wholeRows(id, kind, head));
    return { rows: rows ?? (await this.rebuild(scope, kind, head ?? emptyHead)) };
  }

  async rows(scope: Scope, kind: ObjectKind): Promise<number | undefined> {
    const id = scopeId(sha1, scope);
    const head = await this.head(id, kind);
    return head && (await this.wholeRows(id, kind, head));
  }

  async partitions({ scope, kind, from, to, into }: Parameters<ManifestStore['partitions']>[0]): Promise<void> {
    const id = scopeId(sha1, scope);
    const head = (await this.head(id, kind)) ?? emptyHead;
    if (head.parts > 0) {
      const base = this.parts.find(
        { scopeId: id, kind, generation: head.generation, partition: { $gte: from, $lt: to } },
        { projection: { rows: 1 }, batchSize: basePartsAtOnce, ...this.reading },
      );
      for await (const { rows } of base) into.add(bytesOf(rows));
    }
    const deltas = this.chunks.find(
      { scopeId: id, kind, folded: false },
      { projection: { _id: 1, ...partitionProjection('rows', from, to) }, batchSize: deltasAtOnce, ...this.reading },
    );
    for await (const { rows } of deltas) into.add(joinPartitions(rows, from, to));
  }

  async compact(scope: Scope): Promise<void> {
    const id = scopeId(sha1, scope);
    const heads = await this.heads(id);
    const kinds = objectKinds.filter((kind) => heads[kind]);
    if (kinds.length === 0) return;
    const deltas = await this.unfolded(id, kinds);
    for (const kind of kinds) await this.compactKind(scope, kind, heads[kind] ?? emptyHead, deltas[kind]);
  }

  private async compactKind(scope: Scope, kind: ObjectKind, head: ManifestHead, deltas: Deltas): Promise<void> {
    const id = scopeId(sha1, scope);
    if (!(await this.isWhole(id, kind, head, deltas))) {
      // Numbers taken from what is left would hide the loss; without a head the next job rebuilds.
      await this.database.collections.scopes.updateOne({ _id: id }, { $unset: { [`manifests.${kind}`]: '' } });
      return;
    }
    const known = digestsOf(head).length;
    if (deltas.ids.length === 0 && known === 0) return;
    if (
      deltas.ids.length <= maxUnfoldedChunks &&
      deltas.rows <= Math.max(this.limits.minFoldedRows, head.rows / foldShare)
    ) {
      if (deltas.ids.length !== known) await this.setHead(scope, kind, { ...head, unfolded: packDigests(deltas.ids) });
      return;
    }
    const next = await this.writeBase(scope, kind, { head, deltaRows: deltas.rows }, async (pass) => {
      return await readManifest(this, { scope, kind, ...pass });
    });
    await this.replaceBase(scope, kind, next, deltas.ids);
  }

  /** Reads the ids and versions of the scope from the graph itself. Hashes are then unknown, so the next sync compares contents. */
  private async rebuild(scope: Scope, kind: ObjectKind, head: ManifestHead): Promise<number> {
    // They are in the graph that is read next; the ones that are left of lost others would contradict it.
    const deltas = (await this.unfolded(scopeId(sha1, scope), [kind]))[kind];
    const next = await this.writeBase(scope, kind, { head, deltaRows: deltas.rows }, async ({ from, to }) => {
      return await this.graphRows({ scope, kind, from, to });
    });
    await this.replaceBase(scope, kind, next, deltas.ids);
    return next.rows;
  }

  /** Rows of the live objects of some partitions, from the graph itself, without hashes. */
  async graphRows({
    scope,
    kind,
    from,
    to,
  }: Omit<Parameters<ManifestStore['partitions']>[0], 'into'>): Promise<Uint32Array> {
    const owner = { _accountId: scope.account, _source: scope.source, _scope: scope.scope };
    const ids = { $gte: partitionStart(from), ...(to < partitionCount && { $lt: partitionStart(to) }) };
    const rows: number[] = [];
    for (const owned of this.owned(kind)) {
      const found = owned.find(
        { ...owner, _deleted: false, _id: ids },
        { projection: { _id: 1, _version: 1 }, ...this.reading },
      );
      for await (const { _id, _version } of found) {
        const id = new Uint32Array(new Uint8Array(bytesOf(_id)).buffer);
        rows.push(...id, 0, 0, 0, 0, manifestStamp(_version, false));
      }
    }
    return Uint32Array.from(rows);
  }

  /** Live objects of a scope, from the graph itself. */
  async graphCount(scope: Scope, kind: ObjectKind): Promise<number> {
    const owner = { _accountId: scope.account, _source: scope.source, _scope: scope.scope };
    let count = 0;
    for (const owned of this.owned(kind)) {
      count += await owned.countDocuments({ ...owner, _deleted: false }, this.reading);
    }
    return count;
  }

  private async replaceBase(
    scope: Scope,
    kind: ObjectKind,
    next: ManifestHead,
    folded: readonly string[],
  ): Promise<void> {
    const id = scopeId(sha1, scope);
    await inTransaction(this.database, { durable: true }, async (session) => {
      await this.setHead(scope, kind, next, session);
      await this.chunks.updateMany({ _id: { $in: [...folded] } }, { $set: { folded: true, rows: {} } }, { session });
    });
    await this.parts.deleteMany(
      { scopeId: id, kind, generation: { $lt: next.generation } },
      { writeConcern: { w: 1 } },
    );
    await this.chunks.deleteMany({ scopeId: id, kind, folded: true, jobId: { $nin: await this.openJobs(id) } });
  }

  /** Writes a new generation beside the present one; it counts once the head names it. */
  private async writeBase(
    scope: Scope,
    kind: ObjectKind,
    { head, deltaRows }: { readonly head: ManifestHead; readonly deltaRows: number },
    rowsOf: (pass: {
      readonly from: number;
      readonly to: number;
      readonly into: GatheredBytes;
    }) => Promise<Uint32Array>,
  ): Promise<ManifestHead> {
    const id = scopeId(sha1, scope);
    const generation = head.generation + 1;
    await this.parts.deleteMany({ scopeId: id, kind, generation: { $ne: head.generation } });
    const step = passSize(head.rows + deltaRows);
    let rows = 0;
    let parts = 0;
    const into = new GatheredBytes();
    for (let from = 0; from < partitionCount; from += step) {
      const merged = await rowsOf({ from, to: Math.min(partitionCount, from + step), into });
      for (const [partition, live] of livePartitions(merged)) {
        for (let start = 0; start < live.length; start += maxPartRows * manifestRowBytes) {
          const slice = live.subarray(start, start + maxPartRows * manifestRowBytes);
          await this.parts.insertOne(
            {
              _id: `${id}/${kind}/${generation}/${partition}/${start}`,
              scopeId: id,
              kind,
              generation,
              partition,
              rows: new Binary(slice),
            },
            { writeConcern: { w: 1 } },
          );
          rows += slice.length / manifestRowBytes;
          parts++;
        }
        freeBytes(live);
      }
    }
    into.free();
    return { generation, rows, parts, unfolded: nothingUnfolded };
  }

  private async head(id: string, kind: ObjectKind): Promise<ManifestHead | undefined> {
    return (await this.heads(id))[kind];
  }

  private async heads(id: string): Promise<Partial<Record<ObjectKind, ManifestHead>>> {
    const scope = await this.database.collections.scopes.findOne(
      { _id: id },
      { projection: { manifests: 1 }, ...this.reading },
    );
    // A head of before digests were kept cannot tell what is missing, so it counts as none.
    const usable = Object.entries(scope?.manifests ?? {}).filter(([, head]) => head.unfolded instanceof Binary);
    return Object.fromEntries(usable);
  }

  /** Outside of a transaction not durable by itself: whatever counts on the head is written after it, and a lost one is rebuilt. */
  private async setHead(
    scope: Scope,
    kind: ObjectKind,
    head: ManifestHead,
    session?: Parameters<Parameters<typeof inTransaction>[2]>[0],
  ): Promise<void> {
    await this.database.collections.scopes.updateOne(
      { _id: scopeId(sha1, scope) },
      { $set: { [`manifests.${kind}`]: head }, $setOnInsert: { ...scope, queue: [] } },
      { upsert: true, ...(session ? { session } : { writeConcern: { w: 1 } }) },
    );
  }

  /** Rows of base and deltas; undefined when something of them is missing. */
  private async wholeRows(id: string, kind: ObjectKind, head: ManifestHead): Promise<number | undefined> {
    const deltas = (await this.unfolded(id, [kind]))[kind];
    return (await this.isWhole(id, kind, head, deltas)) ? head.rows + deltas.rows : undefined;
  }

  private async isWhole(id: string, kind: ObjectKind, head: ManifestHead, deltas: Deltas): Promise<boolean> {
    const of = { scopeId: id, kind, generation: head.generation };
    if (head.parts > 0 && (await this.parts.countDocuments(of, this.reading)) !== head.parts) return false;
    const present = new Set(deltas.ids.map(digestOf));
    return digestsOf(head).every((digest) => present.has(digest));
  }

  private async unfolded(id: string, kinds: readonly ObjectKind[]): Promise<Record<ObjectKind, Deltas>> {
    const found = this.chunks.find(
      { scopeId: id, kind: { $in: [...kinds] }, folded: false },
      { projection: { _id: 1, kind: 1, rowCount: 1 }, ...this.reading },
    );
    const deltas = { entity: { ids: [] as string[], rows: 0 }, relationship: { ids: [] as string[], rows: 0 } };
    for await (const { _id, kind, rowCount } of found) {
      const of = deltas[kind as ObjectKind];
      of.ids.push(_id);
      of.rows += rowCount;
    }
    return deltas;
  }

  private async holdsAnything(scope: Scope, kind: ObjectKind): Promise<boolean> {
    const owner = { _accountId: scope.account, _source: scope.source, _scope: scope.scope };
    for (const owned of this.owned(kind)) {
      if ((await owned.findOne(owner, { projection: { _id: 1 } })) !== null) return true;
    }
    return false;
  }

  /** Where what a scope holds under keys of one kind lies: a key of a relationship is a plain or a mapped one. */
  private owned(kind: ObjectKind): readonly Collection<OwnedDocument>[] {
    const { entities, relationships, mappings } = this.database.collections;
    const all: readonly unknown[] = kind === 'entity' ? [entities] : [relationships, mappings];
    return all as readonly Collection<OwnedDocument>[];
  }

  private async openJobs(id: string): Promise<readonly string[]> {
    const scope = await this.database.collections.scopes.findOne({ _id: id }, { projection: { queue: 1 } });
    return scope?.queue ?? [];
  }

  private get reading(): { session?: ClientSession } {
    return this.session ? { session: this.session } : {};
  }

  private get parts() {
    return this.database.collections.manifestParts;
  }

  private get chunks() {
    return this.database.collections.appliedChunks;
  }
}

const digestBytes = 8;
const digestOf = (id: string): string => Buffer.from(sha1(Buffer.from(id)).subarray(0, digestBytes)).toString('hex');
const packDigests = (ids: readonly string[]): Binary => new Binary(Buffer.from(ids.map(digestOf).join(''), 'hex'));

function digestsOf(head: ManifestHead): readonly string[] {
  const hex = Buffer.from(bytesOf(head.unfolded)).toString('hex');
  return Array.from({ length: hex.length / 2 / digestBytes }, (_, i) =>
    hex.slice(i * 2 * digestBytes, (i + 1) * 2 * digestBytes),
  );
}

/** Smallest id of a partition. */
function partitionStart(partition: number): Binary {
  const bytes = new Uint8Array(16);
  bytes[0] = partition << 2;
  return idAt(bytes, 0);
}
