import type { Binary, Collection } from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isUuid, type ObjectKind } from '../../domain/graph/identity';
import type { ObjectVersion, ObjectVersions } from '../../domain/graph/object-versions';
import type { FlatObject } from '../../domain/ports';
import type { GraphDocument, VersionDocument } from './collections';
import { orUnavailable, type Database } from './database';
import { toFlatObject } from './flat-object';
import { idFromText } from './packed-ids';
import { notWiped } from './wipe-objects';

/**
 * The present version lies with the object, earlier ones beside it. The object is read first: when it moves on meanwhile, what
 * was read is still one line of versions.
 */
export class MongoObjectVersions implements ObjectVersions {
  constructor(
    private readonly database: Database,
    private readonly account: string,
  ) {}

  async list({ kind, id, limit, before = Infinity }: Parameters<ObjectVersions['list']>[0]) {
    const current = await this.current(kind, id);
    const isShown = current._version < before;
    const wanted = limit + 1 - (isShown ? 1 : 0);
    const earlier = await this.earlier(kind, current._id, Math.min(before, current._version), wanted);
    const all = [...(isShown ? [summary(current, true)] : []), ...earlier.map((version) => summary(version, false))];
    return { versions: all.slice(0, limit), hasMore: all.length > limit };
  }

  async get({ kind, id, version }: Parameters<ObjectVersions['get']>[0]): Promise<FlatObject> {
    const current = await this.current(kind, id);
    if (version === 'latest' || version === current._version) return toFlatObject(current, { latest: true });
    const found = await orUnavailable(
      this.versions(kind).findOne({ _id: { id: current._id, version }, _accountId: this.account }),
    );
    if (found) return toFlatObject(found, { latest: false });
    throw new DomainError(
      ErrorCode.notFound,
      `The ${kind} ${JSON.stringify(id)} has no version ${version}; its latest one is ${current._version}.`,
    );
  }

  private async current(kind: ObjectKind, id: string): Promise<GraphDocument> {
    const { entities, relationships } = this.database.collections;
    const filter = isUuid(id) && { _id: idFromText(id), _accountId: this.account, ...notWiped };
    const graph = kind === 'entity' ? entities : relationships;
    const found = filter ? await orUnavailable(graph.findOne(filter)) : null;
    if (found) return found;
    throw new DomainError(ErrorCode.notFound, `There is no ${kind} ${JSON.stringify(id)}.`);
  }

  private async earlier(kind: ObjectKind, id: Binary, before: number, limit: number): Promise<VersionDocument[]> {
    const range = { $gte: { id, version: 0 }, $lt: { id, version: before } };
    const found = this.versions(kind).find({ _id: range, _accountId: this.account }, { hint: { _id: 1 } });
    return await orUnavailable(found.sort({ _id: -1 }).limit(Math.max(1, limit)).toArray());
  }

  private versions(kind: ObjectKind): Collection<VersionDocument> {
    const { entityVersions, relationshipVersions } = this.database.collections;
    return kind === 'entity' ? entityVersions : relationshipVersions;
  }
}

function summary(document: GraphDocument | VersionDocument, isLatest: boolean): ObjectVersion {
  const { _version, _beginOn, _endOn, _deleted, _source, _scope, _integrationInstanceId } = document;
  return {
    _version,
    _beginOn,
    _endOn: _endOn ?? null,
    _latest: isLatest,
    _deleted,
    _source,
    _scope,
    _integrationInstanceId: _integrationInstanceId ?? null,
  };
}
