import { context, propagation, SpanKind } from '@opentelemetry/api';
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { Headers } from '@temporalio/common';
import type { ResultRef } from '../contracts/temporal/query-result';
import type { SyncJobRef } from '../contracts/temporal/sync-job';
import { carrierOf } from '../contracts/temporal/trace';
import { inSpan } from '../observability/spans';

/** Structural type of the worker's inbound activity interceptor. */
interface ActivityInboundInterceptor {
  execute(
    input: { readonly headers: Headers; readonly args: unknown[] },
    next: (input: never) => Promise<unknown>,
  ): Promise<unknown>;
}

/** Every attempt of an activity is a span below the workflow's. Another job being ahead on the scope is no error. */
export const activityTraceInterceptor: ActivityInboundInterceptor = {
  async execute(input, next) {
    const { activityType, attempt, workflowExecution } = activityInfo();
    const { account = '', jobId, resultId } = (input.args[0] ?? {}) as Partial<SyncJobRef & ResultRef>;
    const attributes = {
      'perijove.account': account,
      ...(jobId !== undefined && { 'perijove.job_id': jobId }),
      ...(resultId !== undefined && { 'perijove.result_id': resultId }),
      'temporal.attempt': attempt,
      ...(workflowExecution && { 'temporal.workflow_id': workflowExecution.workflowId }),
    };
    return await context.with(propagation.extract(context.active(), carrierOf(input.headers)), async () => {
      return await inSpan(
        { name: activityType, kind: SpanKind.CONSUMER, attributes, isExpected: isBenign },
        async () => await next(input as never),
      );
    });
  },
};

const isBenign = (err: unknown): boolean => err instanceof ApplicationFailure && err.category === 'BENIGN';
