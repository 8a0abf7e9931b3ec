import type { FastifyInstance } from 'fastify';
import { objectIdOf, tenantOf, type ApiDependencies } from './api-dependencies';
import { rawDataVersion } from './raw-data-version';

/** The present version of every entry of raw data, deleted ones too. */
export function registerGetRawData(app: FastifyInstance, api: ApiDependencies): void {
  app.get('/entities/:id/raw-data', async (request) => {
    const versions = await tenantOf(api, request).rawData.versions(objectIdOf(request, 'entity'), { latest: true });
    return { entries: Object.fromEntries(versions.map((version) => [version.name, rawDataVersion(version)])) };
  });
}
