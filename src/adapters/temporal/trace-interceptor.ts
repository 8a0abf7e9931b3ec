import { context, propagation, SpanKind } from '@opentelemetry/api';
import type { Headers } from '@temporalio/common';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { withCarrier, type TraceCarrier } from '../../contracts/temporal/trace';
import { inSpan } from '../../observability/spans';

/** Makes a span of every start and message, and sends it along, so that the workflow goes on with the trace. */
export const clientTraceInterceptor: WorkflowClientInterceptor = {
  async startWithDetails(input, next) {
    return await sending(`start ${input.workflowType}`, input.options.workflowId, async () => {
      return await next({ ...input, headers: withActiveTrace(input.headers) });
    });
  },
  async signal(input, next) {
    return await sending(`signal ${input.signalName}`, input.workflowExecution.workflowId, async () => {
      await next({ ...input, headers: withActiveTrace(input.headers) });
    });
  },
};

async function sending<T>(name: string, workflowId: string | null | undefined, work: () => Promise<T>): Promise<T> {
  const attributes = { 'temporal.workflow_id': workflowId ?? '' };
  return await inSpan({ name, kind: SpanKind.PRODUCER, attributes }, work);
}

function withActiveTrace(headers: Headers): Headers {
  const carrier: TraceCarrier = {};
  propagation.inject(context.active(), carrier);
  return withCarrier(headers, carrier);
}
