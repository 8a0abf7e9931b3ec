import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../../observability/metrics';
import { jobOf } from './credentials';

const quietRoutes: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** One line and one measurement for every request. Routes are named by their pattern, so that ids do not make new series. */
export function observeRequests(app: FastifyInstance, { logger, metrics }: { logger: Logger; metrics: Metrics }): void {
  // Looking for secrets costs more than the rest of the line, which has these members and no others.
  const lines = logger.child({}, { redact: [] });

  app.addHook('onResponse', (request, reply, done) => {
    const { method, principal } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.statusCode;
    const ms = reply.elapsedTime;
    metrics.requestDuration.observe({ method, route, status: String(status) }, ms / 1000);
    const level = quietRoutes.has(route) ? 'debug' : 'info';
    if (lines.isLevelEnabled(level)) {
      const who = principal && { account: principal.account, ...jobOf(request) };
      const durationMs = Math.round(ms * 10) / 10;
      lines[level]({ requestId: request.id, ...who, method, route, status, durationMs }, 'request');
    }
    done();
  });
}
