import type { FastifyInstance } from 'fastify';
import { versionParamsSchema } from '../../contracts/sync-api.schema';
import type { ObjectKind } from '../../domain/graph/identity';
import { objectIdOf, objectsPath, tenantOf, type ApiDependencies } from './api-dependencies';
import { parseInput } from './parse-input';

/** One version of an object in full. The version may be `latest`. */
export function registerGetVersion(
  app: FastifyInstance,
  { api, kind }: { api: ApiDependencies; kind: ObjectKind },
): void {
  app.get(`${objectsPath[kind]}/:id/versions/:version`, async (request) => {
    const id = objectIdOf(request, kind);
    const { version } = parseInput(versionParamsSchema, request.params, 'path');
    return { [kind]: await tenantOf(api, request).versions.get({ kind, id, version }) };
  });
}
