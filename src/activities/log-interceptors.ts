import type { ResultRef } from '../contracts/temporal/query-result';
import type { SyncJobRef } from '../contracts/temporal/sync-job';
import { activeTrace } from '../observability/spans';

type Attributes = Record<string, unknown>;

/** Structural type of the worker's activity interceptors. */
interface ActivityInterceptors {
  readonly inbound: {
    execute(input: { readonly args: unknown[] }, next: (input: never) => Promise<unknown>): Promise<unknown>;
  };
  readonly outbound: { getLogAttributes(input: Attributes, next: (input: Attributes) => Attributes): Attributes };
}

/**
 * Every log line of an activity names account, job, request and trace; a factory, because each call of an activity has its own. The trace
 * is asked for here, because the SDK hands the lines to the logger later, outside of the span.
 */
export function activityLogInterceptors(): ActivityInterceptors {
  let attributes: Attributes = {};
  return {
    inbound: {
      async execute(input, next) {
        const { account, jobId, resultId, requestId } = (input.args[0] ?? {}) as Partial<SyncJobRef & ResultRef>;
        attributes = { account, jobId, resultId, requestId };
        return await next(input as never);
      },
    },
    outbound: { getLogAttributes: (input, next) => next({ ...input, ...attributes, ...activeTrace() }) },
  };
}
