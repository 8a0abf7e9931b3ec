import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { ObjectKind } from '../../../src/domain/graph/identity';
import type { ObjectVersions } from '../../../src/domain/graph/object-versions';
import type { MemoryDatabase, MemoryObject } from './memory-database';
import { flatObject } from './memory-graph-export';

export class MemoryObjectVersions implements ObjectVersions {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly account: string,
  ) {}

  async list({ kind, id, limit, before = Infinity }: Parameters<ObjectVersions['list']>[0]) {
    const object = this.object(kind, id);
    const all = versionsOf(object).filter(({ version }) => version < before);
    return {
      versions: all.slice(0, limit).map(({ version, beginOn, endOn, deleted }) => ({
        _version: version,
        _beginOn: beginOn,
        _endOn: endOn,
        _latest: version === object.version,
        _deleted: deleted,
        _source: object.owner.source,
        _scope: object.owner.scope,
        _integrationInstanceId: null,
      })),
      hasMore: all.length > limit,
    };
  }

  async get({ kind, id, version }: Parameters<ObjectVersions['get']>[0]) {
    const object = this.object(kind, id);
    const wanted = version === 'latest' ? object.version : version;
    const found = versionsOf(object).find((each) => each.version === wanted);
    if (!found) throw new DomainError(ErrorCode.notFound, `The ${kind} "${id}" has no version ${version}.`);
    const isLatest = wanted === object.version;
    const shown = flatObject(id, kind, { ...object, ...found });
    return { ...shown, _latest: isLatest };
  }

  private object(kind: ObjectKind, id: string): MemoryObject {
    const found = this.database.graph[kind].get(id);
    if (found?.owner.account === this.account) return found;
    throw new DomainError(ErrorCode.notFound, `There is no ${kind} ${JSON.stringify(id)}.`);
  }
}

const versionsOf = (object: MemoryObject) => [object, ...object.history.toReversed()];
