import type { FastifyInstance } from 'fastify';
import { compareVersionsQuerySchema } from '../../contracts/sync-api.schema';
import type { ObjectKind } from '../../domain/graph/identity';
import { versionDifference } from '../../domain/graph/version-difference';
import { objectIdOf, objectsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { parseInput } from './parse-input';

/** What changed between two versions of an object; unless told otherwise between the latest one and the one before it. */
export function registerCompareVersions(
  app: FastifyInstance,
  { api, kind }: { api: ApiDependencies; kind: ObjectKind },
): void {
  app.get(`${objectsPath[kind]}/:id/versions/diff`, async (request) => {
    const id = objectIdOf(request, kind);
    const query = parseInput(compareVersionsQuerySchema, request.query, 'query string');
    const { versions } = tenantOf(api, request);
    const to = await versions.get({ kind, id, version: query.to ?? 'latest' });
    const toVersion = Number(to['_version']);
    const fromVersion = query.from ?? Math.max(1, toVersion - 1);
    const from = await versions.get({ kind, id, version: fromVersion });
    return { id, from: fromVersion, to: toVersion, ...versionDifference(from, to) };
  });
}
