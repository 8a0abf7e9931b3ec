import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  TimeoutFailure,
  upsertSearchAttributes,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { QueryActivities } from '../../activities/query-activities';
import { ErrorCode } from '../../contracts/error-code';
import { ResultStatus, type ResultFormat } from '../../contracts/query-result';
import {
  resultQuery,
  type ResultRef,
  type ResultState,
  type StoredResultInput,
} from '../../contracts/temporal/query-result';
import { SearchAttribute } from '../../contracts/temporal/sync-job';
import { reasonOf } from './job-state';
import { describeResult } from './result-details';

const { failResult } = proxyActivities<QueryActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
  summary: 'write down why there is no result',
});

export interface ResultWork {
  readonly ref: ResultRef;
  /** For starts by the CLI: makes the result document. */
  readonly open: ((ref: ResultRef) => Promise<ResultState>) | undefined;
  /** How long the work may take where there is a document already, milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Where it is known before there is a document. */
  readonly format: ResultFormat | undefined;
  /** The activity that makes the content. */
  readonly work: (options: ActivityOptions) => (ref: ResultRef) => Promise<ResultState>;
}

/** The activity ends its work itself when the time is over; this is for one that has hung or lost its worker. */
const graceMs = 10_000;

/** What the workflows of all results have in common: from their document to its last status. */
export async function makeResult({ ref, open, timeoutMs = 0, format, work }: ResultWork): Promise<ResultState> {
  let state: ResultState = initialState(ref, { timeoutMs, format });
  setHandler(resultQuery, () => state, { description: 'Status of the result, and how many rows and pages it has.' });

  function enter(next: ResultState): void {
    state = next;
    setCurrentDetails(describeResult(state, workflowInfo()));
  }

  async function fail(error: string): Promise<void> {
    enter(await CancellationScope.nonCancellable(async () => await failResult({ ...ref, error })));
    announce(state);
  }

  enter(state);
  if (open) {
    announce(state);
    // What is wrong with the request is the failure of the run: there is no document that could say it.
    enter(await opened(open(ref)));
  }
  try {
    const run = work({
      scheduleToCloseTimeout: Math.max(0, Date.parse(state.deadline) - Date.now()) + graceMs,
      heartbeatTimeout: '10s',
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: { initialInterval: '200ms', maximumInterval: '10s' },
    });
    enter(await run(ref));
    announce(state);
  } catch (err) {
    if (isCancellation(err)) await fail('The work on it was cancelled by an operator.');
    else await fail(sentenceOf(err, ref));
    throw err;
  }
  return state;
}

export const refOf = ({ timeoutMs: _timeoutMs, format: _format, ...ref }: StoredResultInput): ResultRef => ref;

async function opened(opening: Promise<ResultState>): Promise<ResultState> {
  try {
    return await opening;
  } catch (err) {
    throw isCancellation(err) ? err : ApplicationFailure.nonRetryable(reasonOf(err), ErrorCode.badRequest);
  }
}

/** For the client: what is not one of our own sentences stays in the history. */
function sentenceOf(err: unknown, { resultId }: ResultRef): string {
  const cause = err instanceof ActivityFailure ? err.cause : undefined;
  if (cause instanceof TimeoutFailure) return 'No worker has finished the work in time; try again later.';
  if (cause instanceof ApplicationFailure && spoken.some((code) => code === cause.type)) return cause.message;
  return `Something went wrong on our side; the log of the workers has it under result ${resultId}.`;
}

const spoken = Object.values(ErrorCode).filter((code) => code !== ErrorCode.internal);

function announce({ account, status }: ResultState): void {
  upsertSearchAttributes([
    { key: SearchAttribute.account, value: account },
    { key: SearchAttribute.status, value: status },
  ]);
}

const initialState = (
  { account, resultId }: ResultRef,
  { timeoutMs, format }: { readonly timeoutMs: number; readonly format: ResultFormat | undefined },
): ResultState => ({
  resultId,
  account,
  status: ResultStatus.inProgress,
  error: null,
  rows: 0,
  pages: 0,
  ...(format && { format }),
  bytes: 0,
  deadline: new Date(Date.now() + timeoutMs).toISOString(),
  readableUntil: null,
  path: `/j1ql/results/${resultId}`,
});
