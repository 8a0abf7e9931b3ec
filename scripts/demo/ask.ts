import { z } from 'zod';
import { ApiError, call, type ApiConnection } from './client';
import { formatTable } from './report';

/** Something that every machine can answer. */
export const QUESTION =
  'FIND User AS u THAT OWNS Process AS p RETURN u.displayName AS user, COUNT(p) AS processes ORDER BY processes DESC LIMIT 5';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown())]);
const replySchema = z.object({
  data: z.object({ queryV1: z.object({ data: z.array(z.record(z.string(), scalar)) }) }),
});

/**
 * Asks one question of the graph, as any client would, and shows it with its answer.
 * @throws ApiError
 */
export async function ask(connection: ApiConnection, question: string, signal?: AbortSignal): Promise<string> {
  const document = 'query ($question: String!) { queryV1(query: $question) { data } }';
  const body = { query: document, variables: { question } };
  const { json, status } = await call(connection, {
    method: 'POST',
    path: '/graphql',
    body,
    ...(signal && { signal }),
  });
  const reply = replySchema.safeParse(json);
  if (!reply.success) throw new ApiError('The API did not answer the question.', 'UNEXPECTED_REPLY', status);
  const rows = reply.data.data.queryV1.data;
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? '')));
  return [`A question to the graph: ${question}`, '', formatTable([columns, ...cells])].join('\n');
}
