import type { FastifyInstance } from 'fastify';
import { explainBodySchema } from '../../contracts/query-api.schema';
import { tenantOf, type ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';
import { goneSignal } from './gone-signal';
import { withoutAbsent } from './without-absent';

export function registerExplainQuery(app: FastifyInstance, api: ApiDependencies): void {
  app.post('/j1ql/explain', async (request, reply) => {
    const signal = goneSignal(reply);
    const { query, ...rest } = await readJson({ request, reply, limits: api.smallBodies }, explainBodySchema);
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) as {
      [Name in keyof typeof rest]: Exclude<(typeof rest)[Name], null>;
    };
    return await tenantOf(api, request).queries.explain(
      { query, requestId: request.id, ...withoutAbsent(given) },
      signal,
    );
  });
}
