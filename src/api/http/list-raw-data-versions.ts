import type { FastifyInstance } from 'fastify';
import { objectIdOf, tenantOf, type ApiDependencies } from './api-dependencies';
import { rawDataVersion } from './raw-data-version';

/** All versions of every entry of raw data, newest first. */
export function registerListRawDataVersions(app: FastifyInstance, api: ApiDependencies): void {
  app.get('/entities/:id/raw-data-versions', async (request) => {
    const versions = await tenantOf(api, request).rawData.versions(objectIdOf(request, 'entity'));
    const byName = Map.groupBy(versions, ({ name }) => name);
    return { entries: Object.fromEntries([...byName].map(([name, all]) => [name, all.map(rawDataVersion)])) };
  });
}
