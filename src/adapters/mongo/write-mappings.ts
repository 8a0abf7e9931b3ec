import type { AnyBulkWriteOperation, Binary, ClientSession } from 'mongodb';
import { SyncMode } from '../../contracts/sync-job';
import { isMergingMode } from '../../domain/graph/decide-change';
import { bytesToUuid, keyNamespace, scopeId, uuidV5 } from '../../domain/graph/identity';
import { manifestStamp } from '../../domain/graph/manifest-rows';
import { decideMapping, type MappedRelationship } from '../../domain/mapping/decide-mapping';
import { filtersOf } from '../../domain/mapping/target-filter';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import type { ChunkBuilder } from './chunk-builder';
import type { GraphDocument, MappingDocument } from './collections';
import type { Database } from './database';
import { findTargets, maxMatches } from './find-targets';
import { endGenerated } from './end-mappings';
import { contentOf, noteUnsettled, scopeOfMapping, takeTurn } from './mapping-documents';
import { writeMapped } from './write-mapped';
import { idAt, idFromText, idToText } from './packed-ids';

interface MappingRequest {
  readonly of: WriteOf;
  /** Changes of mapped relationships alone. */
  readonly changes: readonly Change[];
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
}

/** A contributor whose targets have to be looked for. */
export interface Evaluation {
  readonly change: Change;
  readonly id: string;
  readonly next: MappedRelationship;
  /** As it was; undefined when it is new or has ended. */
  readonly live: MappingDocument | undefined;
  readonly version: number;
  readonly source: { readonly id: Binary; readonly key: string };
}

interface Before {
  readonly mappings: ReadonlyMap<string, MappingDocument>;
  /** Plain relationships that had the same key. */
  readonly plain: ReadonlyMap<string, GraphDocument>;
}

/** Applies changes of contributors: decides which must be evaluated, finds their targets, and writes what follows. */
export async function writeMappings(database: Database, request: MappingRequest): Promise<void> {
  const { of, changes, chunk, session } = request;
  const { account } = of.by.scope;
  const before = await findBefore(database, request);
  const deciding = changes.flatMap((change) => decideOne(of, chunk, change, before) ?? []);
  if (deciding.length === 0) return;
  await takeTurn(database, account, session);
  const live = await liveEntities(
    database,
    account,
    session,
    deciding.map(({ sourceId }) => sourceId),
  );
  const evaluations = deciding.flatMap(({ sourceId, ...rest }): Evaluation[] => {
    const key = live.get(sourceId);
    if (key !== undefined) return [{ ...rest, source: { id: idFromText(sourceId), key } }];
    const name = rest.next.mapping.sourceEntityKey;
    refuse(
      chunk,
      rest,
      `sourceEntityKey "${name}" names no entity of the job's scope that exists after this job's entities were finalized`,
    );
    return [];
  });
  const filters = evaluations.map(({ next }) => filtersOf(next.mapping));
  const found = await findTargets(database, { account, alternatives: filters, session });
  const resolved = evaluations.flatMap((evaluation, i) => {
    const matches = found[i] ?? [];
    const filter = filters[i]?.[0];
    if (!filter) refuse(chunk, evaluation, 'targetEntity has no values for any of targetFilterKeys');
    else if (matches.length > maxMatches)
      refuse(chunk, evaluation, `its filter matches more than ${maxMatches} entities`);
    else return [{ ...evaluation, matches, filter }];
    return [];
  });
  if (resolved.length === 0) return;
  const made = await writeMapped(database, { of, chunk, session, resolved });
  await replaceContributors(database, request, made);
  await endPlain(database, request, before, resolved);
}

async function findBefore(database: Database, { of, changes, session }: MappingRequest): Promise<Before> {
  const { mappings, relationships } = database.collections;
  const filter = { _id: { $in: changes.map(({ id }) => idAt(id, 0)) }, _accountId: of.by.scope.account };
  const options = { session, hint: { _id: 1 } } as const;
  const contributors = await mappings.find(filter, options).toArray();
  const plain = await relationships.find(filter, options).toArray();
  return {
    mappings: new Map(contributors.map((document) => [idToText(document._id), document])),
    plain: new Map(plain.map((document) => [idToText(document._id), document])),
  };
}

function decideOne(
  of: WriteOf,
  chunk: ChunkBuilder,
  change: Change,
  before: Before,
): (Omit<Evaluation, 'source'> & { readonly sourceId: string }) | undefined {
  const id = bytesToUuid(change.id);
  const any = before.mappings.get(id);
  const live = any?._deleted === false ? any : undefined;
  const mode = of.by.mode;
  const decision = decideMapping({
    content: change.content,
    current: live && contentOf(live),
    isStale: live?.stale ?? false,
    mode,
  });
  if (decision.action === 'none') {
    if (live && !isMergingMode(mode)) {
      chunk.row(scopeIdOf(of, live), change.id, change.hash, manifestStamp(live._version, false));
    }
    return undefined;
  }
  if (decision.action === 'error') {
    refuse(chunk, { change, id, live }, decision.reason);
    return undefined;
  }
  const scope = live ? scopeOfMapping(live) : of.by.scope;
  return {
    change,
    id,
    next: decision.next,
    live,
    version: Math.max(any?._version ?? 0, before.plain.get(id)?._version ?? 0) + 1,
    sourceId: bytesToUuid(uuidV5(sha1, keyNamespace(sha1, scope, 'entity'), decision.next.mapping.sourceEntityKey)),
  };
}

function refuse(
  chunk: ChunkBuilder,
  { change, id, live }: Pick<Evaluation, 'change' | 'id' | 'live'>,
  what: string,
): void {
  chunk.add(live ? 'numMappedRelationshipUpdateErrors' : 'numMappedRelationshipCreateErrors');
  chunk.problem({ where: `relationship ${change.content.key ?? live?._key ?? id}`, what });
}

/** Keys of the live entities among these. */
async function liveEntities(
  database: Database,
  account: string,
  session: ClientSession,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = database.collections.entities.find(
    { _id: { $in: [...new Set(ids)].map(idFromText) }, _accountId: account, _deleted: false },
    { session, projection: { _id: 1, _key: 1 }, hint: { _id: 1 } },
  );
  return new Map(await found.map(({ _id, _key }) => [idToText(_id), _key] as const).toArray());
}

/** What a contributor has now that it was evaluated. */
export interface Made {
  readonly evaluation: Evaluation;
  readonly relationshipIds: readonly Binary[];
  readonly targetIds: readonly Binary[];
  /** Those of `targetIds` that were there before. */
  readonly joined: readonly Binary[];
}

async function replaceContributors(database: Database, request: MappingRequest, made: readonly Made[]): Promise<void> {
  const { of, chunk, session } = request;
  const { scope, mode, at } = of.by;
  const operations = made.map(({ evaluation, relationshipIds, targetIds }): AnyBulkWriteOperation<MappingDocument> => {
    const { change, live, next, version, source } = evaluation;
    const owner = live ? scopeOfMapping(live) : scope;
    const replacement: Omit<MappingDocument, '_id'> = {
      _accountId: owner.account,
      _source: owner.source,
      _scope: owner.scope,
      _key: live?._key ?? change.content.key ?? '',
      _type: next.type,
      _version: version,
      _deleted: false,
      content: JSON.stringify(next),
      contributedOn: at,
      sourceEntityId: source.id,
      relationshipIds: [...relationshipIds],
      targetIds: [...targetIds],
      stale: false,
    };
    const describesAll = !live || mode === SyncMode.diff;
    chunk.row(scopeIdOf(of, live), change.id, describesAll ? change.hash : null, manifestStamp(version, false));
    return { replaceOne: { filter: { _id: idAt(change.id, 0) }, replacement, upsert: true } };
  });
  await database.collections.mappings.bulkWrite(operations, { session, ordered: true });
  const left = made.flatMap(({ evaluation }) => evaluation.live?.targetIds ?? []);
  await noteUnsettled(database, {
    account: scope.account,
    settlementId: of.by.settlementId,
    targets: [...left, ...made.flatMap(({ joined }) => joined)],
    session,
  });
}

/** A key that was a plain relationship and is a mapped one now. */
async function endPlain(
  database: Database,
  { of, chunk, session }: MappingRequest,
  { plain }: Before,
  resolved: readonly Evaluation[],
): Promise<void> {
  const ids = resolved.flatMap(({ id }) => (plain.get(id)?._deleted === false ? [idFromText(id)] : []));
  chunk.add('numRelationshipsDeleted', await endGenerated(database, { of, chunk, session }, ids));
}

const scopeIdOf = ({ by }: WriteOf, live: MappingDocument | undefined): string =>
  live ? scopeId(sha1, scopeOfMapping(live)) : by.scopeId;
