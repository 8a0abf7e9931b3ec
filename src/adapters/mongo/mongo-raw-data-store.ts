import type { Binary, ClientSession, Filter } from 'mongodb';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isUuid, scopeId, type Scope } from '../../domain/graph/identity';
import { manifestStamp } from '../../domain/graph/manifest-rows';
import type { NewRawData, RawDataContent, RawDataStore, RawDataVersion } from '../../domain/graph/raw-data-store';
import { sha1, sha256Base64 } from '../digest';
import { ChunkBuilder } from './chunk-builder';
import type { GraphDocument, RawDataDocument } from './collections';
import { commitWait } from './commit-wait';
import { inTransaction, orUnavailable, type Database } from './database';
import { bytesOf, idFromText } from './packed-ids';
import { contentIdOf, decodeHashes, encodeHashes, newVersion, writeRawData } from './raw-data';
import { notWiped } from './wipe-objects';

const decompress = promisify(zstdDecompress);

/** What a MongoDB document leaves for a content that does not compress. */
const maxContentBytes = 15 * 1024 * 1024;

type Owner = Pick<GraphDocument, '_id' | '_source' | '_scope' | '_version' | '_rawDataHashes'>;

export class MongoRawDataStore implements RawDataStore {
  constructor(
    private readonly database: Database,
    private readonly account: string,
    private readonly now: () => number = Date.now,
  ) {}

  async versions(
    entityId: string,
    { name, latest }: { name?: string; latest?: boolean } = {},
  ): Promise<readonly RawDataVersion[]> {
    const found = await this.find(entityId, {
      ...(name !== undefined && { '_id.name': name }),
      ...(latest === true && { latest: true }),
    });
    return found.map(toVersion);
  }

  async contents(
    entityId: string,
    { name, versionId }: { name?: string; versionId?: string } = {},
  ): Promise<readonly RawDataContent[]> {
    const found = await this.find(entityId, {
      deleted: false,
      ...(name !== undefined && { '_id.name': name }),
      ...(versionId === undefined ? { latest: true } : { versionId }),
    });
    return await Promise.all(
      found.map(async (document) => ({ ...toVersion(document), content: await this.read(document.hash) })),
    );
  }

  async put(entityId: string, entries: readonly NewRawData[]): Promise<number> {
    const large = entries.find(({ content }) => content.length > maxContentBytes);
    if (large) {
      throw new DomainError(
        ErrorCode.requestEntityTooLarge,
        `Raw data ${JSON.stringify(large.name)} is ${large.content.length} bytes long; one entry may have ${maxContentBytes}.`,
      );
    }
    return await this.change(entityId, (hashes, base) => {
      const contents = new Map<string, Uint8Array>();
      const versions = entries.flatMap(({ name, contentType, content }) => {
        const hash = sha256Base64(content);
        if (hashes.get(name) === hash) return [];
        contents.set(contentIdOf(this.account, hash), content);
        return newVersion({ ...base, name, contentType, contentLength: content.length, hash });
      });
      return { versions, contents };
    });
  }

  async remove(entityId: string, names: readonly string[]): Promise<number> {
    const wanted = new Set(names);
    return await this.change(entityId, (hashes, base, latest) => {
      const there = latest.filter(({ _id }) => wanted.has(_id.name) && hashes.has(_id.name));
      const versions = there.map(({ _id, contentType }) =>
        newVersion({ ...base, name: _id.name, contentType, contentLength: 0, hash: '' }),
      );
      return { versions, contents: new Map<string, Uint8Array>() };
    });
  }

  /** Versions, contents, hashes of the entity and its row in the manifest, in one transaction that is durable when it returns. */
  private async change(
    entityId: string,
    decide: (
      hashes: ReadonlyMap<string, string>,
      base: { readonly entityId: Binary; readonly account: string; readonly scopeId: string; readonly now: number },
      latest: readonly RawDataDocument[],
    ) => { readonly versions: RawDataDocument[]; readonly contents: Map<string, Uint8Array> },
  ): Promise<number> {
    const count = await orUnavailable(
      inTransaction(this.database, { durable: true }, async (session) => {
        const entity = await this.liveEntity(entityId, session);
        const scope = { account: this.account, source: entity._source, scope: entity._scope };
        const at = this.now();
        const hashes = decodeHashes(entity._rawDataHashes);
        const latest = await this.database.collections.rawData
          .find({ '_id.entityId': entity._id, account: this.account, latest: true }, { session })
          .toArray();
        const base = { entityId: entity._id, account: this.account, scopeId: scopeId(sha1, scope), now: at };
        const { versions, contents } = decide(hashes, base, latest);
        if (versions.length === 0) return 0;
        for (const { _id, hash } of versions) {
          if (hash === '') hashes.delete(_id.name);
          else hashes.set(_id.name, hash);
        }
        await writeRawData(this.database, session, {
          versions,
          contents,
          hashes: [{ id: entity._id, encoded: encodeHashes(hashes) }],
        });
        await this.forgetUpload(entity, { scope, at }, session);
        return versions.length;
      }),
    );
    // Also if it was there already: another caller may have written it a moment ago.
    await commitWait();
    return count;
  }

  /**
   * The bytes of the owner's last upload describe the entity no more. Without their hash in the manifest, the next job of the owner
   * looks at the entity even if it brings the same bytes, and restores the raw data that it names.
   */
  private async forgetUpload(
    { _id, _version }: Owner,
    { scope, at }: { readonly scope: Scope; readonly at: number },
    session: ClientSession,
  ): Promise<void> {
    const id = `rawData-${randomUUID()}`;
    const owner = { scope, scopeId: scopeId(sha1, scope), integrationInstanceId: null };
    const by = { ...owner, id, mode: 'EDIT', at, isAlone: false, settlementId: id } as const;
    const chunk = new ChunkBuilder({ by, kind: 'entity', chunk: null });
    chunk.changed.add('entity', bytesOf(_id));
    chunk.row(owner.scopeId, bytesOf(_id), null, manifestStamp(_version, false));
    await chunk.write(this.database, session);
  }

  private async liveEntity(entityId: string, session: ClientSession): Promise<Owner> {
    const filter = isUuid(entityId) && { _id: idFromText(entityId), _accountId: this.account, _deleted: false };
    const projection = { _source: 1, _scope: 1, _version: 1, _rawDataHashes: 1 };
    const found = filter && (await this.database.collections.entities.findOne(filter, { session, projection }));
    if (!found) throw noEntity(entityId);
    return found;
  }

  private async find(entityId: string, more: Filter<RawDataDocument>): Promise<RawDataDocument[]> {
    if (!isUuid(entityId)) throw noEntity(entityId);
    const { rawData, entities } = this.database.collections;
    const id = idFromText(entityId);
    const found = rawData.find({ '_id.entityId': id, account: this.account, ...more });
    const documents = await orUnavailable(found.sort({ '_id.name': 1, '_id.version': -1 }).toArray());
    if (documents.length > 0) return documents;
    const entity = entities.findOne({ _id: id, _accountId: this.account, ...notWiped }, { projection: { _id: 1 } });
    if ((await orUnavailable(entity)) === null) throw noEntity(entityId);
    return [];
  }

  private async read(hash: string): Promise<Uint8Array> {
    const _id = contentIdOf(this.account, hash);
    const found = await orUnavailable(this.database.collections.rawContents.findOne({ _id }));
    // Its entity was wiped since the version was read.
    if (!found) throw new DomainError(ErrorCode.notFound, 'The content is not there any more.');
    return await decompress(bytesOf(found.content));
  }
}

const noEntity = (entityId: string): DomainError =>
  new DomainError(ErrorCode.notFound, `There is no entity ${JSON.stringify(entityId)}.`);

const toVersion = (document: RawDataDocument): RawDataVersion => ({
  name: document._id.name,
  versionId: document.versionId,
  beginOn: document.beginOn,
  createdOn: document.createdOn,
  contentType: document.contentType,
  contentLength: document.contentLength,
  deleted: document.deleted,
  latest: document.latest,
});
