import type { Binary, ClientSession, Filter } from 'mongodb';
import type { DryRun } from '../../contracts/sync-job';
import { IdFlags } from '../../domain/graph/id-flags';
import { bytesToUuid, type ObjectKind } from '../../domain/graph/identity';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import { decideMapping } from '../../domain/mapping/decide-mapping';
import { mapperSource } from '../../domain/mapping/mapper-objects';
import type { AppliedChunk, Change, ChunkOf, GraphWriter } from '../../domain/sync-job/graph-writer';
import type { StoredJob } from '../../domain/sync-job/ports';
import { mappedOf } from './apply-mapped';
import { ChunkBuilder } from './chunk-builder';
import { ChunkTotals } from './chunk-totals';
import type { GraphDocument } from './collections';
import type { Database } from './database';
import { deleted, deleteErrors, touching } from './end-objects';
import { contentOf, hasMappings } from './mapping-documents';
import { bytesOf, idAt, idsIn, idToText } from './packed-ids';
import { planRawData } from './raw-data';
import type { AsIf } from './relationship-ends';
import { decideChanges, partsOf } from './write-changes';
import { writeOf, type WriteOf } from './write-of';

const maxSample = 20;

const partOf = { entity: 'entities', relationship: 'relationships' } as const;
type Outcome = keyof DryRun['sample']['entities'];

/**
 * Decides what each piece of a plan would do, and remembers instead of writing: later pieces see an object that was deleted as
 * gone and one that was created as there.
 */
export class DryRunGraph implements GraphWriter, AsIf {
  private readonly fate: Readonly<Record<ObjectKind, IdFlags>>;
  private readonly chunks = { entity: new Set<string>(), relationship: new Set<string>() };
  private readonly sums = new ChunkTotals();
  /** What the mapper makes of a change depends on all entities of the account, and is not worked out here. */
  private meetsMapper = false;
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
    const { sums, sample, fate } = this;
    const hasOverflown = fate.entity.hasOverflown || fate.relationship.hasOverflown;
    return { counts: sums.counts, problems: sums.problems, sample, estimated: hasOverflown || this.meetsMapper };
  }

  async applyChanges(chunkOf: ChunkOf, all: readonly Change[]): Promise<void> {
    const of = writeOf(chunkOf);
    await this.once(of, async (chunk) => {
      const changes = of.kind === 'entity' ? all : await this.applyMapped(of, chunk, all);
      for (const part of partsOf(changes)) await this.decide(of, chunk, part);
    });
  }

  private async decide(of: WriteOf, chunk: ChunkBuilder, changes: readonly Change[]): Promise<void> {
    const request = { of, changes, chunk, session: this.session, assumeNew: false, asIf: this };
    const { written, current } = await decideChanges(this.database, request);
    if (of.kind === 'entity') planRawData({ of, changes, chunk, written, current });
    for (const document of written.inserts) this.note(of.kind, 'created', document);
    for (const { before } of written.updates) this.note(of.kind, before._deleted ? 'created' : 'updated', before);
  }

  async applyDeletes(chunkOf: ChunkOf, rows: Uint8Array, keepTypes: readonly string[]): Promise<void> {
    const of = writeOf(chunkOf);
    await this.once(of, async (chunk) => {
      const ids = idsIn(rows, manifestRowBytes);
      const found = await this.find(of, ids);
      const kept = new Set(keepTypes);
      await this.end(
        of,
        chunk,
        found.filter(({ _type }) => !kept.has(_type)),
      );
      if (of.kind === 'relationship') await this.endMappings(of, chunk, ids, kept);
    });
  }

  async applyExplicitDeletes(chunkOf: ChunkOf, ids: Uint8Array, unresolvable: number): Promise<void> {
    const of = writeOf(chunkOf);
    await this.once(of, async (chunk) => {
      const wanted = new Map(idsIn(ids).map((id) => [idToText(id), id]));
      const live = await this.find(of, [...wanted.values()]);
      const found = new Set(live.map(({ _id }) => idToText(_id)));
      if (of.kind === 'relationship') {
        const unknown = [...wanted].filter(([id]) => !found.has(id)).map(([, id]) => id);
        for (const id of await this.endMappings(of, chunk, unknown, new Set())) found.add(id);
      }
      chunk.add(deleteErrors[of.kind], wanted.size - found.size + unresolvable);
      for (const id of wanted.keys()) {
        if (!found.has(id)) chunk.problem({ where: `${of.kind} ${id}`, what: 'named for deletion, but there is none' });
      }
      await this.end(of, chunk, live);
    });
  }

  async settleTargets(): Promise<number> {
    return await Promise.resolve(0);
  }

  async seenByAll(): Promise<void> {
    await Promise.resolve();
  }

  async appliedChunks(_job: StoredJob, kind: ObjectKind): Promise<ReadonlySet<string>> {
    return await Promise.resolve(this.chunks[kind]);
  }

  async totals(): Promise<AppliedChunk> {
    return await Promise.resolve(this.sums);
  }

  private async once(of: WriteOf, work: (chunk: ChunkBuilder) => Promise<void>): Promise<void> {
    const builder = new ChunkBuilder(of);
    await work(builder);
    const [own] = builder.documents();
    if (own) this.sums.add(own);
    if (of.chunk !== null) this.chunks[of.kind].add(of.chunk);
  }

  /** Those of the ids that are live as the run has left them. Of one that it created there is nothing to read but the id. */
  private async find({ kind, by }: WriteOf, ids: readonly Binary[]): Promise<readonly Found[]> {
    const { entities, relationships } = this.database.collections;
    const graph = kind === 'entity' ? entities : relationships;
    const filter = { _id: { $in: [...ids] }, _accountId: by.scope.account };
    const projection = { _key: 1, _type: 1, _source: 1, _deleted: 1 };
    const options = { session: this.session, projection, hint: { _id: 1 } };
    const present = new Map((await graph.find(filter, options).toArray()).map((found) => [idToText(found._id), found]));
    return ids.flatMap((_id): readonly Found[] => {
      const document = present.get(idToText(_id));
      const isLive = this.fate[kind].get(bytesOf(_id)) ?? document?._deleted === false;
      return isLive
        ? [{ _id, _key: document?._key, _type: document?._type ?? '', _source: document?._source ?? by.scope.source }]
        : [];
    });
  }

  private async end(of: WriteOf, chunk: ChunkBuilder, ending: readonly Found[]): Promise<void> {
    this.count(chunk, of.kind, ending);
    if (of.kind !== 'entity' || ending.length === 0) return;
    await this.endRelationships(
      chunk,
      touching(
        of.by.scope.account,
        ending.map(({ _id }) => _id),
      ),
    );
  }

  private async endRelationships(chunk: ChunkBuilder, filter: Filter<GraphDocument>): Promise<void> {
    const options = { session: this.session, projection: { _key: 1, _type: 1, _source: 1 } };
    const found = await this.database.collections.relationships.find(filter, options).toArray();
    const live = found.filter(({ _id }) => this.fate.relationship.get(bytesOf(_id)) !== false);
    this.count(chunk, 'relationship', live);
  }

  /** Notes what ends, and counts what the mapper has made apart. */
  private count(chunk: ChunkBuilder, kind: ObjectKind, ending: readonly Found[]): void {
    for (const object of ending) this.note(kind, 'deleted', object);
    const generated = kind === 'relationship' ? ending.filter(({ _source }) => _source === mapperSource).length : 0;
    if (generated > 0) this.meetsMapper = true;
    chunk.add(deleted[kind], ending.length - generated);
    chunk.add('numMappedRelationshipsDeleted', generated);
  }

  /**
   * Mapped relationships are decided upon, and their targets not looked for: each that is new or changes is counted as one.
   * @returns the other changes.
   */
  private async applyMapped(of: WriteOf, chunk: ChunkBuilder, all: readonly Change[]): Promise<readonly Change[]> {
    const account = of.by.scope.account;
    const isMapped = await mappedOf(this.database, of, all, this.session);
    const changes = all.filter(isMapped);
    const plain = all.filter((change) => !isMapped(change));
    const idsOf = (some: readonly Change[]) => some.map(({ id }) => idAt(id, 0));
    // A key that was a mapped relationship and is a plain one now.
    await this.endMappings(of, chunk, idsOf(plain), new Set());
    if (changes.length === 0) return plain;
    this.meetsMapper = true;
    const known = this.database.collections.mappings.find(
      { _id: { $in: idsOf(changes) }, _accountId: account, _deleted: false },
      { session: this.session, hint: { _id: 1 } },
    );
    const current = new Map((await known.toArray()).map((mapping) => [idToText(mapping._id), mapping]));
    for (const { id, content } of changes) {
      const live = current.get(bytesToUuid(id));
      const mode = of.by.mode;
      const decision = decideMapping({
        content,
        current: live && contentOf(live),
        isStale: live?.stale ?? false,
        mode,
      });
      if (decision.action === 'none') continue;
      chunk.add(mappedCounters[live ? 'update' : 'create'][decision.action === 'error' ? 'error' : 'done']);
      if (decision.action === 'error') {
        chunk.problem({ where: `relationship ${content.key ?? live?._key ?? ''}`, what: decision.reason });
      }
    }
    // A key that was a plain relationship and is a mapped one now.
    await this.end(of, chunk, await this.find(of, idsOf(changes)));
    return plain;
  }

  /** Ends mapped relationships with what was made of them. @returns their ids. */
  private async endMappings(
    { by }: WriteOf,
    chunk: ChunkBuilder,
    ids: readonly Binary[],
    keepTypes: ReadonlySet<string>,
  ): Promise<readonly string[]> {
    const { account } = by.scope;
    if (ids.length === 0 || !(await hasMappings(this.database, account, this.session))) return [];
    const found = await this.database.collections.mappings
      .find(
        { _id: { $in: [...ids] }, _accountId: account, _deleted: false },
        { session: this.session, hint: { _id: 1 } },
      )
      .toArray();
    const ending = found.filter(
      ({ _id, _type }) => !keepTypes.has(_type) && this.fate.relationship.get(bytesOf(_id)) !== false,
    );
    if (ending.length === 0) return [];
    this.meetsMapper = true;
    for (const { _id } of ending) this.fate.relationship.set(bytesOf(_id), false);
    await this.endRelationships(chunk, {
      _id: { $in: ending.flatMap(({ relationshipIds }) => relationshipIds) },
      _deleted: false,
    });
    return ending.map(({ _id }) => idToText(_id));
  }

  private note(kind: ObjectKind, outcome: Outcome, object: Pick<Found, '_id' | '_key'>): void {
    if (outcome !== 'updated') this.fate[kind].set(bytesOf(object._id), outcome === 'created');
    const sample = this.sample[partOf[kind]][outcome];
    if (sample.length < maxSample && object._key !== undefined) sample.push(object._key);
  }
}

const mappedCounters = {
  create: { done: 'numMappedRelationshipsCreated', error: 'numMappedRelationshipCreateErrors' },
  update: { done: 'numMappedRelationshipsUpdated', error: 'numMappedRelationshipUpdateErrors' },
} as const;

type Found = Pick<GraphDocument, '_id' | '_type' | '_source'> & { readonly _key: string | undefined };

const emptySample = (): Record<Outcome, string[]> => ({ created: [], updated: [], deleted: [] });
