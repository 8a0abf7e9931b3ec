import { sha1 } from '../../../src/adapters/digest';
import { syncJobCounters, SyncMode, type SyncJobCounter } from '../../../src/contracts/sync-job';
import { decideChange } from '../../../src/domain/graph/decide-change';
import { bytesToUuid, keyNamespace, uuidV5, type ObjectKind } from '../../../src/domain/graph/identity';
import { manifestRowBytes } from '../../../src/domain/graph/manifest-rows';
import type { EndReference, RawDataEntry } from '../../../src/domain/graph/object-content';
import type { Problem } from '../../../src/domain/errors';
import type { Change, ChunkOf, GraphWriter } from '../../../src/domain/sync-job/graph-writer';
import type { StoredJob } from '../../../src/domain/sync-job/ports';
import type { MemoryDatabase, MemoryObject } from './memory-database';
import { addRawDataVersion } from './memory-raw-data';

type Counts = Partial<Record<SyncJobCounter, number>>;

/** What one chunk does, until its marker is written. */
class Chunk {
  readonly counts: Counts = {};
  readonly problems: Problem[] = [];

  add(counter: SyncJobCounter, count = 1): void {
    if (count > 0) this.counts[counter] = (this.counts[counter] ?? 0) + count;
  }

  problem(where: string, what: string): void {
    if (this.problems.length < 20) this.problems.push({ where, what });
  }
}

/** One object after the other, with no thought of speed. */
export class MemoryGraphWriter implements GraphWriter {
  constructor(private readonly database: MemoryDatabase) {}

  async applyChanges(of: ChunkOf, changes: readonly Change[]) {
    this.once(of, (chunk) => {
      for (const change of changes) this.applyOne(of, change, chunk);
    });
  }

  async applyDeletes(of: ChunkOf, rows: Uint8Array, keepTypes: readonly string[]) {
    this.once(of, (chunk) => {
      for (let at = 0; at < rows.length; at += manifestRowBytes) {
        const id = bytesToUuid(rows, at);
        const object = this.database.graph[of.kind].get(id);
        if (object && !keepTypes.includes(object.state.type)) this.end(of, id, chunk);
      }
    });
  }

  async applyExplicitDeletes(of: ChunkOf, ids: Uint8Array, unresolvable: number) {
    this.once(of, (chunk) => {
      const wanted = new Set(Array.from({ length: ids.length / 16 }, (_, i) => bytesToUuid(ids, i * 16)));
      const errors = of.kind === 'entity' ? 'numEntityDeleteErrors' : 'numRelationshipDeleteErrors';
      chunk.add(errors, unresolvable);
      for (const id of wanted) {
        const isOurs = this.database.graph[of.kind].get(id)?.owner.account === of.job.scope.account;
        if (isOurs && this.end(of, id, chunk)) continue;
        chunk.add(errors);
        chunk.problem(`${of.kind} ${id}`, 'named for deletion, but there is none');
      }
    });
  }

  /** Mapped relationships are proven on the real store alone. */
  async settleTargets() {
    return await Promise.resolve(0);
  }

  async seenByAll() {
    await Promise.resolve();
  }

  async appliedChunks({ document }: StoredJob, kind: ObjectKind) {
    const prefix = `${document.id}/${kind}/`;
    const names = [...this.database.chunks.keys()].filter((name) => name.startsWith(prefix));
    return new Set(names.map((name) => name.slice(prefix.length)));
  }

  async totals(job: StoredJob) {
    return this.sums(job);
  }

  sums({ document }: StoredJob) {
    const counts: Counts = {};
    const problems: Problem[] = [];
    for (const [name, chunk] of this.database.chunks) {
      if (!name.startsWith(`${document.id}/`)) continue;
      for (const counter of syncJobCounters) {
        const count = chunk.counts[counter];
        if (count !== undefined) counts[counter] = (counts[counter] ?? 0) + count;
      }
      problems.push(...chunk.problems);
    }
    return { counts, problems: problems.slice(0, 50) };
  }

  private once({ job, kind, chunk: name }: ChunkOf, work: (chunk: Chunk) => void): void {
    const marker = `${job.document.id}/${kind}/${name}`;
    if (this.database.chunks.has(marker)) return;
    const chunk = new Chunk();
    work(chunk);
    this.database.chunks.set(marker, chunk);
  }

  private applyOne(of: ChunkOf, { id: bytes, hash: shared, content }: Change, chunk: Chunk): void {
    // Its memory is freed when the change is written.
    const hash = new Uint8Array(shared);
    const { job, kind } = of;
    const objects = this.database.graph[kind];
    const id = bytesToUuid(bytes);
    const found = objects.get(id);
    const before = found?.owner.account === job.scope.account ? found : undefined;
    const isLive = before?.deleted === false;
    const where = `${kind} ${content.key ?? id}`;
    const [one, many] =
      kind === 'entity' ? (['Entity', 'Entities'] as const) : (['Relationship', 'Relationships'] as const);
    if (content.mapping) {
      chunk.add('numMappedRelationshipCreateErrors');
      chunk.problem(where, 'is mapped');
      return;
    }
    const ends =
      kind === 'entity' ? undefined : { fromId: this.idOf(job, content.from), toId: this.idOf(job, content.to) };
    const missing = [ends?.fromId, ends?.toId].filter((end) => end !== undefined && !this.isLiveEntity(job, end));
    if (missing.length > 0) {
      chunk.add(isLive ? `num${one}UpdateErrors` : `num${one}CreateErrors`);
      chunk.problem(where, `there is no entity ${missing.join(', ')}`);
      return;
    }
    const mode = job.document.syncMode;
    const current = before && { ...before.state, isDeleted: before.deleted };
    const decision = decideChange({ content, ...(ends && { ends }), current, mode });
    // Names such as __proto__ are names like any other.
    const rawData = Object.assign(Object.create(null) as Record<string, string>, isLive && before.rawData);
    if ('reason' in decision) {
      chunk.add(decision.action === 'createError' ? `num${one}CreateErrors` : `num${one}UpdateErrors`);
      chunk.problem(where, decision.reason);
      return;
    }
    const taken = takeRawData(rawData, content.rawData ?? [], chunk);
    for (const { text, ...entry } of taken) {
      const content = Buffer.from(text);
      addRawDataVersion(this.database, id, { ...entry, content, at: job.finalizeRequestedAt ?? 0 });
    }
    if (decision.action === 'none') {
      if (before) objects.set(id, { ...before, rawData, ...(mode === SyncMode.diff && { hash }) });
      return;
    }
    chunk.add(decision.action === 'create' ? `num${many}Created` : `num${many}Updated`);
    const now = job.finalizeRequestedAt ?? 0;
    objects.set(id, {
      owner: isLive ? before.owner : job.scope,
      key: before?.key ?? content.key ?? '',
      version: (before?.version ?? this.database.wiped.get(id) ?? 0) + 1,
      state: decision.state,
      createdOn: before?.createdOn ?? now,
      beginOn: now,
      endOn: null,
      deleted: false,
      hash: decision.action === 'create' || mode === SyncMode.diff ? hash : null,
      rawData,
      history: before ? [...before.history, endedVersion(before, now)] : [],
    });
  }

  private end(of: ChunkOf, id: string, chunk: Chunk): boolean {
    const { job, kind } = of;
    const object = this.database.graph[kind].get(id);
    if (object?.deleted !== false) return false;
    this.database.graph[kind].set(id, { ...object, deleted: true, endOn: job.finalizeRequestedAt ?? 0 });
    chunk.add(kind === 'entity' ? 'numEntitiesDeleted' : 'numRelationshipsDeleted');
    if (kind === 'relationship') return true;
    for (const [other, { state }] of this.database.graph.relationship) {
      if (state.fromId === id || state.toId === id) this.end({ ...of, kind: 'relationship' }, other, chunk);
    }
    return true;
  }

  private isLiveEntity(job: StoredJob, id: string): boolean {
    const entity = this.database.graph.entity.get(id);
    return entity?.deleted === false && entity.owner.account === job.scope.account;
  }

  private idOf({ scope: own }: StoredJob, end: EndReference | undefined): string | undefined {
    if (end?.id !== undefined) return end.id.toLowerCase();
    if (end?.key === undefined) return undefined;
    const scope = { account: own.account, source: end.source ?? own.source, scope: end.scope ?? own.scope };
    return bytesToUuid(uuidV5(sha1, keyNamespace(sha1, scope, 'entity'), end.key));
  }
}

/** @returns the entries that differ from what there was. */
function takeRawData(
  rawData: Record<string, string>,
  entries: readonly RawDataEntry[],
  chunk: Chunk,
): readonly RawDataEntry[] {
  const taken = entries.filter(({ name, text }) => rawData[name] !== text);
  for (const { name, text } of taken) {
    chunk.add(rawData[name] === undefined ? 'numEntityRawDataEntriesCreated' : 'numEntityRawDataEntriesUpdated');
    rawData[name] = text;
  }
  return taken;
}

export function endedVersion({ version, state, beginOn, endOn, deleted }: MemoryObject, now: number) {
  return { version, state, beginOn, endOn: endOn ?? now, deleted };
}
