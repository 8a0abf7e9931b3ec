import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isUuid } from '../../domain/graph/identity';
import type { DocumentRequest, ResultDocument, ResultDocuments } from '../../domain/query/result-documents';
import { tenantOf, type ApiDependencies } from './api-dependencies';
import { publicUrlOf } from './public-url';

const path = '/query-results';

export interface QueryResultsOptions {
  readonly documents: Pick<ResultDocuments, 'open'>;
  /** Where clients reach the API; undefined: as each request says. */
  readonly publicUrl: string | undefined;
}

/**
 * The documents of deferred answers. They need no credentials but the token in the path, and ignore those that come along: clients
 * differ in what they send (contract 5.3).
 */
export function registerQueryResults(app: FastifyInstance, { documents, publicUrl }: QueryResultsOptions): void {
  const answer = (form: DocumentRequest['form']) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { token, page = '0' } = request.params as { token: string; page?: string };
    const baseUrl = publicUrlOf(request, publicUrl);
    const document = await documents.open({ token, page: pageOf(page), form, baseUrl });
    return await reply.type('application/json').send(document.rows ? Readable.from(piecesOf(document)) : document.head);
  };
  app.get(`${path}/:token/state`, answer('state'));
  app.get(`${path}/:token/state/:page`, answer('state'));
  app.get(`${path}/:token/results/:page`, answer('results'));
}

/** For who knows a result by its id, as operators do: with credentials, where its state document is. */
export function registerLocateQueryResult(
  app: FastifyInstance,
  { api, publicUrl }: { readonly api: ApiDependencies; readonly publicUrl: string | undefined },
): void {
  app.get('/j1ql/results/:id', async (request) => {
    const { id } = request.params as { id: string };
    if (!isUuid(id)) throw new DomainError(ErrorCode.notFound, `There is no result ${JSON.stringify(id)}.`);
    const { statePath } = await tenantOf(api, request).results.locate(id.toLowerCase());
    return { url: `${publicUrlOf(request, publicUrl)}${statePath}` };
  });
}

function pageOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new DomainError(ErrorCode.notFound, 'There is no such page.');
}

async function* piecesOf({ head, rows, tail }: ResultDocument): AsyncIterable<Uint8Array> {
  yield Buffer.from(head);
  if (rows) yield* rows;
  yield Buffer.from(tail);
}
