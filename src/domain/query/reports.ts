import type { ResultFormat } from '../../contracts/query-result';
import { selectionOf, type SelectionRequest } from '../graph/vertex-selection';
import type { DeferredResultsDependencies } from './deferred-results';
import { resultPath } from './result-documents';
import { startResult } from './start-result';

/** Which entities a report has. JSON. */
export type ReportSelection = Omit<SelectionRequest, 'search'>;

/** Files with all entities of a selection, of one account. */
export interface Reports {
  /**
   * Lets a workflow write the file. The state document is there when this resolves.
   * @throws DomainError BAD_REQUEST for a selection that is none
   */
  build(asked: {
    readonly selection: ReportSelection;
    readonly format: ResultFormat;
    /** For logs of server and workers. */
    readonly requestId?: string | undefined;
  }): Promise<{ readonly statePath: string; readonly correlationId: string }>;
}

export class StoredReports implements Reports {
  constructor(private readonly deps: Omit<DeferredResultsDependencies, 'content' | 'cursors'>) {}

  async build({ selection, format, requestId }: Parameters<Reports['build']>[0]): ReturnType<Reports['build']> {
    const { filters, propertyFilters, filterType } = selection;
    const request: ReportSelection = {
      filters: filters ?? null,
      propertyFilters,
      filterType: filterType ?? null,
    };
    selectionOf(request);
    const id = this.deps.newId();
    const result = await startResult(this.deps, { id, kind: format, request, question: '' });
    await this.deps.runner.start(result, { requestId });
    return { statePath: resultPath(this.deps.tokens.of(id), 'state', 0), correlationId: id };
  }
}
