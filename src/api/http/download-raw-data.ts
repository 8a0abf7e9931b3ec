import type { FastifyInstance } from 'fastify';
import { isMediaType } from '../../domain/graph/raw-data-entries';
import { objectIdOf, tenantOf, type ApiDependencies } from './api-dependencies';
import { noRawData } from './raw-data-version';

/** The document itself, with its own content type. The version may be `latest`. */
export function registerDownloadRawData(app: FastifyInstance, api: ApiDependencies): void {
  app.get<{ Params: { name: string; version: string } }>(
    '/entities/:id/raw-data/:name/versions/:version',
    async (request, reply) => {
      const entityId = objectIdOf(request, 'entity');
      const { name, version } = request.params;
      const only = version === 'latest' ? { name } : { name, versionId: version };
      const [found] = await tenantOf(api, request).rawData.contents(entityId, only);
      if (!found) throw noRawData(entityId, name, version);
      // Jobs take any text for a content type; not all of it can stand in a header.
      const contentType = isMediaType(found.contentType) ? found.contentType : 'application/octet-stream';
      return await reply.header('content-type', contentType).send(Buffer.from(found.content));
    },
  );
}
