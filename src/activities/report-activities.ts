import type { AskedReportInput, ResultRef, ResultState } from '../contracts/temporal/query-result';
import { selectionOf } from '../domain/graph/vertex-selection';
import { formatOf } from '../domain/query/query-results';
import type { ReportSelection } from '../domain/query/reports';
import { startResult } from '../domain/query/start-result';
import { writeReport } from '../domain/query/write-report';
import { putFile } from './put-file';
import { ResultEnds, type ResultDependencies } from './result-ends';
import { toResultState } from './result-state';

export type ReportActivities = ReturnType<typeof createReportActivities>;

/** Every activity may run twice, as those of queries. */
export function createReportActivities(deps: ResultDependencies) {
  const ends = new ResultEnds(deps);

  return {
    /** For starts by the Temporal CLI: writes the document that the API would have written. */
    async openReport({ resultId, account, format, ...input }: AskedReportInput & ResultRef): Promise<ResultState> {
      await ends.requireAccount(account);
      const { filters, propertyFilters, filterType } = input;
      const request: ReportSelection = {
        filters: filters ?? null,
        propertyFilters,
        filterType: filterType ?? null,
      };
      selectionOf(request);
      const { results } = deps.storesOf(account);
      const asked = { id: resultId, kind: format ?? 'csv', request, question: '' };
      return toResultState(await startResult({ ...deps, results }, asked));
    },

    /** Reads the selected entities and writes the file with them. */
    async writeReport(ref: ResultRef): Promise<ResultState> {
      return await ends.attempt(ref, async ({ result, place, content, report, ...reading }) => {
        const format = formatOf(result.kind);
        const asked = { format, selection: JSON.parse(result.request) as ReportSelection };
        return await writeReport(asked, { ...reading, onProgress: report }, async (file) => {
          return await putFile({ content, place, format, type: 'list' }, file);
        });
      });
    },
  };
}
