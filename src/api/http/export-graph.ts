import type { FastifyInstance } from 'fastify';
import { exportQuerySchema } from '../../contracts/sync-api.schema';
import type { ObjectKind } from '../../domain/graph/identity';
import { objectsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { parseInput } from './parse-input';
import { withoutAbsent } from './without-absent';

/** What `j1 export` reads. It always says `includeDeleted`; for callers that do not, deleted objects stay out, as in queries. */
export function registerExportGraph(
  app: FastifyInstance,
  { api, kind }: { api: ApiDependencies; kind: ObjectKind },
): void {
  app.get(objectsPath[kind], async (request) => {
    const { limit, includeDeleted = false, cursor } = parseInput(exportQuerySchema, request.query, 'query string');
    return tenantOf(api, request).graphExport.list({ kind, limit, includeDeleted, ...withoutAbsent({ cursor }) });
  });
}
