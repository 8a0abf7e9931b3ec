import type { FastifyInstance } from 'fastify';
import { setImmediate } from 'node:timers/promises';
import { queriesBodySchema } from '../../contracts/query-api.schema';
import { checkQuery } from '../../domain/query/check-query';
import { QueryError } from '../../domain/query/query-error';
import { printQuery } from '../../domain/query/syntax/print';
import type { ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';

/**
 * Queries as the printer writes them: keywords in upper case, no comments, defaults left out. What makes a query fast is the
 * planner's work, whatever its text.
 */
export function registerOptimizeQueries(app: FastifyInstance, api: ApiDependencies): void {
  app.post('/j1ql/optimize', async (request, reply) => {
    const { queries } = await readJson({ request, reply, limits: api.smallBodies }, queriesBodySchema);
    const optimized: object[] = [];
    for (const query of queries) {
      optimized.push(optimize(query));
      // Other requests get their turn, as in `/j1ql/validate`.
      await setImmediate();
    }
    return optimized;
  });
}

const rewritten = {
  name: 'canonicalForm',
  description: 'Written with keywords in upper case and without what says nothing.',
};

function optimize(originalQuery: string): object {
  try {
    const optimizedQuery = printQuery(checkQuery(originalQuery));
    const optimizations = optimizedQuery === originalQuery ? [] : [rewritten];
    return { originalQuery, valid: true, optimizedQuery, optimizations };
  } catch (err) {
    if (!(err instanceof QueryError)) throw err;
    const error = { message: err.message, code: err.code };
    return { originalQuery, valid: false, optimizedQuery: null, optimizations: [], error };
  }
}
