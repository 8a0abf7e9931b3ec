import type { WorkflowInterceptors } from '@temporalio/workflow';
import type { ResultRef } from '../../contracts/temporal/query-result';
import type { JobChanged, SyncJobInput } from '../../contracts/temporal/sync-job';

/** Every log line of a run names its account and its job or result, and the latest request that the run works for. */
export const interceptors = (): WorkflowInterceptors => {
  const attributes: Record<string, string> = {};
  const take = (args: readonly unknown[]): void => {
    const given = (args[0] ?? {}) as Partial<SyncJobInput & JobChanged & ResultRef>;
    for (const name of ['account', 'jobId', 'resultId', 'requestId'] as const) {
      const value: unknown = given[name];
      if (typeof value === 'string') attributes[name] = value;
    }
  };
  return {
    inbound: [
      {
        async execute(input, next) {
          take(input.args);
          return await next(input);
        },
        async handleSignal(input, next) {
          take(input.args);
          await next(input);
        },
      },
    ],
    outbound: [
      {
        // A start by the CLI names no job; what the run asks of its activities does.
        async scheduleActivity(input, next) {
          take(input.args);
          return await next(input);
        },
        getLogAttributes: (input, next) => next({ ...input, ...attributes }),
      },
    ],
  };
};
