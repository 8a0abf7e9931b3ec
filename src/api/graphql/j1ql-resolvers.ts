import type { ResultFormat } from '../../contracts/query-result';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { QueryPage, QueryRequest } from '../../domain/query/queries';
import type { GraphqlContext, Resolver, Resolvers } from './graphql-context';
import { queryRequestOf, type QueryArguments } from './query-arguments';

interface QueryV1Arguments extends QueryArguments {
  readonly deferredResponse?: 'DISABLED' | 'OPTIONAL' | 'FORCE' | null;
  readonly deferredFormat?: 'JSON' | 'CSV' | null;
  readonly flags?: { readonly rowMetadata?: boolean | null } | null;
}

interface QueryV2Arguments extends QueryArguments {
  readonly returnRowMetadata?: boolean | null;
}

/** How long OPTIONAL tries to answer inline. Clients and proxies give up at 30 s or later. */
const inlineMs = 25_000;

const queryV1: Resolver<QueryV1Arguments> = async (_source, args, context) => {
  const request = queryRequestOf({ ...args, rowMetadata: args.flags?.rowMetadata ?? null }, context.requestId);
  const format = args.deferredFormat === 'CSV' ? 'csv' : 'json';
  if (args.deferredResponse === 'FORCE') return await deferred(request, format, context);
  if (args.deferredResponse === 'OPTIONAL') return await inlineOrDeferred(request, format, context);
  return inline(await context.tenant.queries.page(request, context.signal), context);
};

const queryV2: Resolver<QueryV2Arguments> = async (_source, args, context) =>
  await deferred(
    queryRequestOf({ ...args, rowMetadata: args.returnRowMetadata ?? null }, context.requestId),
    'json',
    context,
  );

const explainQuery: Resolver<QueryArguments> = async (_source, args, context) =>
  await context.tenant.queries.explain(queryRequestOf(args, context.requestId), context.signal);

export const j1qlResolvers: Resolvers = { Query: { queryV1, queryV2, explainQuery } };

async function inlineOrDeferred(request: QueryRequest, format: ResultFormat, context: GraphqlContext): Promise<object> {
  const timeout = AbortSignal.timeout(inlineMs);
  try {
    const page = await context.tenant.queries.page(request, AbortSignal.any([timeout, context.signal]));
    return inline(page, context);
  } catch (err) {
    const isLate = timeout.aborted || (err instanceof DomainError && err.code === ErrorCode.queryTimeout);
    if (!isLate || context.signal.aborted) throw err;
    return await deferred(request, format, context);
  }
}

const inline = (page: QueryPage, { requestId }: GraphqlContext): object => ({
  ...page,
  url: null,
  correlationId: requestId,
});

async function deferred(
  request: QueryRequest,
  format: ResultFormat,
  { tenant, publicUrl }: GraphqlContext,
): Promise<object> {
  const { statePath, correlationId } = await tenant.queries.defer(request, format);
  return { type: 'deferred', data: null, cursor: null, totalCount: null, url: publicUrl + statePath, correlationId };
}
