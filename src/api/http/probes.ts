import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../observability/metrics';
import type { Readiness } from '../../observability/readiness';

/** Open to everyone who can reach the port: they tell states and counts, never data. */
export function registerProbes(
  app: FastifyInstance,
  { metrics, readiness }: { metrics: Metrics; readiness: Readiness },
): void {
  app.get('/livez', () => ({ status: 'alive' }));

  app.get('/readyz', async (_request, reply) => {
    const report = await readiness.check();
    return reply.status(report.ready ? 200 : 503).send(report);
  });

  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
