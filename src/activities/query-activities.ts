import { activityInfo, cancellationSignal, log } from '@temporalio/activity';
import { ErrorCode } from '../contracts/error-code';
import { ResultStatus } from '../contracts/query-result';
import type { AskedQueryInput, ResultRef, ResultState } from '../contracts/temporal/query-result';
import { DomainError } from '../domain/errors';
import { answerQuestion, type AnswerDependencies, type DeferredQuestion } from '../domain/query/answer-question';
import { planQuery } from '../domain/query/plan/plan-query';
import { questionOf } from '../domain/query/query-cursors';
import {
  isOverdue,
  overdueSentence,
  type QueryResultStore,
  type ResultContent,
  type ResultLimits,
  type ResultSummary,
  type StoredResult,
} from '../domain/query/query-results';
import { writePages, type PageLimits } from '../domain/query/write-pages';
import { withDeadline } from '../lib/deadline';
import { toResultState } from './result-state';
import { whileHeartbeating } from './with-heartbeat';

/** Of one account. */
export interface QueryStores extends AnswerDependencies {
  readonly results: QueryResultStore;
  readonly content: ResultContent;
}

export interface QueryActivitiesDependencies {
  readonly storesOf: (account: string) => QueryStores;
  readonly accountExists: (account: string) => Promise<boolean>;
  /** Of `questionOf`. */
  readonly digest: (text: string) => string;
  readonly now: () => number;
  readonly limits: ResultLimits;
  readonly pageLimits?: PageLimits;
}

export type QueryActivities = ReturnType<typeof createQueryActivities>;

/** Every activity may run twice, at the same time even: an attempt writes under a name of its own, and one of them is sealed. */
export function createQueryActivities(deps: QueryActivitiesDependencies) {
  const { storesOf, now, limits } = deps;

  async function find({ account, resultId }: ResultRef): Promise<StoredResult> {
    const result = await storesOf(account).results.find(resultId);
    if (result) return result;
    throw new DomainError(ErrorCode.notFound, `There is no result ${resultId} in account "${account}".`);
  }

  async function fail({ account, id }: StoredResult, error: string): Promise<ResultState> {
    const { results, content } = storesOf(account);
    const failed = await results.fail(id, { error, now: now(), expiresAt: now() + limits.keepMs });
    await discard(content, id, failed?.content ?? undefined);
    return toResultState(failed ?? (await find({ account, resultId: id })));
  }

  /** Of several attempts the first one that is done counts; the others clear away what they have written. */
  async function seal({ account, id }: StoredResult, summary: ResultSummary): Promise<ResultState> {
    const { results, content } = storesOf(account);
    const sealed = await results.complete(id, { content: summary, now: now(), expiresAt: now() + limits.keepMs });
    if (activityInfo().attempt > 1 || sealed?.content?.attempt !== summary.attempt) {
      await discard(content, id, sealed?.content ?? undefined);
    }
    return toResultState(sealed ?? (await find({ account, resultId: id })));
  }

  /** Ends the result by what an attempt has come to; errors that a later attempt may not meet go on. */
  async function endWith(result: StoredResult, work: (signal: AbortSignal) => Promise<ResultSummary>) {
    if (result.status !== ResultStatus.inProgress) return toResultState(result);
    if (isOverdue(result, now())) return await fail(result, overdueSentence(result));
    const reason = () => new DomainError(ErrorCode.queryTimeout, overdueSentence(result));
    const ms = Math.max(0, result.deadlineAt - now());
    try {
      const summary = await withDeadline({ ms, reason, signal: cancellationSignal() }, async (signal) => {
        try {
          return await work(signal);
        } catch (err) {
          // Whatever a read makes of being ended, the result says why.
          signal.throwIfAborted();
          throw err;
        }
      });
      return await seal(result, summary);
    } catch (err) {
      if (!isFinal(err)) throw err;
      return await fail(result, err.code === ErrorCode.cursorExpired ? snapshotSentence : err.message);
    }
  }

  return {
    /** For starts by the Temporal CLI: writes the document that the API would have written. */
    async openQuery({ resultId, account, ...input }: AskedQueryInput & ResultRef): Promise<ResultState> {
      await requireAccount(deps, account);
      const { query, variables = {}, includeDeleted = false } = input;
      planQuery(query, { now: now(), variables, includeDeleted });
      const asked: DeferredQuestion = { query, variables, includeDeleted };
      const deadlineAt = now() + limits.timeoutMs;
      const result = await storesOf(account).results.create({
        id: resultId,
        kind: 'query',
        request: JSON.stringify(asked),
        question: questionOf({ query, variables, includeDeleted }, deps.digest),
        createdAt: now(),
        deadlineAt,
        expiresAt: deadlineAt + limits.keepMs,
      });
      return toResultState(result);
    },

    /** Runs the query and stores all rows of its answer. What is wrong with the query ends the result, not the activity. */
    async answerQuery(ref: ResultRef): Promise<ResultState> {
      const result = await find(ref);
      const { content, ...graph } = storesOf(ref.account);
      const place = { id: result.id, attempt: attemptName() };
      return await whileHeartbeating(async (report) => {
        return await endWith(result, async (signal) => {
          const asked = JSON.parse(result.request) as DeferredQuestion;
          report({ step: 'running the query', rows: 0 });
          return await answerQuestion(asked, { ...graph, at: result.createdAt, signal }, async (rows) => {
            return await writePages(rows, {
              content,
              place,
              ...(deps.pageLimits && { limits: deps.pageLimits }),
              onPage: (done) => report({ step: 'storing rows', ...done }),
            });
          });
        });
      });
    },

    /** Ends a result that cannot or shall not be made. One that has ended already stays as it is. */
    async failResult({ error, ...ref }: ResultRef & { readonly error: string }): Promise<ResultState> {
      return await fail(await find(ref), error);
    },
  };
}

async function requireAccount({ accountExists }: QueryActivitiesDependencies, account: string): Promise<void> {
  if (await accountExists(account)) return;
  throw new DomainError(
    ErrorCode.notFound,
    `There is no account "${account}". Accounts: npm run admin -- account list`,
  );
}

/** The same attempt of the same run has the same name; no other one has. */
function attemptName(): string {
  const { workflowExecution, attempt } = activityInfo();
  return `${(workflowExecution?.runId ?? '').slice(0, 8)}.${String(attempt)}`;
}

const final: readonly ErrorCode[] = [
  ErrorCode.parserError,
  ErrorCode.validationError,
  ErrorCode.badRequest,
  ErrorCode.queryTimeout,
  ErrorCode.queryTooLarge,
  ErrorCode.cursorExpired,
];
const isFinal = (err: unknown): err is DomainError => err instanceof DomainError && final.includes(err.code);

const snapshotSentence =
  'The query took longer than the database keeps the moment that it looks at (minSnapshotHistoryWindowInSeconds, 300 s unless set). Make it more selective.';

/** What stays behind here is removed with the result, when it has expired. */
async function discard(content: ResultContent, id: string, keep: ResultSummary | undefined): Promise<void> {
  try {
    await content.discard(id, keep);
  } catch (err) {
    log.warn('pages of an attempt that does not count were not removed; they go with their result', { err });
  }
}
