import { activityInfo, cancellationSignal, log } from '@temporalio/activity';
import { ErrorCode } from '../contracts/error-code';
import { ResultStatus } from '../contracts/query-result';
import type { ResultRef, ResultState } from '../contracts/temporal/query-result';
import { DomainError } from '../domain/errors';
import type { AnswerDependencies } from '../domain/query/answer-question';
import {
  isOverdue,
  overdueSentence,
  type ContentPlace,
  type QueryResultStore,
  type ResultContent,
  type ResultLimits,
  type ResultSummary,
  type StoredResult,
} from '../domain/query/query-results';
import { withDeadline } from '../lib/deadline';
import type { WorkerMetrics } from '../observability/worker-metrics';
import { toResultState } from './result-state';
import { whileHeartbeating } from './with-heartbeat';

/** Of one account. */
export interface ResultStores extends AnswerDependencies {
  readonly results: QueryResultStore;
  readonly content: ResultContent;
}

export interface ResultDependencies {
  readonly storesOf: (account: string) => ResultStores;
  readonly accountExists: (account: string) => Promise<boolean>;
  readonly now: () => number;
  readonly limits: ResultLimits;
  readonly metrics?: Pick<WorkerMetrics, 'resultsEnded' | 'resultDuration' | 'resultRows'>;
}

export interface ResultAttempt extends ResultStores {
  readonly result: StoredResult;
  readonly place: ContentPlace;
  readonly signal: AbortSignal;
  /** Shows operators how far it is. */
  readonly report: (details: unknown) => void;
}

/** How attempts at results begin and end. */
export class ResultEnds {
  constructor(private readonly deps: ResultDependencies) {}

  /**
   * Ends the result by what an attempt comes to. What is wrong with the request ends the result, not the activity; errors that a later
   * attempt may not meet go on.
   */
  async attempt(ref: ResultRef, work: (attempt: ResultAttempt) => Promise<ResultSummary>): Promise<ResultState> {
    const { now } = this.deps;
    const result = await this.find(ref);
    if (result.status !== ResultStatus.inProgress) return toResultState(result);
    if (isOverdue(result, now())) return await this.fail(result, overdueSentence(result));
    const place = { id: result.id, attempt: attemptName() };
    const reason = () => new DomainError(ErrorCode.queryTimeout, overdueSentence(result));
    const limit = { ms: Math.max(0, result.deadlineAt - now()), reason, signal: cancellationSignal() };
    try {
      const summary = await whileHeartbeating(
        async (report) =>
          await withDeadline(limit, async (signal) => {
            try {
              return await work({ ...this.deps.storesOf(ref.account), result, place, signal, report });
            } catch (err) {
              // Whatever a read makes of being ended, the result says why.
              signal.throwIfAborted();
              throw err;
            }
          }),
      );
      return await this.seal(result, summary);
    } catch (err) {
      if (!isFinal(err)) throw err;
      return await this.fail(result, err.code === ErrorCode.cursorExpired ? snapshotSentence : err.message);
    }
  }

  async find({ account, resultId }: ResultRef): Promise<StoredResult> {
    const result = await this.deps.storesOf(account).results.find(resultId);
    if (result) return result;
    throw new DomainError(ErrorCode.notFound, `There is no result ${resultId} in account "${account}".`);
  }

  /** One that has ended already stays as it is. */
  async fail({ account, id }: StoredResult, error: string): Promise<ResultState> {
    const { storesOf, limits } = this.deps;
    const { results, content } = storesOf(account);
    const now = this.deps.now();
    const failed = await results.fail(id, { error, now, expiresAt: now + limits.keepMs });
    this.tell(failed, now);
    await discard(content, id, failed?.content ?? undefined);
    return toResultState(failed ?? (await this.find({ account, resultId: id })));
  }

  /** Of several attempts the first one that is done counts; the others clear away what they have written. */
  private async seal({ account, id }: StoredResult, summary: ResultSummary): Promise<ResultState> {
    const { storesOf, limits } = this.deps;
    const { results, content } = storesOf(account);
    const now = this.deps.now();
    const sealed = await results.complete(id, { content: summary, now, expiresAt: now + limits.keepMs });
    this.tell(sealed, now);
    if (activityInfo().attempt > 1 || sealed?.content?.attempt !== summary.attempt) {
      await discard(content, id, sealed?.content ?? undefined);
    }
    return toResultState(sealed ?? (await this.find({ account, resultId: id })));
  }

  /** Logs and counts the end of a result, unless it has ended before. */
  private tell(result: StoredResult | undefined, now: number): void {
    if (result?.endedAt !== now) return;
    const { kind, status, content, createdAt } = result;
    const { metrics } = this.deps;
    const ms = now - createdAt;
    metrics?.resultsEnded.inc({ kind, status });
    metrics?.resultDuration.observe({ kind, status }, ms / 1000);
    metrics?.resultRows.inc({ kind }, content?.rows ?? 0);
    // Without the error, which may quote the query.
    const { rows, pages, bytes } = content ?? {};
    log.info('result ended', { kind, status, ms, rows, pages, bytes });
  }

  /** @throws DomainError NOT_FOUND */
  async requireAccount(account: string): Promise<void> {
    if (await this.deps.accountExists(account)) return;
    throw new DomainError(
      ErrorCode.notFound,
      `There is no account "${account}". Accounts: npm run admin -- account list`,
    );
  }
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
  'It took longer than the database keeps the moment that it looks at (minSnapshotHistoryWindowInSeconds, 300 s unless set). Make it more selective.';

/** What stays behind here is removed with the result, when it has expired. */
async function discard(content: ResultContent, id: string, keep: ResultSummary | undefined): Promise<void> {
  try {
    await content.discard(id, keep);
  } catch (err) {
    log.warn('content of an attempt that does not count was not removed; it goes with its result', { err });
  }
}
