import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import type { ResultKind } from '../../contracts/query-result';
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
      ...(result.kind === 'query-csv' && { format: 'csv' }),
    };
    const [type, workflowId] = isQuery(result)
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

const isQuery = ({ kind }: StoredResult): boolean => kind === 'query' || kind === 'query-csv';

function summaryOf(result: StoredResult): string {
  const { account, kind, request } = result;
  const answer = kind === 'query-csv' ? 'Answer as CSV' : 'Answer';
  const what = isQuery(result) ? (JSON.parse(request) as DeferredQuestion).query : `${kind.toUpperCase()} of entities`;
  return `${answer} for account ${account}: ${what.replace(/\s+/g, ' ').trim()}`.slice(0, maxSummary);
}

const selected = 'reads the selected entities from a snapshot of the graph and writes a file that the client downloads';
const workInWords: Readonly<Record<ResultKind, string>> = {
  query: 'runs the query on a snapshot of the graph and stores all rows, by pages, where the client reads them',
  'query-csv':
    'runs the query on a snapshot of the graph and writes all rows as one CSV file that the client downloads',
  csv: selected,
  json: selected,
};

function detailsOf({ id, account, kind }: StoredResult): string {
  return [
    `A client polls the state document of result \`${id}\` of account \`${account}\`. The workflow ${workInWords[kind]}. What is asked is in the result's document in MongoDB, variables and filters included, not here.`,
    '',
    '- **Current Details**, beside this, says how it went. **Query** `result` gives the same as JSON.',
    '- **Cancel** ends the reads in the database too; the client is told that it failed. After **Terminate** the client is told so when the time of the work is over.',
  ].join('\n');
}
