import { ErrorCode } from '../../contracts/error-code';
import { ResultStatus } from '../../contracts/query-result';
import { DomainError } from '../errors';
import type { DeferredQuestion } from './answer-question';
import type { DeferredQueries } from './deferred-queries';
import type { QueryPage } from './queries';
import type { QueryCursors } from './query-cursors';
import {
  isOverdue,
  overdueSentence,
  queryKindOf,
  type QueryResultStore,
  type ResultContent,
  type ResultLimits,
  type ResultSummary,
  type StoredResult,
} from './query-results';
import { resultPath } from './result-documents';
import type { ResultTokens } from './result-tokens';
import { startResult } from './start-result';

/** Lets workflows make results. */
export interface ResultRunner {
  /** Starts the workflow of a result, once. @throws DomainError SERVICE_UNAVAILABLE */
  start(result: StoredResult, on: { readonly requestId?: string | undefined }): Promise<void>;
}

/** Results by their ids, of one account. */
export interface ResultLocator {
  /** @throws DomainError NOT_FOUND for one that is not there, has expired, or is another account's */
  locate(id: string): Promise<{ readonly statePath: string }>;
}

export interface DeferredResultsDependencies {
  readonly results: QueryResultStore;
  readonly content: Pick<ResultContent, 'openPage'>;
  readonly runner: ResultRunner;
  readonly tokens: ResultTokens;
  readonly cursors: QueryCursors;
  readonly newId: () => string;
  readonly now: () => number;
  readonly limits: ResultLimits;
}

/** Deferred queries of one account: a workflow stores their whole answer, and its pages are read from there. */
export class DeferredResults implements DeferredQueries, ResultLocator {
  constructor(private readonly deps: DeferredResultsDependencies) {}

  async start({
    request,
    format,
    question,
    from,
  }: Parameters<DeferredQueries['start']>[0]): ReturnType<DeferredQueries['start']> {
    const { query, variables, includeDeleted, scopeFilters, rowMetadata, requestId } = request;
    const asked: DeferredQuestion = { query, variables, includeDeleted, scopeFilters, rowMetadata, from };
    const id = this.deps.newId();
    const kind = queryKindOf(format);
    const result = await startResult(this.deps, { id, kind, request: asked, question });
    await this.deps.runner.start(result, { requestId });
    return this.reference(id, 0);
  }

  async locate(id: string): ReturnType<ResultLocator['locate']> {
    const result = await this.deps.results.find(id);
    if (result && result.expiresAt > this.deps.now()) return this.reference(id, 0);
    throw new DomainError(ErrorCode.notFound, `There is no result ${id}, or it has expired.`);
  }

  async statePath(cursor: Parameters<DeferredQueries['statePath']>[0]): ReturnType<DeferredQueries['statePath']> {
    await this.complete(cursor.result, cursor.page);
    return this.reference(cursor.result, cursor.page);
  }

  async page(cursor: Parameters<DeferredQueries['page']>[0], question: string): Promise<QueryPage> {
    const { result: id, page } = cursor;
    const { attempt, type, rows, pages } = await this.complete(id, page);
    const text = await textOf(await this.deps.content.openPage({ id, attempt, page }).catch(asExpired));
    const next = page + 1 < pages ? this.deps.cursors.write({ ...cursor, page: page + 1 }, question) : null;
    return {
      type,
      data: JSON.parse(text) as QueryPage['data'],
      cursor: next,
      totalCount: type === 'tree' ? null : rows,
    };
  }

  private async complete(id: string, page: number): Promise<ResultSummary> {
    const [result, now] = [await this.deps.results.find(id), this.deps.now()];
    if (!result || result.expiresAt <= now) throw expired();
    if (result.status === ResultStatus.failed) throw new DomainError(ErrorCode.cursorExpired, result.error ?? '');
    if (isOverdue(result, now)) throw new DomainError(ErrorCode.cursorExpired, overdueSentence(result));
    if (!result.content || page >= result.content.pages) throw expired();
    return result.content;
  }

  private reference(id: string, page: number) {
    return { statePath: resultPath(this.deps.tokens.of(id), 'state', page), correlationId: id };
  }
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

const expired = (): DomainError =>
  new DomainError(
    ErrorCode.cursorExpired,
    'The result that this cursor belongs to is not kept any more. Ask again without a cursor.',
  );

function asExpired(err: unknown): never {
  throw err instanceof DomainError && err.code === ErrorCode.notFound ? expired() : err;
}
