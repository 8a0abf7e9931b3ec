import type { Binary, ClientSession, Filter } from 'mongodb';
import { scopeId } from '../../domain/graph/identity';
import { manifestStamp } from '../../domain/graph/manifest-rows';
import { contributorOf, mapperSource } from '../../domain/mapping/mapper-objects';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import type { ChunkBuilder } from './chunk-builder';
import type { GraphDocument, MappingDocument } from './collections';
import { countEnding } from './count-objects';
import type { Database } from './database';
import { hasMappings, noteUnsettled, scopeOfMapping, takeTurn } from './mapping-documents';
import { bytesOf, idFromText, idToText } from './packed-ids';

interface EndRequest {
  readonly of: WriteOf;
  /** Takes the counts. */
  readonly chunk: ChunkBuilder;
  /** Takes the manifest rows, which are those of relationships. */
  readonly rows: ChunkBuilder;
  readonly session: ClientSession;
}

/** Ends contributors of one kind of ids: what was made of them ends with them, and their targets are settled later. */
export async function endMappingsByIds(
  database: Database,
  request: EndRequest & { readonly ids: readonly Binary[]; readonly keepTypes: readonly string[] },
): Promise<readonly MappingDocument[]> {
  const { of, session, ids, keepTypes } = request;
  const account = of.by.scope.account;
  if (!(await hasMappings(database, account, session))) return [];
  const filter: Filter<MappingDocument> = { _id: { $in: [...ids] }, _accountId: account, _deleted: false };
  const found = await database.collections.mappings
    .find(
      { ...filter, ...(keepTypes.length > 0 && { _type: { $nin: [...keepTypes] } }) },
      { session, hint: { _id: 1 } },
    )
    .toArray();
  await endMappings(database, request, found);
  return found;
}

/** What the end of entities and relationships means for the contributors that they belong to. */
export async function disturbMappings(
  database: Database,
  request: EndRequest & { readonly entities: readonly Binary[]; readonly relationships: readonly GraphDocument[] },
): Promise<void> {
  const { of, session, rows, entities, relationships } = request;
  const account = of.by.scope.account;
  const generated = relationships.filter(({ _source }) => _source === mapperSource);
  if (generated.length === 0 && entities.length === 0) return;
  if (!(await hasMappings(database, account, session))) return;
  const contributors = new Set(generated.map(({ _key }) => contributorOf(_key)));
  const { mappings } = database.collections;
  const touched = await mappings
    .find(
      {
        _accountId: account,
        _deleted: false,
        $or: [
          { _id: { $in: [...contributors].map(idFromText) } },
          { sourceEntityId: { $in: [...entities] } },
          { targetIds: { $in: [...entities] } },
        ],
      },
      { session },
    )
    .toArray();
  const ended = new Set(entities.map(idToText));
  await endMappings(
    database,
    request,
    touched.filter(({ sourceEntityId }) => ended.has(idToText(sourceEntityId))),
  );
  const disturbed = touched.filter(({ sourceEntityId }) => !ended.has(idToText(sourceEntityId)));
  if (disturbed.length === 0) return;
  await mappings.updateMany(
    { _id: { $in: disturbed.map(({ _id }) => _id) } },
    {
      $set: { stale: true },
      $inc: { _version: 1 },
      $pullAll: { relationshipIds: generated.map(({ _id }) => _id), targetIds: [...entities] },
    },
    { session },
  );
  for (const mapping of disturbed) {
    // Without a hash, so that the next job looks at it.
    rows.row(scopeIdOf(mapping), bytesOf(mapping._id), null, manifestStamp(mapping._version + 1, false));
  }
}

async function endMappings(
  database: Database,
  { of, chunk, rows, session }: EndRequest,
  ending: readonly MappingDocument[],
): Promise<void> {
  if (ending.length === 0) return;
  const { mappings } = database.collections;
  const account = of.by.scope.account;
  await takeTurn(database, account, session);
  const made = ending.flatMap(({ relationshipIds }) => relationshipIds);
  chunk.add('numMappedRelationshipsDeleted', await endGenerated(database, { of, chunk, session }, made));
  await mappings.updateMany(
    { _id: { $in: ending.map(({ _id }) => _id) } },
    { $set: { _deleted: true, stale: false, relationshipIds: [], targetIds: [] } },
    { session },
  );
  await noteUnsettled(database, {
    account,
    settlementId: of.by.settlementId,
    targets: ending.flatMap(({ targetIds }) => targetIds),
    session,
  });
  for (const mapping of ending) {
    rows.row(scopeIdOf(mapping), bytesOf(mapping._id), null, manifestStamp(mapping._version, true));
  }
}

/** @returns how many were live. */
export async function endGenerated(
  database: Database,
  { of, chunk, session }: Pick<EndRequest, 'of' | 'chunk' | 'session'>,
  ids: readonly Binary[],
): Promise<number> {
  if (ids.length === 0) return 0;
  await countEnding(database, { kind: 'relationship', ids, chunk, session });
  chunk.changed.addAll('relationship', ids);
  const { modifiedCount } = await database.collections.relationships.updateMany(
    { _id: { $in: [...ids] }, _deleted: false },
    { $set: { _deleted: true, _endOn: of.by.at } },
    { session },
  );
  return modifiedCount;
}

const scopeIdOf = (mapping: MappingDocument): string => scopeId(sha1, scopeOfMapping(mapping));
