import type { Binary, ClientSession, Filter } from 'mongodb';
import { scopeId, type ObjectKind } from '../../domain/graph/identity';
import { manifestRowBytes, manifestStamp, versionOfStamp } from '../../domain/graph/manifest-rows';
import { mapperSource } from '../../domain/mapping/mapper-objects';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import { ChunkBuilder } from './chunk-builder';
import type { GraphDocument } from './collections';
import { countEnding } from './count-objects';
import type { Database } from './database';
import { disturbMappings, endMappingsByIds } from './end-mappings';
import { takeTurn } from './mapping-documents';
import { noteEndedBeside } from './ended-beside';
import { bytesOf, idAt, idsIn, idToText } from './packed-ids';

interface EndRequest {
  readonly of: WriteOf;
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
}

export const deleted = { entity: 'numEntitiesDeleted', relationship: 'numRelationshipsDeleted' } as const;
export const deleteErrors = { entity: 'numEntityDeleteErrors', relationship: 'numRelationshipDeleteErrors' } as const;

/**
 * An object ends in place: the document stays under its id, marked, and is the last version of its history. Only what no index
 * covers changes, so an ending costs less than a removal.
 */
export async function endByRows(
  database: Database,
  request: EndRequest & { readonly rows: Uint8Array; readonly keepTypes: readonly string[] },
): Promise<void> {
  const { of, chunk, session, rows, keepTypes } = request;
  const graph = graphOf(database, of.kind);
  const ids = idsIn(rows, manifestRowBytes);
  const kept = new Set<string>();
  if (keepTypes.length > 0) {
    const filter = { _id: { $in: ids }, _type: { $in: [...keepTypes] }, _deleted: false };
    const options = { session, projection: { _id: 1 }, hint: { _id: 1 } } as const;
    for await (const { _id } of graph.find(filter, options)) kept.add(idToText(_id));
    if (of.kind === 'relationship') {
      for await (const { _id } of database.collections.mappings.find(filter, options)) kept.add(idToText(_id));
    }
  }
  const ending = kept.size === 0 ? ids : ids.filter((id) => !kept.has(idToText(id)));
  chunk.add(deleted[of.kind], await endAtVersions(database, request, { rows, ending }));
  const ended = kept.size === 0 ? rows.slice() : rowsOf(rows, (at) => !kept.has(idToText(idAt(rows, at))));
  markEnded(ended);
  chunk.packedRows(of.by.scopeId, ended);
  if (of.kind === 'entity') await endRelationshipsOf(database, request, ending);
  else await endMappingsByIds(database, { ...request, rows: chunk, ids: ending });
}

/** Versions that get a statement of their own; objects of further ones are looked at first. */
const versionsAtOnce = 16;

/**
 * Ends the objects of a plan's rows at the versions that the rows name, as the manifest will have it. An object that a job of
 * another scope has changed since the plan was made has a higher version; it is ended at that, and the manifest told so.
 */
async function endAtVersions(
  database: Database,
  request: EndRequest,
  { rows, ending }: { readonly rows: Uint8Array; readonly ending: readonly Binary[] },
): Promise<number> {
  if (ending.length === 0) return 0;
  const { of, chunk, session } = request;
  const versions = versionsOf(rows);
  await countEnding(database, { kind: of.kind, ids: ending, chunk, session });
  chunk.changed.addAll(of.kind, ending);
  const groups = Map.groupBy(ending, (id) => versions.get(idToText(id)) ?? 0);
  const graph = graphOf(database, of.kind);
  const { modifiedCount } = await graph.bulkWrite(
    [...groups].slice(0, versionsAtOnce).map(([version, ids]) => ({
      updateMany: { filter: { _id: { $in: ids }, _version: version, _deleted: false }, update: endingOf(of) },
    })),
    { session, ordered: true },
  );
  if (modifiedCount === ending.length) return modifiedCount;
  const others = await graph
    .find({ _id: { $in: [...ending] }, _deleted: false }, { session, projection: lineage, hint: { _id: 1 } })
    .toArray();
  addEndedRows(chunk, others);
  const ids = others.map(({ _id }) => _id);
  return modifiedCount + (await end(database, request, ids));
}

export async function endByIds(
  database: Database,
  request: EndRequest & { readonly ids: Uint8Array; readonly unresolvable: number },
): Promise<void> {
  const { of, chunk, session, ids, unresolvable } = request;
  const wanted = new Map(idsIn(ids).map((id) => [idToText(id), id]));
  const filter = { _id: { $in: [...wanted.values()] }, _accountId: of.by.scope.account, _deleted: false };
  const live = await graphOf(database, of.kind)
    .find(filter, { session, projection: lineage, hint: { _id: 1 } })
    .toArray();
  const ending = live.map(({ _id }) => _id);
  if (of.kind === 'entity') await noteEndedBeside(database, { of, ended: live, session });
  if (of.kind === 'entity' && live.some(isOfMapper)) await takeTurn(database, of.by.scope.account, session);
  await end(database, request, ending);
  for (const document of live) chunk.replaced(of.kind, document, undefined);
  countEnded(chunk, of.kind, live);
  addEndedRows(chunk, live);
  const found = new Set(ending.map(idToText));
  if (of.kind === 'entity') {
    await endRelationshipsOf(database, request, ending);
  } else {
    await disturbMappings(database, { ...request, rows: chunk, entities: [], relationships: live });
    const unknown = [...wanted].filter(([id]) => !found.has(id)).map(([, id]) => id);
    const mappings = await endMappingsByIds(database, { ...request, rows: chunk, ids: unknown, keepTypes: [] });
    for (const { _id } of mappings) found.add(idToText(_id));
  }
  chunk.add(deleteErrors[of.kind], wanted.size - found.size + unresolvable);
  for (const id of wanted.keys()) {
    if (!found.has(id)) chunk.problem({ where: `${of.kind} ${id}`, what: 'named for deletion, but there is none' });
  }
}

/** Ends entities of the mapper that have lost their last contributor. No counter has them: they are not the job's own. */
export async function endTargets(
  database: Database,
  request: EndRequest & { readonly targets: readonly Binary[] },
): Promise<void> {
  const ofEntities = { ...request, of: { ...request.of, kind: 'entity' as const } };
  await countEnding(database, { ...ofEntities, kind: 'entity', ids: request.targets });
  await end(database, ofEntities, request.targets);
  await endRelationshipsOf(database, ofEntities, request.targets);
}

const lineage = {
  _id: 1,
  _accountId: 1,
  _source: 1,
  _scope: 1,
  _key: 1,
  _version: 1,
  _type: 1,
  _class: 1,
  _deleted: 1,
} as const;

/** Live relationships of any scope that begin or end at one of the entities. */
export const touching = (account: string, entities: readonly Binary[]): Filter<GraphDocument> => ({
  $or: [
    { _accountId: account, _fromEntityId: { $in: [...entities] } },
    { _accountId: account, _toEntityId: { $in: [...entities] } },
  ],
  _deleted: false,
});

/** Deleting an entity deletes its relationships, whichever scope they are in. */
export async function endRelationshipsOf(
  database: Database,
  request: EndRequest,
  entities: readonly Binary[],
): Promise<void> {
  if (entities.length === 0) return;
  const { relationships } = database.collections;
  const { chunk, of, session } = request;
  const found = await relationships
    .find(touching(of.by.scope.account, entities), { session, projection: lineage })
    .toArray();
  await end(
    database,
    { ...request, of: { ...of, kind: 'relationship' } },
    found.map(({ _id }) => _id),
  );
  for (const document of found) chunk.replaced('relationship', document, undefined);
  countEnded(chunk, 'relationship', found);
  const name = of.chunk === null ? null : `of-${of.kind}-${of.chunk}`;
  const moved = new ChunkBuilder({ ...of, kind: 'relationship', chunk: name });
  addEndedRows(moved, found);
  await disturbMappings(database, { ...request, rows: moved, entities, relationships: found });
  if (moved.hasRows) await moved.write(database, session);
}

const isOfMapper = ({ _source }: GraphDocument): boolean => _source === mapperSource;

function countEnded(chunk: ChunkBuilder, kind: ObjectKind, ended: readonly GraphDocument[]): void {
  const generated = kind === 'relationship' ? ended.filter(isOfMapper).length : 0;
  chunk.add(deleted[kind], ended.length - generated);
  chunk.add('numMappedRelationshipsDeleted', generated);
}

async function end(database: Database, { of, chunk, session }: EndRequest, ids: readonly Binary[]): Promise<number> {
  if (ids.length === 0) return 0;
  chunk.changed.addAll(of.kind, ids);
  const { modifiedCount } = await graphOf(database, of.kind).updateMany(
    { _id: { $in: [...ids] }, _deleted: false },
    // Whoever has changed the object since this time was given has begun a version that must not end before.
    [{ $set: { _deleted: true, _endOn: { $max: [of.by.at, '$_beginOn'] } } }],
    { session },
  );
  return modifiedCount;
}

const endingOf = ({ by }: WriteOf) => ({ $set: { _deleted: true, _endOn: by.at } });

function versionsOf(rows: Uint8Array): ReadonlyMap<string, number> {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  const versions = new Map<string, number>();
  for (let at = 0; at < rows.length; at += manifestRowBytes) {
    versions.set(idToText(idAt(rows, at)), versionOfStamp(view.getUint32(at + 32, true)));
  }
  return versions;
}

function addEndedRows(chunk: ChunkBuilder, documents: readonly GraphDocument[]): void {
  for (const { _id, _accountId, _source, _scope, _version } of documents) {
    const scope = scopeId(sha1, { account: _accountId, source: _source, scope: _scope });
    chunk.row(scope, bytesOf(_id), null, manifestStamp(_version, true));
  }
}

function rowsOf(rows: Uint8Array, wanted: (at: number) => boolean): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < rows.length; at += manifestRowBytes) {
    if (wanted(at)) parts.push(rows.subarray(at, at + manifestRowBytes));
  }
  return Buffer.concat(parts);
}

function markEnded(rows: Uint8Array): void {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  for (let at = 32; at < rows.length; at += manifestRowBytes) view.setUint32(at, view.getUint32(at, true) | 1, true);
}

const graphOf = (database: Database, kind: ObjectKind) =>
  kind === 'entity' ? database.collections.entities : database.collections.relationships;
