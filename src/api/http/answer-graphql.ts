import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { inLanes } from '../../lib/in-lanes';
import {
  GraphqlService,
  type GraphqlAnswer,
  type GraphqlRules,
  type OperationObserver,
} from '../graphql/graphql-service';
import type { RequestContext } from '../graphql/graphql-context';
import { tenantOf, type ApiDependencies } from './api-dependencies';
import { parseJson } from './body/json-body';
import { withBody } from './body/read-body';
import { goneSignal } from './gone-signal';
import { publicUrlOf } from './public-url';

export interface GraphqlOptions extends GraphqlRules {
  /** Operations of one request. */
  readonly maxOperations: number;
  /** Where clients reach the API; undefined: as each request says. */
  readonly publicUrl?: string | undefined;
}

/** Where clients look for GraphQL (contract, rule 3). */
export const graphqlPaths = ['/', '/graphql', '/rules/graphql', '/persister/graphql'] as const;

/** Objects and arrays inside each other; what works on them is recursive. */
const maxNesting = 500;
/** Operations of one request that run at one time. */
const lanes = 4;

/** One operation, or an array of them (rule 4). What a document or an operation gets wrong is told in an answer of 200 (rule 8). */
export function registerAnswerGraphql(
  app: FastifyInstance,
  { api, options }: { api: ApiDependencies; options: GraphqlOptions },
): void {
  const service = new GraphqlService(options);

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    let gone: AbortSignal | undefined;
    // Not every operation asks for all of it.
    const context: RequestContext = {
      tenant: tenantOf(api, request),
      requestId: request.id,
      get signal() {
        return (gone ??= goneSignal(reply));
      },
      get publicUrl() {
        return publicUrlOf(request, options.publicUrl);
      },
    };
    const observer: OperationObserver = {
      failed: (err) => request.log.error({ err }, 'operation failed'),
      answered: ({ field, result, seconds }) => api.metrics.graphqlDuration.observe({ field, result }, seconds),
    };
    return await withBody({ request, reply, limits: api.graphqlBodies }, async (bytes) => {
      const sent = parseJson(bytes, maxNesting);
      if (!Array.isArray(sent)) return await service.answer(sent, context, observer);
      if (sent.length > options.maxOperations) {
        throw new DomainError(
          ErrorCode.badRequest,
          `The request has ${sent.length} operations; ${options.maxOperations} are the most that one may have.`,
        );
      }
      const answers: GraphqlAnswer[] = [];
      await inLanes(sent.some(mayWrite) ? 1 : lanes, entriesOf(sent), async ([at, operation]) => {
        answers[at] = await service.answer(operation, context, observer);
      });
      return answers;
    });
  }

  for (const path of graphqlPaths) app.post(path, answer);
}

/** Then one after the other: an operation may need what the one before it has made. */
const mayWrite = (operation: unknown): boolean =>
  /\bmutation\b/.test(String((operation as { query?: unknown } | null)?.query));

async function* entriesOf<T>(items: readonly T[]): AsyncGenerator<[number, T]> {
  yield* items.entries();
}
