import type { Binary, ClientSession } from 'mongodb';
import { SyncMode } from '../../contracts/sync-job';
import { decideChange, isMergingMode, type Decision, type NewState } from '../../domain/graph/decide-change';
import { bytesToUuid, scopeId, type ObjectKind } from '../../domain/graph/identity';
import { manifestStamp } from '../../domain/graph/manifest-rows';
import type { ObjectContent } from '../../domain/graph/object-content';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import { objectCounters, type ChunkBuilder } from './chunk-builder';
import type { GraphDocument, VersionDocument } from './collections';
import { graphOf, type Database } from './database';
import { documentDifference } from './document-difference';
import { buildDocument, readState, type Ownership } from './graph-document';
import { bytesOf, idAt, idToText } from './packed-ids';
import { planRawData, writeRawData } from './raw-data';
import { resolveEnds, touchForeignEnds, type AsIf, type ResolvedEnds } from './relationship-ends';
import { writeEncoded } from './write-encoded';

/** So many objects are in memory at a time: as bytes, as new documents, and as documents before and after. */
const encodedAtOnce = 1_000;
const newAtOnce = 1_000;
const changesAtOnce = 250;

interface WriteRequest {
  readonly of: WriteOf;
  readonly changes: readonly Change[];
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
  /** Insert without looking; a duplicate key then fails the transaction. */
  readonly assumeNew: boolean;
  /** Versions that keys had as mapped relationships, by id: the manifest takes the row of the highest. */
  readonly earlierVersions?: ReadonlyMap<string, number>;
}

interface Written {
  readonly inserts: GraphDocument[];
  readonly updates: { readonly before: GraphDocument; readonly after: GraphDocument }[];
  readonly ended: VersionDocument[];
  /** Ends in other scopes of the relationships that are written. */
  readonly foreignEnds: Binary[];
}

export async function writeChanges(database: Database, request: WriteRequest): Promise<void> {
  const { of, earlierVersions } = request;
  const isPlain = of.by.mode === SyncMode.diff && !earlierVersions;
  for (const changes of inParts(request.changes, encodedAtOnce)) {
    const left = isPlain ? await writeEncoded(database, { ...request, changes }) : changes;
    for (const some of partsOf(left)) await writeSome(database, { ...request, changes: some });
  }
}

/** The changes of a transaction, in parts whose documents are in memory at a time. */
export const partsOf = (changes: readonly Change[]): Iterable<readonly Change[]> =>
  inParts(changes, changes.every(({ isNew }) => isNew) ? newAtOnce : changesAtOnce);

function* inParts(changes: readonly Change[], size: number): Iterable<readonly Change[]> {
  for (let at = 0; at < changes.length; at += size) yield changes.slice(at, at + size);
}

async function writeSome(database: Database, request: WriteRequest): Promise<void> {
  const { of, changes, chunk, session } = request;
  const { written, current } = await decideChanges(database, request);
  await touchForeignEnds(database, { of, ends: written.foreignEnds, session });
  if (of.kind === 'entity') {
    await writeRawData(database, session, planRawData({ of, changes, chunk, written, current }));
  }
  await writeDocuments(database, of.kind, written, session);
}

/** Ended versions, then the objects themselves. */
export async function writeDocuments(
  database: Database,
  kind: ObjectKind,
  written: Written,
  session: ClientSession,
): Promise<void> {
  const { graph, versions } = graphOf(database, kind);
  if (written.ended.length > 0) await versions.insertMany(written.ended, { session, ordered: true });
  if (written.inserts.length > 0) await graph.insertMany(written.inserts, { session, ordered: true });
  if (written.updates.length > 0) {
    const operations = written.updates.map(({ before, after }) => ({
      updateOne: { filter: { _id: before._id }, update: documentDifference(before, after) },
    }));
    await graph.bulkWrite(operations, { session, ordered: true });
  }
}

/** Reads what is there and decides, without writing anything. `asIf` says of objects how they shall be taken instead. */
export async function decideChanges(
  database: Database,
  request: WriteRequest & { readonly asIf?: AsIf },
): Promise<{ readonly written: Written; readonly current: CurrentDocuments }> {
  const { of, changes, chunk, session, assumeNew, earlierVersions, asIf } = request;
  const { graph } = graphOf(database, of.kind);
  const current = assumeNew ? new Map<string, GraphDocument>() : await findCurrent(request, graph);
  if (asIf) {
    for (const [id, document] of current) {
      if (asIf.isLive(of.kind, bytesOf(document._id)) === false) current.set(id, { ...document, _deleted: true });
    }
  }
  const ends = of.kind === 'relationship' ? await resolveEnds(database, { of, changes, session, asIf }) : undefined;
  const written: Written = { inserts: [], updates: [], ended: [], foreignEnds: [] };
  for (const [i, change] of changes.entries()) {
    const id = bytesToUuid(change.id);
    const earlier = earlierVersions?.get(id) ?? 0;
    decideOne({ of, chunk, written, change, ends: ends?.[i], before: current.get(id), earlier });
  }
  return { written, current };
}

async function findCurrent(
  { of, changes, session }: WriteRequest,
  graph: Database['collections']['entities'],
): Promise<Map<string, GraphDocument>> {
  const ids = changes.map(({ id }) => idAt(id, 0));
  const found = await graph
    .find({ _id: { $in: ids }, _accountId: of.by.scope.account }, { session, hint: { _id: 1 } })
    .toArray();
  return new Map(found.map((document) => [idToText(document._id), document]));
}

function decideOne(request: {
  of: WriteOf;
  chunk: ChunkBuilder;
  written: Written;
  change: Change;
  ends: ResolvedEnds | undefined;
  before: GraphDocument | undefined;
  earlier: number;
}): void {
  const { of, chunk, written, change, ends, before, earlier } = request;
  const { by, kind } = of;
  const { mode } = by;
  const counter = objectCounters[kind];
  const isLive = before?._deleted === false;
  if (ends?.missing) {
    chunk.add(isLive ? counter.updateErrors : counter.createErrors);
    chunk.problem({ where: `relationship ${change.content.key ?? bytesToUuid(change.id)}`, what: ends.missing });
    return;
  }
  const decision: Decision = decideChange({
    content: change.content,
    ...(ends && { ends }),
    current: before && readState(before),
    mode,
    isOwn: !before || scopeOf(of, before) === by.scopeId,
  });
  switch (decision.action) {
    case 'none':
      if (before && !isMergingMode(mode)) {
        chunk.row(scopeOf(of, before), change.id, change.hash, manifestStamp(before._version, false));
      }
      return;
    case 'createError':
    case 'updateError':
      chunk.add(decision.action === 'createError' ? counter.createErrors : counter.updateErrors);
      chunk.problem({ where: `${kind} ${change.content.key ?? bytesToUuid(change.id)}`, what: decision.reason });
      return;
    case 'create':
    case 'update':
      chunk.add(decision.action === 'create' ? counter.created : counter.updated);
  }
  if (ends) written.foreignEnds.push(...ends.foreign);
  // Clients that name the time themselves must not make a version begin before the one that it ends.
  const now = Math.max(by.at, before?._endOn ?? before?._beginOn ?? 0);
  const version = Math.max(before?._version ?? 0, earlier) + 1;
  const document = buildDocument({
    id: idAt(change.id, 0),
    kind,
    owner: isLive ? ownerOf(before) : { scope: by.scope, integrationInstanceId: by.integrationInstanceId },
    lineage: {
      key: (before?._wiped ? undefined : before?._key) ?? change.content.key ?? '',
      version,
      createdOn: before && !before._wiped ? before._createdOn : now,
      beginOn: now,
    },
    state: decision.state,
    endKeys: endKeys(change.content, before),
  });
  if (before?._rawDataHashes !== undefined && isLive) document._rawDataHashes = before._rawDataHashes;
  const describesAll = decision.action === 'create' || mode === SyncMode.diff;
  chunk.row(scopeOf(of, before), change.id, describesAll ? change.hash : null, manifestStamp(version, false));
  chunk.replaced(kind, before, document);
  if (!before) {
    written.inserts.push(document);
    return;
  }
  if (!before._wiped) written.ended.push(endedVersion(before, now));
  written.updates.push({ before, after: document });
}

/** Gives a live object another state, as its next version. The bytes of no upload describe it then. */
export async function writeState(
  database: Database,
  request: {
    readonly of: WriteOf;
    readonly chunk: ChunkBuilder;
    readonly session: ClientSession;
    readonly before: GraphDocument;
    readonly state: NewState;
  },
): Promise<void> {
  const { of, chunk, session, before, state } = request;
  const { _id: id, _key: key, _createdOn: createdOn, _version } = before;
  const beginOn = Math.max(of.by.at, before._beginOn);
  const version = _version + 1;
  const lineage = { key, version, createdOn, beginOn };
  const endKeys = { from: before._fromEntityKey, to: before._toEntityKey };
  const after = buildDocument({ id, kind: of.kind, owner: ownerOf(before), lineage, state, endKeys });
  if (before._rawDataHashes !== undefined) after._rawDataHashes = before._rawDataHashes;
  chunk.row(scopeOf(of, before), bytesOf(id), null, manifestStamp(version, false));
  chunk.replaced(of.kind, before, after);
  const written = {
    inserts: [],
    updates: [{ before, after }],
    ended: [endedVersion(before, beginOn)],
    foreignEnds: [],
  };
  await writeDocuments(database, of.kind, written, session);
}

/** The document as it was; one that a deletion had ended keeps the time of that. */
export function endedVersion({ _touched, ...before }: GraphDocument, now: number): VersionDocument {
  return { ...before, _id: { id: before._id, version: before._version }, _endOn: before._endOn ?? now };
}

const ownerOf = (document: GraphDocument): Ownership => ({
  scope: { account: document._accountId, source: document._source, scope: document._scope },
  integrationInstanceId: document._integrationInstanceId ?? null,
});

/** Objects addressed by `_id` may belong to another scope, whose manifest then moves. */
function scopeOf({ by }: WriteOf, document: GraphDocument | undefined): string {
  if (!document || (document._source === by.scope.source && document._scope === by.scope.scope)) return by.scopeId;
  return scopeId(sha1, ownerOf(document).scope);
}

const endKeys = (content: ObjectContent, before: GraphDocument | undefined) => ({
  from: content.from?.key ?? before?._fromEntityKey,
  to: content.to?.key ?? before?._toEntityKey,
});

export type WrittenDocuments = Written;
export type CurrentDocuments = ReadonlyMap<string, GraphDocument>;
