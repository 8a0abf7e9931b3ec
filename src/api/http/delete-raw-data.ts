import type { FastifyInstance } from 'fastify';
import { objectIdOf, tenantOf, type ApiDependencies } from './api-dependencies';
import { noRawData } from './raw-data-version';

/** Ends an entry of raw data. Its earlier versions stay. */
export function registerDeleteRawData(app: FastifyInstance, api: ApiDependencies): void {
  app.delete<{ Params: { name: string } }>('/entities/:id/raw-data/:name', async (request) => {
    const entityId = objectIdOf(request, 'entity');
    const { name } = request.params;
    const deleteCount = await tenantOf(api, request).rawData.remove(entityId, [name]);
    if (deleteCount === 0) throw noRawData(entityId, name);
    return { deleteCount };
  });
}
