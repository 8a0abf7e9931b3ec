import type { FastifyInstance } from 'fastify';
import { objectIdOf, tenantOf, type ApiDependencies } from './api-dependencies';
import { noRawData, rawDataVersion } from './raw-data-version';

/** All versions of one entry of raw data, newest first. */
export function registerListRawDataEntryVersions(app: FastifyInstance, api: ApiDependencies): void {
  app.get<{ Params: { name: string } }>('/entities/:id/raw-data/:name/versions', async (request) => {
    const entityId = objectIdOf(request, 'entity');
    const { name } = request.params;
    const versions = await tenantOf(api, request).rawData.versions(entityId, { name });
    if (versions.length === 0) throw noRawData(entityId, name);
    return { versions: versions.map(rawDataVersion) };
  });
}
