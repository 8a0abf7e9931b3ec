import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import {
  csvReportWorkflowType,
  deferredQueryWorkflowType,
  queryWorkflowId,
  reportWorkflowId,
  type StoredResultInput,
} from '../../contracts/temporal/query-result';
import { SearchAttribute } from '../../contracts/temporal/sync-job';
import type { DeferredQuestion } from '../../domain/query/answer-question';
import type { ResultRunner } from '../../domain/query/deferred-results';
import type { StoredResult } from '../../domain/query/query-results';
import type { csvReport } from '../../workflows/csv-report';
import type { deferredQuery } from '../../workflows/deferred-query';
import { callTemporal } from './temporal-call';

export class TemporalResultRunner implements ResultRunner {
  constructor(
    private readonly client: () => Promise<Client>,
    private readonly taskQueue: string,
  ) {}

  async start(result: StoredResult, { requestId }: Parameters<ResultRunner['start']>[1]): Promise<void> {
    const { id, account, status, createdAt, deadlineAt } = result;
    const input: StoredResultInput = {
      account,
      resultId: id,
      timeoutMs: deadlineAt - createdAt,
      ...(requestId !== undefined && { requestId }),
    };
    const [type, workflowId] =
      result.kind === 'query'
        ? [deferredQueryWorkflowType, queryWorkflowId(account, id)]
        : [csvReportWorkflowType, reportWorkflowId(account, id)];
    await callTemporal(this.client, async (client) => {
      try {
        await client.workflow.start<typeof deferredQuery | typeof csvReport>(type, {
          workflowId,
          taskQueue: this.taskQueue,
          args: [input],
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          staticSummary: summaryOf(result),
          staticDetails: detailsOf(result),
          typedSearchAttributes: [
            { key: SearchAttribute.account, value: account },
            { key: SearchAttribute.status, value: status },
          ],
        });
      } catch (err) {
        if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
      }
    });
  }
}

/** Characters of one line in a list. */
const maxSummary = 200;

function summaryOf({ account, kind, request }: StoredResult): string {
  const what = kind === 'query' ? (JSON.parse(request) as DeferredQuestion).query : `${kind.toUpperCase()} of entities`;
  return `Answer for account ${account}: ${what.replace(/\s+/g, ' ').trim()}`.slice(0, maxSummary);
}

function detailsOf({ id, account, kind }: StoredResult): string {
  const work =
    kind === 'query'
      ? 'runs the query on a snapshot of the graph and stores all rows, by pages, where the client reads them'
      : 'reads the selected entities from a snapshot of the graph and writes a file that the client downloads';
  return [
    `A client polls the state document of result \`${id}\` of account \`${account}\`. The workflow ${work}. What is asked is in the result's document in MongoDB, variables and filters included, not here.`,
    '',
    '- **Current Details**, beside this, says how it went. **Query** `result` gives the same as JSON.',
    '- **Cancel** ends the reads in the database too; the client is told that it failed. After **Terminate** the client is told so when the time of the work is over.',
  ].join('\n');
}
