import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
} from '@temporalio/client';
import {
  deferredQueryWorkflowType,
  queryWorkflowId,
  type StoredQueryInput,
} from '../../contracts/temporal/query-result';
import { SearchAttribute } from '../../contracts/temporal/sync-job';
import type { DeferredQuestion } from '../../domain/query/answer-question';
import type { ResultRunner } from '../../domain/query/deferred-results';
import type { StoredResult } from '../../domain/query/query-results';
import type { deferredQuery } from '../../workflows/deferred-query';
import { callTemporal } from './temporal-call';

export class TemporalResultRunner implements ResultRunner {
  constructor(
    private readonly client: () => Promise<Client>,
    private readonly taskQueue: string,
  ) {}

  async start(result: StoredResult, { requestId }: Parameters<ResultRunner['start']>[1]): Promise<void> {
    const { id, account, status, createdAt, deadlineAt } = result;
    const input: StoredQueryInput = {
      account,
      resultId: id,
      timeoutMs: deadlineAt - createdAt,
      ...(requestId !== undefined && { requestId }),
    };
    await callTemporal(this.client, async (client) => {
      try {
        await client.workflow.start<typeof deferredQuery>(deferredQueryWorkflowType, {
          workflowId: queryWorkflowId(account, id),
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

function summaryOf({ account, request }: StoredResult): string {
  const { query } = JSON.parse(request) as DeferredQuestion;
  return `Answer for account ${account}: ${query.replace(/\s+/g, ' ').trim()}`.slice(0, maxSummary);
}

function detailsOf({ id, account }: StoredResult): string {
  return [
    `A client has asked for a deferred response and polls the state document of result \`${id}\` of account \`${account}\`. The workflow runs the query on a snapshot of the graph and stores all rows, by pages, where the client reads them. Variables of the query are in the result's document in MongoDB, not here.`,
    '',
    '- **Current Details**, beside this, says how it went. **Query** `result` gives the same as JSON.',
    '- **Cancel** ends the query in the database too; the client is told that it failed. After **Terminate** the client is told so when the time of the query is over.',
  ].join('\n');
}
