import { BSON, type ClientSession } from 'mongodb';
import { keyNamespace } from '../../domain/graph/identity';
import { manifestStamp } from '../../domain/graph/manifest-rows';
import type { Change } from '../../domain/sync-job/graph-writer';
import { sha1 } from '../digest';
import { objectCounters, type ChunkBuilder } from './chunk-builder';
import { graphOf, type Database } from './database';
import { createDocumentEncoder } from './document-encoder';
import { idAt, latin1Id } from './packed-ids';
import { findPresent } from './present-documents';
import { liveEntities } from './relationship-ends';
import { insertEncoded, updateEncoded } from './send-encoded';
import type { WriteOf } from './write-of';

const encoder = createDocumentEncoder();

interface EncodedRequest {
  /** A job of mode DIFF. */
  readonly of: WriteOf;
  readonly changes: readonly Change[];
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
  /** Insert without looking; a duplicate key then fails the transaction. */
  readonly assumeNew: boolean;
}

/**
 * Writes what can be written straight from the uploaded text: objects that are new to the graph, and next versions of live ones. No
 * document becomes an object on the way.
 * @returns the changes that are left to do in the ordinary way
 */
export async function writeEncoded(database: Database, request: EncodedRequest): Promise<readonly Change[]> {
  const { changes, assumeNew } = request;
  if (assumeNew) return await writeNew(database, request);
  const { documents, isWhole } = await findPresent(database, request);
  const absent: Change[] = [];
  const present: PresentChange[] = [];
  for (const change of changes) {
    const before = documents.get(latin1Id(change.id));
    if (before) present.push({ id: change.id, text: change.text, before, change });
    else absent.push(change);
  }
  const left = await writeNext(database, request, present);
  return [...left, ...(isWhole ? await writeNew(database, { ...request, changes: absent }) : absent)];
}

async function writeNew(database: Database, request: EncodedRequest): Promise<readonly Change[]> {
  const { of, changes, chunk, session } = request;
  const { by, kind } = of;
  const encoded = encoder.encodeNew({ ...encodingOf(of), objects: changes });
  try {
    const hasItsEnds = await endsCheck(database, { of, encoded: encoded.documents, session });
    const documents: Uint8Array[] = [];
    const left: Change[] = [];
    changes.forEach((change, i) => {
      const document = encoded.documents[i];
      if (!document || !hasItsEnds(document)) {
        left.push(change);
        return;
      }
      documents.push(document.bytes);
      chunk.counted.add(kind, document.type, document.classes, 1);
      chunk.changed.add(kind, change.id);
      chunk.row(by.scopeId, change.id, change.hash, manifestStamp(1, false));
    });
    chunk.add(objectCounters[kind].created, documents.length);
    await insertEncoded(database, { collection: graphOf(database, kind).graph, documents, session });
    return left;
  } finally {
    encoded.free();
  }
}

interface PresentChange {
  readonly id: Uint8Array;
  readonly text: Uint8Array;
  readonly before: Uint8Array;
  readonly change: Change;
}

async function writeNext(
  database: Database,
  { of, chunk, session }: EncodedRequest,
  objects: readonly PresentChange[],
): Promise<readonly Change[]> {
  const { by, kind } = of;
  const encoded = encoder.encodeNext({ ...encodingOf(of), objects });
  try {
    const hasItsEnds = await endsCheck(database, { of, encoded: encoded.documents, session });
    const ended: Uint8Array[] = [];
    const updates: Uint8Array[] = [];
    const left: Change[] = [];
    objects.forEach(({ change }, i) => {
      const next = encoded.documents[i];
      if (!next || !hasItsEnds(next)) {
        left.push(change);
        return;
      }
      const isChanged = next.outcome === 'changed';
      chunk.row(by.scopeId, change.id, change.hash, manifestStamp(next.version + (isChanged ? 1 : 0), false));
      if (!isChanged) return;
      ended.push(next.ended);
      updates.push(next.update);
      chunk.changed.add(kind, change.id);
    });
    chunk.add(objectCounters[kind].updated, updates.length);
    const { graph, versions } = graphOf(database, kind);
    await insertEncoded(database, { collection: versions, documents: ended, session });
    await updateEncoded(database, { collection: graph, documents: updates, session });
    return left;
  } finally {
    encoded.free();
  }
}

const encodingOf = (of: WriteOf) => ({
  kind: of.kind,
  template: templateOf(of),
  endNamespace: keyNamespace(sha1, of.by.scope, 'entity'),
});

/** What `buildDocument` gives every new object of a job. */
function templateOf({ by }: WriteOf): Uint8Array {
  const { scope, at: now, integrationInstanceId } = by;
  const bytes = BSON.serialize({
    _accountId: scope.account,
    _source: scope.source,
    _scope: scope.scope,
    _version: 1,
    _createdOn: now,
    _beginOn: now,
    _deleted: false,
    ...(integrationInstanceId !== null && { _integrationInstanceId: integrationInstanceId }),
  });
  // Without the length before it and the zero behind it.
  return bytes.subarray(4, bytes.length - 1);
}

interface WithEnds {
  readonly ends?: { readonly from: Uint8Array; readonly to: Uint8Array };
}

async function endsCheck(
  database: Database,
  request: {
    readonly of: WriteOf;
    readonly encoded: readonly (WithEnds | undefined)[];
    readonly session: ClientSession;
  },
): Promise<(document: WithEnds) => boolean> {
  const { of, encoded, session } = request;
  if (of.kind === 'entity') return () => true;
  const wanted = new Map(
    encoded.flatMap((document) =>
      document?.ends ? [document.ends.from, document.ends.to].map((id) => [latin1Id(id), idAt(id, 0)] as const) : [],
    ),
  );
  const live = await liveEntities(database, { account: of.by.scope.account, ids: [...wanted.values()], session });
  const isLive = new Set(live.map(({ buffer }) => latin1Id(buffer)));
  return ({ ends }) => ends !== undefined && isLive.has(latin1Id(ends.from)) && isLive.has(latin1Id(ends.to));
}
