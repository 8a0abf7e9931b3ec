import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../observability/metrics';

const quietRoutes = ['/livez', '/readyz', '/metrics'];

/** One line and one measurement for every request. Routes are named by their pattern, so that ids do not make new series. */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.statusCode;
    metrics.requestDuration.observe(
      { method: request.method, route, status: String(status) },
      reply.elapsedTime / 1000,
    );
    const level = quietRoutes.includes(route) ? 'debug' : 'info';
    request.log[level](
      { method: request.method, route, status, durationMs: Math.round(reply.elapsedTime * 10) / 10 },
      'request',
    );
  });
}
