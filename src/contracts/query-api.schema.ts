import { z } from 'zod';

/** As many as JupiterOne's own client sends at once. */
export const maxQueriesPerValidation = 250;

/** Body of `POST /j1ql/validate`. Messages are predicates, as in `sync-api.schema.ts`. */
export const validateQueriesBodySchema = z.object(
  {
    queries: z
      .array(z.string({ error: 'must be a string' }), {
        error: (issue) => (issue.input === undefined ? 'is missing' : 'must be an array of strings'),
      })
      .max(maxQueriesPerValidation, `must not have more than ${maxQueriesPerValidation} elements`),
  },
  { error: 'must be a JSON object' },
);
