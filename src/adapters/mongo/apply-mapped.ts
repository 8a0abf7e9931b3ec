import type { ClientSession } from 'mongodb';
import { bytesToUuid } from '../../domain/graph/identity';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { WriteOf } from './write-of';
import type { ChunkBuilder } from './chunk-builder';
import type { Database } from './database';
import { endMappingsByIds } from './end-mappings';
import { hasMappings, openTurns } from './mapping-documents';
import { idAt, idToText } from './packed-ids';
import { writeMappings } from './write-mappings';

/** Changes of one transaction: each mapped relationship may have many targets. */
const changesPerTransaction = 250;

type Once = (of: WriteOf, work: (session: ClientSession, chunk: ChunkBuilder) => Promise<void>) => Promise<void>;

/**
 * Applies those changes of a chunk that are mapped relationships, some per transaction, before the chunk itself: what the chunk's
 * marker says is done then includes them. @returns the other changes.
 */
export async function applyMapped(
  database: Database,
  of: WriteOf,
  changes: readonly Change[],
  once: Once,
): Promise<readonly Change[]> {
  const isMapped = await mappedOf(database, of, changes);
  if (!changes.some(isMapped)) return changes;
  await openTurns(database, of.by.scope.account);
  // By place among all changes, so that a second run makes the same pieces.
  for (let at = 0; at < changes.length; at += changesPerTransaction) {
    const mapped = changes.slice(at, at + changesPerTransaction).filter(isMapped);
    if (mapped.length === 0) continue;
    await once({ ...of, chunk: `${of.chunk}.m${at / changesPerTransaction}` }, async (session, chunk) => {
      await writeMappings(database, { of, changes: mapped, chunk, session });
    });
  }
  return changes.filter((change) => !isMapped(change));
}

/** Tells the changes of mapped relationships from the others. */
export async function mappedOf(
  database: Database,
  of: WriteOf,
  changes: readonly Change[],
  session?: ClientSession,
): Promise<(change: Change) => boolean> {
  const known = await knownMappings(database, of, changes.filter(isBare), session);
  return (change) => hasMapping(change) || known.has(bytesToUuid(change.id));
}

/** Most texts are not read: a first sync writes plain relationships without. */
function hasMapping(change: Change): boolean {
  const text = Buffer.from(change.text.buffer, change.text.byteOffset, change.text.length);
  const mayHave = text.includes('"_mapping"') || text.includes('\\u');
  return mayHave && change.content.mapping !== undefined;
}

/** In merging modes a change may name its object alone, which then says what it is. */
const isBare = (change: Change): boolean => {
  if (change.isNew) return false;
  const { mapping, from, to } = change.content;
  return !mapping && !from && !to;
};

async function knownMappings(
  database: Database,
  of: WriteOf,
  bare: readonly Change[],
  session: ClientSession | undefined,
): Promise<ReadonlySet<string>> {
  if (bare.length === 0) return new Set();
  const found = database.collections.mappings.find(
    { _id: { $in: bare.map(({ id }) => idAt(id, 0)) }, _accountId: of.by.scope.account, _deleted: false },
    { projection: { _id: 1 }, hint: { _id: 1 }, ...(session && { session }) },
  );
  return new Set(await found.map(({ _id }) => idToText(_id)).toArray());
}

/**
 * Keys that were mapped relationships and are plain ones now: their mappings end.
 * @returns the versions that any of these keys had as a mapped one, live or not.
 */
export async function endUnmapped(
  database: Database,
  request: {
    readonly of: WriteOf;
    readonly changes: readonly Change[];
    readonly chunk: ChunkBuilder;
    readonly session: ClientSession;
  },
): Promise<ReadonlyMap<string, number> | undefined> {
  const { of, changes, chunk, session } = request;
  const account = of.by.scope.account;
  if (changes.length === 0 || !(await hasMappings(database, account, session))) return undefined;
  const ids = changes.map(({ id }) => idAt(id, 0));
  const found = await database.collections.mappings
    .find({ _id: { $in: ids }, _accountId: account }, { session, projection: { _version: 1 }, hint: { _id: 1 } })
    .toArray();
  if (found.length === 0) return undefined;
  await endMappingsByIds(database, {
    of,
    chunk,
    rows: chunk,
    session,
    ids: found.map(({ _id }) => _id),
    keepTypes: [],
  });
  return new Map(found.map(({ _id, _version }) => [idToText(_id), _version]));
}
