import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isUuid } from '../../domain/graph/identity';

/** Where a page begins: behind an id in the order of ids, or after so many in an order of the client. */
export interface ListPosition {
  readonly after?: string;
  readonly skip: number;
}

/** Beyond it, sorting costs more than a page is worth. */
const maxSkip = 1_000_000;

export const writeListCursor = (position: { readonly after: string } | { readonly skip: number }): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws DomainError BAD_REQUEST */
export function readListCursor(cursor: string | undefined, isSorted: boolean): ListPosition {
  if (cursor === undefined) return { skip: 0 };
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    read = undefined;
  }
  const { after, skip } = (typeof read === 'object' && read !== null ? read : {}) as Record<string, unknown>;
  if (isSorted && typeof skip === 'number' && Number.isInteger(skip) && skip > 0 && skip <= maxSkip) return { skip };
  if (!isSorted && typeof after === 'string' && isUuid(after)) return { after, skip: 0 };
  throw new DomainError(ErrorCode.badRequest, '"after" is not the endCursor of a page of this list.');
}
