import { z } from 'zod';

/** As many as JupiterOne's own client sends at once. */
export const maxQueriesPerValidation = 250;

/** Body of `POST /j1ql/validate` and `/j1ql/optimize`. Messages are predicates, as in `sync-api.schema.ts`. */
export const queriesBodySchema = z.object(
  {
    queries: z
      .array(z.string({ error: 'must be a string' }), {
        error: (issue) => (issue.input === undefined ? 'is missing' : 'must be an array of strings'),
      })
      .max(maxQueriesPerValidation, `must not have more than ${maxQueriesPerValidation} elements`),
  },
  { error: 'must be a JSON object' },
);

/** Body of `POST /j1ql/explain`; null counts as absent. */
export const explainBodySchema = z.object(
  {
    query: z.string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') }),
    variables: z.record(z.string(), z.unknown(), { error: 'must be an object' }).nullish(),
    includeDeleted: z.boolean({ error: 'must be true or false' }).nullish(),
    scopeFilters: z.array(z.unknown(), { error: 'must be an array of objects' }).nullish(),
  },
  { error: 'must be a JSON object' },
);
