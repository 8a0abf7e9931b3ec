import { Binary, type ClientSession } from 'mongodb';
import { constants, zstdCompress } from 'node:zlib';
import { promisify } from 'node:util';
import { bytesToUuid } from '../../domain/graph/identity';
import type { Change } from '../../domain/sync-job/graph-writer';
import type { WriteOf } from './write-of';
import { sha256Base64 } from '../digest';
import type { ChunkBuilder } from './chunk-builder';
import type { RawDataDocument } from './collections';
import type { Database } from './database';
import { idAt } from './packed-ids';
import type { CurrentDocuments, WrittenDocuments } from './write-changes';

const compress = promisify(zstdCompress);

/** Name of an entry → base64 SHA-256 of its content; kept on the entity as base64 of the JSON, as JupiterOne does. */
type Hashes = ReadonlyMap<string, string>;

export const encodeHashes = (hashes: Hashes): string =>
  Buffer.from(JSON.stringify(Object.fromEntries(hashes))).toString('base64');
/** @returns a new map */
export const decodeHashes = (text: string | undefined): Map<string, string> =>
  new Map(
    text === undefined
      ? []
      : Object.entries(JSON.parse(Buffer.from(text, 'base64').toString()) as Record<string, string>),
  );

interface RawDataPlan {
  readonly versions: RawDataDocument[];
  /** By id of the content. */
  readonly contents: Map<string, string | Uint8Array>;
  /** New hashes of entities that change in nothing else. */
  readonly hashes: { readonly id: Binary; readonly encoded: string }[];
}

/**
 * Compares the raw data that came with entities with what there is: a version per change of content. Counts, and puts the new
 * hashes into the documents that are about to be written.
 */
export function planRawData(request: {
  readonly of: WriteOf;
  readonly changes: readonly Change[];
  readonly chunk: ChunkBuilder;
  readonly written: WrittenDocuments;
  readonly current: CurrentDocuments;
}): RawDataPlan {
  const { of, changes, chunk, written, current } = request;
  const plan: RawDataPlan = { versions: [], contents: new Map(), hashes: [] };
  const { versions, contents } = plan;
  const carrying = changes.filter(({ content }) => content.rawData && content.rawData.length > 0);
  if (carrying.length === 0) return plan;
  const now = of.by.at;
  const account = of.by.scope.account;
  const isWritten = new Map([
    ...written.inserts.map((document) => [document._id.toString('hex'), document] as const),
    ...written.updates.map(({ after }) => [after._id.toString('hex'), after] as const),
  ]);
  for (const { id, content } of carrying) {
    const before = current.get(bytesToUuid(id));
    const document = isWritten.get(idAt(id, 0).toString('hex'));
    if (!document && before?._deleted !== false) continue;
    const old = decodeHashes(before?._deleted === false ? before._rawDataHashes : undefined);
    const hashes = new Map(old);
    for (const entry of content.rawData ?? []) {
      const hash = sha256Base64(entry.text);
      if (old.get(entry.name) === hash) continue;
      hashes.set(entry.name, hash);
      chunk.add(old.has(entry.name) ? 'numEntityRawDataEntriesUpdated' : 'numEntityRawDataEntriesCreated');
      const contentId = contentIdOf(account, hash);
      contents.set(contentId, entry.text);
      const { name, contentType } = entry;
      const contentLength = Buffer.byteLength(entry.text);
      const base = { entityId: idAt(id, 0), account, scopeId: of.by.scopeId, now };
      versions.push(newVersion({ ...base, name, contentType, contentLength, hash }));
    }
    if ([...hashes].every(([name, hash]) => old.get(name) === hash)) continue;
    const encoded = encodeHashes(hashes);
    if (document) document._rawDataHashes = encoded;
    else {
      plan.hashes.push({ id: idAt(id, 0), encoded });
      chunk.changed.add('entity', id);
    }
  }
  return plan;
}

/** Stores versions, and each content once per account. */
export async function writeRawData(
  database: Database,
  session: ClientSession,
  { versions, contents, hashes }: RawDataPlan,
): Promise<void> {
  const { rawData, rawContents, entities } = database.collections;
  for (const { id, encoded } of hashes) {
    await entities.updateOne({ _id: id }, { $set: { _rawDataHashes: encoded } }, { session });
  }
  if (versions.length === 0) return;
  const stored = await Promise.all(
    [...contents].map(async ([contentId, content]) => ({
      updateOne: {
        filter: { _id: contentId },
        // The count makes it meet with whoever removes the content because nobody else had it.
        update: { $setOnInsert: { content: new Binary(await compressed(content)) }, $inc: { puts: 1 } },
        upsert: true,
      },
    })),
  );
  if (stored.length > 0) await rawContents.bulkWrite(stored, { session, ordered: false });
  await supersede(rawData, versions, session);
}

async function supersede(
  rawData: Database['collections']['rawData'],
  versions: readonly RawDataDocument[],
  session: ClientSession,
): Promise<void> {
  const earlier = await rawData
    .find(
      { $or: versions.map(({ _id }) => ({ '_id.entityId': _id.entityId, '_id.name': _id.name, latest: true })) },
      { session },
    )
    .toArray();
  const nameOf = ({ _id }: RawDataDocument) => `${_id.entityId.toString('hex')}/${_id.name}`;
  const last = new Map(earlier.map((document) => [nameOf(document), document]));
  if (earlier.length > 0) {
    await rawData.updateMany({ _id: { $in: earlier.map(({ _id }) => _id) } }, { $set: { latest: false } }, { session });
  }
  const documents = versions.map((version) => {
    const before = last.get(nameOf(version));
    if (!before) return version;
    const number = before._id.version + 1;
    const versionId = versionIdOf(number, version.hash);
    return { ...version, _id: { ...version._id, version: number }, createdOn: before.createdOn, versionId };
  });
  await rawData.insertMany(documents, { session, ordered: true });
}

/** Content that came back after another one has its hash again, but is a version of its own. */
const versionIdOf = (number: number, hash: string): string =>
  `${number}-${hash === '' ? 'deleted' : Buffer.from(hash, 'base64').toString('hex').slice(0, 32)}`;

export const contentIdOf = (account: string, hash: string): string =>
  `${account}/${Buffer.from(hash, 'base64').toString('hex')}`;

/** As the first of its entry; `writeRawData` numbers it after those that are there. */
export function newVersion(request: {
  readonly entityId: Binary;
  readonly account: string;
  readonly scopeId: string;
  readonly name: string;
  readonly contentType: string;
  readonly contentLength: number;
  /** Base64 SHA-256 of the content; '' for a deletion. */
  readonly hash: string;
  readonly now: number;
}): RawDataDocument {
  const { entityId, name, account, scopeId, contentType, contentLength, hash, now } = request;
  return {
    _id: { entityId, name, version: 1 },
    account,
    scopeId,
    latest: true,
    deleted: hash === '',
    createdOn: now,
    beginOn: now,
    contentType,
    contentLength,
    hash,
    versionId: versionIdOf(1, hash),
  };
}

const compressed = async (content: string | Uint8Array): Promise<Buffer> =>
  await compress(content, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
