import { proxyActivities } from '@temporalio/workflow';
import type { ReportActivities } from '../activities/report-activities';
import type { CsvReportInput, ResultState } from '../contracts/temporal/query-result';
import { checkCsvReportInput } from './support/csv-report-input';
import { idOfWorkflow } from './support/job-state';
import { makeResult, refOf } from './support/make-result';

const { openReport } = proxyActivities<ReportActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
  summary: 'check the selection, make the result document',
});

/**
 * One report: a file, CSV or JSON, with all entities of a selection.
 *
 * - Id and queue: `report:<account>:<resultId>` on `graph-sync`; a start by the CLI may have any id.
 * - Started by: `buildCsv`, `buildJson`, the Temporal CLI.
 * - Messages: query `result`; cancel.
 * - Activities: `openReport` (CLI starts only), `writeReport`, `failResult`. All may run twice.
 * - Ends: COMPLETED; FAILED for a selection that cannot be read in time. Cancelling ends the reads in MongoDB and the result as
 *   FAILED.
 * - Continue-as-new: never; the history has the same few events for any number of entities.
 * - Repair: start a new one. Nobody has to look after a terminated run: its result counts as FAILED once its deadline has passed.
 */
export async function csvReport(input: CsvReportInput): Promise<ResultState> {
  checkCsvReportInput(input);
  const isStored = 'resultId' in input;
  return await makeResult({
    ref: isStored ? refOf(input) : { account: input.account, resultId: idOfWorkflow() },
    timeoutMs: isStored ? input.timeoutMs : undefined,
    format: isStored ? undefined : (input.format ?? 'csv'),
    open: isStored ? undefined : async (ref) => await openReport({ ...input, ...ref }),
    work: (options) =>
      proxyActivities<ReportActivities>({ ...options, summary: 'read the entities, write the file' }).writeReport,
  });
}
