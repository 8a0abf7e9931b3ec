import type { EntityCounts } from './graph/entity-counts';
import type { GraphReads } from './graph/graph-reads';
import type { GraphMutations } from './graph/graph-mutations';
import type { ObjectKind } from './graph/identity';
import type { ResultLocator } from './query/deferred-results';
import type { Queries } from './query/queries';
import type { Reports } from './query/reports';
import type { ObjectVersions } from './graph/object-versions';
import type { RawDataStore } from './graph/raw-data-store';
import type { SyncJobs } from './sync-job/sync-jobs';

/** Who makes a request: the account of its token. */
export interface Principal {
  readonly account: string;
  readonly tokenId: string;
}

export interface Authenticator {
  /** Undefined for a token that is unknown, revoked, expired, or of another account: the caller must not tell which. */
  authenticate(request: { readonly token: string; readonly account: string }): Promise<Principal | undefined>;
}

/** One flat graph object as exports show it: metadata and properties side by side. */
export type FlatObject = Readonly<Record<string, unknown>>;

export interface GraphExport {
  /** Pages in a stable order; `endCursor` is null on the last one. @throws DomainError BAD_REQUEST for a cursor that is not ours. */
  list(request: {
    readonly kind: ObjectKind;
    readonly limit: number;
    readonly includeDeleted: boolean;
    readonly cursor?: string;
  }): Promise<{ readonly items: readonly FlatObject[]; readonly endCursor: string | null }>;
}

/** Everything that belongs to one account. Code that has no Tenant cannot reach data (invariant 8). */
export interface Tenant {
  readonly syncJobs: SyncJobs;
  readonly graphExport: GraphExport;
  readonly graphReads: GraphReads;
  readonly queries: Queries;
  readonly entityCounts: EntityCounts;
  readonly mutations: GraphMutations;
  readonly rawData: RawDataStore;
  readonly versions: ObjectVersions;
  readonly results: ResultLocator;
  readonly reports: Reports;
}

export interface Tenants {
  of(account: string): Tenant;
}
