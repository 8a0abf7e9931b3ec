import type { FastifyInstance } from 'fastify';
import { refuseBadEntry } from '../../domain/graph/raw-data-entries';
import { objectIdOf, tenantOf, type ApiDependencies } from './api-dependencies';
import { withBody } from './body/read-body';
import { rawDataVersion } from './raw-data-version';

/** Stores the body as it is under its Content-Type. A body that is there already makes no version. */
export function registerPutRawData(app: FastifyInstance, api: ApiDependencies): void {
  app.put<{ Params: { name: string } }>('/entities/:id/raw-data/:name', async (request, reply) => {
    const entityId = objectIdOf(request, 'entity');
    const { name } = request.params;
    const { rawData } = tenantOf(api, request);
    // Before the body: a client with a wrong id need not wait for room for its bytes.
    await rawData.versions(entityId, { name });
    const contentType = request.headers['content-type']?.trim() ?? 'application/octet-stream';
    await withBody({ request, reply, limits: api.uploads }, async (content) => {
      const entry = { name, contentType, content };
      refuseBadEntry(entry);
      await rawData.put(entityId, [entry]);
    });
    const [latest] = await rawData.versions(entityId, { name, latest: true });
    return latest && rawDataVersion(latest);
  });
}
