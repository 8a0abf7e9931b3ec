import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './openapi/document';

/** For whoever opens the base URL in a browser, or points a tool at it. */
export function registerAbout(app: FastifyInstance): void {
  const about = {
    name: 'Perijove',
    description: 'Self-hosted asset graph with a JupiterOne-compatible API.',
    documentation: '/openapi.json',
    health: { live: '/livez', ready: '/readyz', metrics: '/metrics' },
  };
  app.get('/', () => about);

  const document = JSON.stringify(openApiDocument);
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
}
