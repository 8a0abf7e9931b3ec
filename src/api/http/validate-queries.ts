import type { FastifyInstance } from 'fastify';
import { setImmediate } from 'node:timers/promises';
import { queriesBodySchema } from '../../contracts/query-api.schema';
import { checkQuery } from '../../domain/query/check-query';
import { QueryError } from '../../domain/query/query-error';
import type { ApiDependencies } from './api-dependencies';
import { readJson } from './body/json-body';

interface Verdict {
  readonly query: string;
  readonly valid: boolean;
  readonly error?: { readonly message: string; readonly code: string };
}

/** What `j1-integration validate-question-file` calls. An invalid query is an answer, not an error. */
export function registerValidateQueries(app: FastifyInstance, api: ApiDependencies): void {
  app.post('/j1ql/validate', async (request, reply) => {
    const { queries } = await readJson({ request, reply, limits: api.smallBodies }, queriesBodySchema);
    const verdicts: Verdict[] = [];
    for (const query of queries) {
      verdicts.push(verdictOn(query));
      // Other requests get their turn: a query as large as is allowed takes some tenths of a second.
      await setImmediate();
    }
    for (const { error } of verdicts) api.metrics.queriesValidated.inc({ result: error?.code ?? 'VALID' });
    return verdicts;
  });
}

function verdictOn(query: string): Verdict {
  try {
    checkQuery(query);
    return { query, valid: true };
  } catch (err) {
    if (!(err instanceof QueryError)) throw err;
    return { query, valid: false, error: { message: err.message, code: err.code } };
  }
}
