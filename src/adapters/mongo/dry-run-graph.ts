import type { Binary, ClientSession } from 'mongodb';
import { syncJobCounters, type DryRun, type SyncJobCounter } from '../../contracts/sync-job';
import type { Problem } from '../../domain/errors';
import { IdFlags } from '../../domain/graph/id-flags';
import type { ObjectKind } from '../../domain/graph/identity';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import type { AppliedChunk, Change, ChunkOf, GraphWriter } from '../../domain/sync-job/graph-writer';
import type { StoredJob } from '../../domain/sync-job/ports';
import { ChunkBuilder } from './chunk-builder';
import type { GraphDocument } from './collections';
import type { Database } from './database';
import { deleted, deleteErrors, touching } from './end-objects';
import { bytesOf, idAt, idToText } from './packed-ids';
import { planRawData } from './raw-data';
import type { AsIf } from './relationship-ends';
import { decideChanges } from './write-changes';

const maxSample = 20;
const maxProblems = 50;

const partOf = { entity: 'entities', relationship: 'relationships' } as const;
type Outcome = keyof DryRun['sample']['entities'];

/**
 * Decides what each piece of a plan would do, and remembers instead of writing: later pieces see an object that was deleted as
 * gone and one that was created as there.
 */
export class DryRunGraph implements GraphWriter, AsIf {
  private readonly fate: Readonly<Record<ObjectKind, IdFlags>>;
  private readonly chunks = { entity: new Set<string>(), relationship: new Set<string>() };
  private readonly counts: Partial<Record<SyncJobCounter, number>> = {};
  private readonly problems: Problem[] = [];
  private readonly sample = { entities: emptySample(), relationships: emptySample() };

  constructor(
    private readonly database: Database,
    private readonly session: ClientSession,
    maxRemembered: number,
  ) {
    this.fate = { entity: new IdFlags(maxRemembered), relationship: new IdFlags(maxRemembered) };
  }

  isLive(kind: ObjectKind, id: Uint8Array): boolean | undefined {
    const fate = this.fate[kind].get(id);
    // An end that may have been created, for all that is remembered: take it as there.
    return fate ?? (this.fate[kind].hasOverflown && kind === 'entity' ? true : undefined);
  }

  outcome() {
    const { counts, problems, sample, fate } = this;
    return { counts, problems, sample, estimated: fate.entity.hasOverflown || fate.relationship.hasOverflown };
  }

  async applyChanges(of: ChunkOf, changes: readonly Change[]): Promise<void> {
    await this.once(of, async (chunk) => {
      const request = { of, changes, chunk, session: this.session, assumeNew: false, asIf: this };
      const { written, current } = await decideChanges(this.database, request);
      if (of.kind === 'entity') planRawData({ of, changes, chunk, written, current });
      for (const document of written.inserts) this.note(of.kind, 'created', document);
      for (const { before } of written.updates) this.note(of.kind, before._deleted ? 'created' : 'updated', before);
    });
  }

  async applyDeletes(of: ChunkOf, rows: Uint8Array, keepTypes: readonly string[]): Promise<void> {
    await this.once(of, async (chunk) => {
      const ids: Binary[] = [];
      for (let at = 0; at < rows.length; at += manifestRowBytes) ids.push(idAt(rows, at));
      const found = await this.find(of, ids);
      const kept = new Set(keepTypes);
      await this.end(
        of,
        chunk,
        found.filter(({ _type }) => !kept.has(_type)),
      );
    });
  }

  async applyExplicitDeletes(of: ChunkOf, ids: Uint8Array, unresolvable: number): Promise<void> {
    await this.once(of, async (chunk) => {
      const wanted = new Map<string, Binary>();
      for (let at = 0; at < ids.length; at += 16) wanted.set(idToText(idAt(ids, at)), idAt(ids, at));
      const live = await this.find(of, [...wanted.values()]);
      chunk.add(deleteErrors[of.kind], wanted.size - live.length + unresolvable);
      const found = new Set(live.map(({ _id }) => idToText(_id)));
      for (const id of wanted.keys()) {
        if (!found.has(id)) chunk.problem({ where: `${of.kind} ${id}`, what: 'named for deletion, but there is none' });
      }
      await this.end(of, chunk, live);
    });
  }

  async appliedChunks(_job: StoredJob, kind: ObjectKind): Promise<ReadonlySet<string>> {
    return await Promise.resolve(this.chunks[kind]);
  }

  async totals(): Promise<AppliedChunk> {
    return await Promise.resolve({ counts: this.counts, problems: this.problems });
  }

  private async once(of: ChunkOf, work: (chunk: ChunkBuilder) => Promise<void>): Promise<void> {
    const builder = new ChunkBuilder(of);
    await work(builder);
    const [{ counts, problems } = { counts: {}, problems: [] }] = builder.documents();
    for (const name of syncJobCounters) {
      const count = counts[name];
      if (count !== undefined) this.counts[name] = (this.counts[name] ?? 0) + count;
    }
    this.problems.push(...problems.slice(0, maxProblems - this.problems.length));
    this.chunks[of.kind].add(of.chunk);
  }

  /** Those of the ids that are live as the run has left them. Of one that it created there is nothing to read but the id. */
  private async find({ kind, job }: ChunkOf, ids: readonly Binary[]): Promise<readonly Found[]> {
    const { entities, relationships } = this.database.collections;
    const graph = kind === 'entity' ? entities : relationships;
    const filter = { _id: { $in: [...ids] }, _accountId: job.scope.account };
    const options = { session: this.session, projection: { _key: 1, _type: 1, _deleted: 1 }, hint: { _id: 1 } };
    const present = new Map((await graph.find(filter, options).toArray()).map((found) => [idToText(found._id), found]));
    return ids.flatMap((_id): readonly Found[] => {
      const document = present.get(idToText(_id));
      const isLive = this.fate[kind].get(bytesOf(_id)) ?? document?._deleted === false;
      return isLive ? [{ _id, _key: document?._key, _type: document?._type ?? '' }] : [];
    });
  }

  private async end(of: ChunkOf, chunk: ChunkBuilder, ending: readonly Found[]): Promise<void> {
    chunk.add(deleted[of.kind], ending.length);
    for (const object of ending) this.note(of.kind, 'deleted', object);
    if (of.kind !== 'entity' || ending.length === 0) return;
    const found = await this.database.collections.relationships
      .find(touching(ending.map(({ _id }) => _id)), { session: this.session, projection: { _key: 1 } })
      .toArray();
    const ended = found.filter(({ _id }) => this.fate.relationship.get(bytesOf(_id)) !== false);
    chunk.add('numRelationshipsDeleted', ended.length);
    for (const relationship of ended) this.note('relationship', 'deleted', relationship);
  }

  private note(kind: ObjectKind, outcome: Outcome, object: Pick<Found, '_id' | '_key'>): void {
    if (outcome !== 'updated') this.fate[kind].set(bytesOf(object._id), outcome === 'created');
    const sample = this.sample[partOf[kind]][outcome];
    if (sample.length < maxSample && object._key !== undefined) sample.push(object._key);
  }
}

type Found = Pick<GraphDocument, '_id' | '_type'> & { readonly _key: string | undefined };

const emptySample = (): Record<Outcome, string[]> => ({ created: [], updated: [], deleted: [] });
