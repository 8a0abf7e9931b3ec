import type { FastifyInstance } from 'fastify';
import { listVersionsQuerySchema } from '../../contracts/sync-api.schema';
import type { ObjectKind } from '../../domain/graph/identity';
import { objectIdOf, objectsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { parseInput } from './parse-input';
import { withoutAbsent } from './without-absent';

/** The versions of an object, newest first. The cursor is the version where the next page begins. */
export function registerListVersions(
  app: FastifyInstance,
  { api, kind }: { api: ApiDependencies; kind: ObjectKind },
): void {
  app.get(`${objectsPath[kind]}/:id/versions`, async (request) => {
    const id = objectIdOf(request, kind);
    const { limit, cursor } = parseInput(listVersionsQuerySchema, request.query, 'query string');
    const page = await tenantOf(api, request).versions.list({ kind, id, limit, ...withoutAbsent({ before: cursor }) });
    const last = page.versions.at(-1);
    return { versions: page.versions, endCursor: page.hasMore && last ? String(last._version) : null };
  });
}
