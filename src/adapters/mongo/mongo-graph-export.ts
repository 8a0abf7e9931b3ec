import type { Binary, Filter } from 'mongodb';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isUuid } from '../../domain/graph/identity';
import type { FlatObject, GraphExport } from '../../domain/ports';
import type { GraphDocument } from './collections';
import { orUnavailable, type Database } from './database';
import { toFlatObject } from './flat-object';
import { notWiped } from './wipe-objects';
import { idFromText } from './packed-ids';

/** Exports in the order of `_id`, which does not change while a client pages. */
export class MongoGraphExport implements GraphExport {
  constructor(
    private readonly database: Database,
    private readonly account: string,
  ) {}

  async list(
    request: Parameters<GraphExport['list']>[0],
  ): Promise<{ items: readonly FlatObject[]; endCursor: string | null }> {
    const { kind, limit, includeDeleted, cursor } = request;
    const { entities, relationships } = this.database.collections;
    const filter: Filter<GraphDocument> = {
      _accountId: this.account,
      ...(includeDeleted ? notWiped : { _deleted: false }),
      ...(cursor !== undefined && { _id: { $gt: decodeCursor(cursor) } }),
    };
    const found = (kind === 'entity' ? entities : relationships).find(filter, { hint: { _id: 1 } });
    const documents = await orUnavailable(
      found
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray(),
    );
    const page = documents.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map((document) => toFlatObject(document, { latest: true })),
      endCursor: documents.length > limit && last ? Buffer.from(last._id.buffer).toString('base64url') : null,
    };
  }
}

function decodeCursor(cursor: string): Binary {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  if (!isUuid(uuid)) throw new DomainError(ErrorCode.badRequest, 'The cursor is not one that this endpoint gave.');
  return idFromText(uuid);
}
