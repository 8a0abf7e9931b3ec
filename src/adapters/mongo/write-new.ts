import { BSON, type ClientSession } from 'mongodb';
import { keyNamespace } from '../../domain/graph/identity';
import { manifestStamp } from '../../domain/graph/manifest-rows';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { WriteOf } from './write-of';
import { sha1 } from '../digest';
import type { ChunkBuilder } from './chunk-builder';
import type { Database } from './database';
import { createDocumentEncoder, type EncodedDocument } from './document-encoder';
import { insertEncoded } from './insert-encoded';
import { idAt } from './packed-ids';
import { liveEntities } from './relationship-ends';

const created = { entity: 'numEntitiesCreated', relationship: 'numRelationshipsCreated' } as const;
const encode = createDocumentEncoder();

interface NewRequest {
  readonly of: WriteOf;
  readonly changes: readonly Change[];
  readonly chunk: ChunkBuilder;
  readonly session: ClientSession;
}

/**
 * Inserts objects that are new to the graph, without looking whether they are: a duplicate key then fails the transaction.
 * @returns the changes that are left to do in the ordinary way
 */
export async function writeNew(database: Database, request: NewRequest): Promise<readonly Change[]> {
  const { of, changes } = request;
  const { by, kind } = of;
  const encoded = encode({
    kind,
    template: templateOf(of),
    endNamespace: keyNamespace(sha1, by.scope, 'entity'),
    objects: changes,
  });
  try {
    return await insertNew(database, request, encoded.documents);
  } finally {
    encoded.free();
  }
}

async function insertNew(
  database: Database,
  { of, changes, chunk, session }: NewRequest,
  encoded: readonly (EncodedDocument | undefined)[],
): Promise<readonly Change[]> {
  const { by, kind } = of;
  const hasItsEnds = await endsCheck(database, { of, encoded, session });
  const documents: Uint8Array[] = [];
  const left: Change[] = [];
  changes.forEach((change, i) => {
    const document = encoded[i];
    if (!document || !hasItsEnds(document)) {
      left.push(change);
      return;
    }
    documents.push(document.bytes);
    chunk.counted.add(kind, document.type, document.classes, 1);
    chunk.changed.add(kind, change.id);
    chunk.row(by.scopeId, change.id, change.hash, manifestStamp(1, false));
  });
  chunk.add(created[kind], documents.length);
  const { entities, relationships } = database.collections;
  const collection = (kind === 'entity' ? entities : relationships).collectionName;
  await insertEncoded(database, { collection, documents, session });
  return left;
}

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

async function endsCheck(
  database: Database,
  request: {
    readonly of: WriteOf;
    readonly encoded: readonly (EncodedDocument | undefined)[];
    readonly session: ClientSession;
  },
): Promise<(document: EncodedDocument) => boolean> {
  const { of, encoded, session } = request;
  if (of.kind === 'entity') return () => true;
  const wanted = new Map(
    encoded.flatMap((document) =>
      document?.ends ? [document.ends.from, document.ends.to].map((id) => [nameOf(id), idAt(id, 0)] as const) : [],
    ),
  );
  const live = await liveEntities(database, { account: of.by.scope.account, ids: [...wanted.values()], session });
  const isLive = new Set(live.map(({ buffer }) => nameOf(buffer)));
  return ({ ends }) => ends !== undefined && isLive.has(nameOf(ends.from)) && isLive.has(nameOf(ends.to));
}

/** The cheapest text of 16 bytes. */
const nameOf = (id: Uint8Array): string => Buffer.from(id.buffer, id.byteOffset, 16).toString('latin1');
