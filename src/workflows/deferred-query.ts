import { proxyActivities } from '@temporalio/workflow';
import type { QueryActivities } from '../activities/query-activities';
import type { DeferredQueryInput, ResultState } from '../contracts/temporal/query-result';
import { checkDeferredQueryInput } from './support/deferred-query-input';
import { idOfWorkflow } from './support/job-state';
import { makeResult, refOf } from './support/make-result';

const { openQuery } = proxyActivities<QueryActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
  summary: 'check the query, make the result document',
});

/**
 * One deferred query, from its start to a result that clients can read.
 *
 * - Id and queue: `query:<account>:<resultId>` on `graph-sync`; a start by the CLI may have any id.
 * - Started by: `queryV1` with `deferredResponse: FORCE`, `queryV2`, the Temporal CLI.
 * - Messages: query `result`; cancel.
 * - Activities: `openQuery` (CLI starts only), `answerQuery` or for CSV `writeQueryCsv`, `failResult`. All may run twice.
 * - Ends: COMPLETED; FAILED for a query that cannot be run, takes too long or needs too much. Cancelling ends the reads in MongoDB
 *   and the result as FAILED.
 * - Continue-as-new: never; the history has the same few events for any number of rows.
 * - Repair: start a new one. Nobody has to look after a terminated run: its result counts as FAILED once its deadline has passed.
 */
export async function deferredQuery(input: DeferredQueryInput): Promise<ResultState> {
  checkDeferredQueryInput(input);
  const isCsv = input.format === 'csv';
  const isStored = 'resultId' in input;
  return await makeResult({
    ref: isStored ? refOf(input) : { account: input.account, resultId: idOfWorkflow() },
    timeoutMs: isStored ? input.timeoutMs : undefined,
    format: isCsv ? 'csv' : 'json',
    open: isStored ? undefined : async (ref) => await openQuery({ ...input, ...ref }),
    work: (options) =>
      isCsv
        ? proxyActivities<QueryActivities>({ ...options, summary: 'run the query, write its rows as CSV' })
            .writeQueryCsv
        : proxyActivities<QueryActivities>({ ...options, summary: 'run the query, store its rows' }).answerQuery,
  });
}
