import type { FastifyRequest } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isUuid, type ObjectKind } from '../../domain/graph/identity';
import type { UploadReader } from '../../domain/ingest/upload-reader';
import type { Principal, Tenant, Tenants } from '../../domain/ports';
import type { Metrics } from '../../observability/metrics';
import type { BodyLimits } from './body/read-body';

/** What endpoints are made of. */
export interface ApiDependencies {
  readonly tenants: Tenants;
  readonly reader: UploadReader;
  readonly metrics: Metrics;
  readonly uploads: BodyLimits;
  /** For bodies that carry no graph objects. */
  readonly smallBodies: BodyLimits;
  readonly graphqlBodies: BodyLimits;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the credentials are checked. */
    principal: Principal | null;
  }
}

export const jobsPath = '/persister/synchronization/jobs';

export const objectsPath: Readonly<Record<ObjectKind, string>> = {
  entity: '/entities',
  relationship: '/relationships',
};

/** The only way from a request to data: an endpoint that forgot to ask for credentials has no tenant. */
export function tenantOf({ tenants }: ApiDependencies, request: FastifyRequest): Tenant {
  if (request.principal === null)
    throw new Error(`no credentials were checked for ${request.routeOptions.url ?? request.url}`);
  return tenants.of(request.principal.account);
}

/** @throws DomainError NOT_FOUND for what cannot be the id of a job; a client that lost its id sends an empty one. */
export function jobIdOf(request: FastifyRequest): string {
  const { id } = request.params as { id: string };
  if (!isUuid(id)) throw new DomainError(ErrorCode.notFound, `There is no synchronization job ${JSON.stringify(id)}.`);
  return id.toLowerCase();
}

/** @throws DomainError NOT_FOUND for what cannot be the id of an object. */
export function objectIdOf(request: FastifyRequest, kind: ObjectKind): string {
  const { id } = request.params as { id: string };
  if (!isUuid(id)) throw new DomainError(ErrorCode.notFound, `There is no ${kind} ${JSON.stringify(id)}.`);
  return id.toLowerCase();
}
