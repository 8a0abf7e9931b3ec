import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './openapi/document';
import { sendGraphiql, wantsPage } from './show-graphiql';

/** For whoever opens the base URL in a browser, or points a tool at it. */
export function registerAbout(app: FastifyInstance): void {
  const about = {
    name: 'Perijove',
    description: 'Self-hosted asset graph with a JupiterOne-compatible API.',
    documentation: '/openapi.json',
    graphql: '/graphql',
    health: { live: '/livez', ready: '/readyz', metrics: '/metrics' },
  };
  app.get('/', (request, reply) => (wantsPage(request) ? sendGraphiql(reply) : about));

  const document = JSON.stringify(openApiDocument);
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
}
