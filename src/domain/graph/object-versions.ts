import type { FlatObject } from '../ports';
import type { ObjectKind } from './identity';

/** One version of an object without its properties. Times in epoch ms. */
export interface ObjectVersion {
  readonly _version: number;
  readonly _beginOn: number;
  /** Null while it is the present one. */
  readonly _endOn: number | null;
  readonly _latest: boolean;
  /** The object was deleted at `_endOn`. */
  readonly _deleted: boolean;
  readonly _source: string;
  readonly _scope: string;
  readonly _integrationInstanceId: string | null;
}

/** The versions of the objects of one account, ended objects included. */
export interface ObjectVersions {
  /** Newest first, versions below `before`. @throws DomainError NOT_FOUND when the account has no object of the id. */
  list(of: {
    readonly kind: ObjectKind;
    readonly id: string;
    readonly limit: number;
    readonly before?: number;
  }): Promise<{ readonly versions: readonly ObjectVersion[]; readonly hasMore: boolean }>;
  /** The object as it was. `latest`: as it is. @throws DomainError NOT_FOUND when there is no such object or version. */
  get(of: { readonly kind: ObjectKind; readonly id: string; readonly version: number | 'latest' }): Promise<FlatObject>;
}
