import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { ObjectKind } from '../../../src/domain/graph/identity';
import type { FlatObject, GraphExport } from '../../../src/domain/ports';
import type { MemoryDatabase, MemoryObject } from './memory-database';

/** Pages through any objects, in their order. */
export function memoryGraphExport(objects: (kind: ObjectKind) => readonly FlatObject[]): GraphExport {
  return {
    async list({ kind, limit, includeDeleted, cursor }) {
      const visible = objects(kind).filter((object) => includeDeleted || object['_deleted'] !== true);
      const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
      if (!Number.isInteger(from) || from < 1 !== (cursor === undefined)) {
        throw new DomainError(ErrorCode.badRequest, 'The cursor is not one that this endpoint gave.');
      }
      const to = from + limit;
      const endCursor = to < visible.length ? Buffer.from(String(to)).toString('base64url') : null;
      return { items: visible.slice(from, to), endCursor };
    },
  };
}

/** The objects of an account as exports show them. */
export const flatObjectsOf = ({ graph }: MemoryDatabase, account: string, kind: ObjectKind): readonly FlatObject[] =>
  [...graph[kind]]
    .filter(([, { owner }]) => owner.account === account)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, object]) => flatObject(id, kind, object));

export function flatObject(id: string, kind: ObjectKind, object: MemoryObject): FlatObject {
  const { owner, key, state, version, createdOn, beginOn, endOn, deleted } = object;
  const { type, classes, properties, fromId, toId } = state;
  return {
    ...properties,
    _id: id,
    _accountId: owner.account,
    _source: owner.source,
    _scope: owner.scope,
    _key: key,
    _type: type,
    _class: kind === 'entity' ? classes : (classes[0] ?? null),
    _version: version,
    _createdOn: createdOn,
    _beginOn: beginOn,
    ...(endOn !== null && { _endOn: endOn }),
    _deleted: deleted,
    ...(fromId !== undefined && { _fromEntityId: fromId }),
    ...(toId !== undefined && { _toEntityId: toId }),
    _latest: true,
  };
}
