import type { Logger as RuntimeLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { jobOfWorkflowId } from '../contracts/temporal/sync-job';

/** Lines that the SDK writes before any interceptor runs name the workflow alone. */
const jobOf = (workflowId: unknown): { account?: string; jobId?: string } =>
  typeof workflowId === 'string' ? (jobOfWorkflowId(workflowId) ?? {}) : {};

/** The Temporal SDK names an error `error`; our log names it `err`, and shows it without what could be data. */
export function sdkLogger(logger: Logger): RuntimeLogger {
  const write =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Readonly<Record<string, unknown>>) => {
      const { error, taskToken: _taskToken, ...rest } = meta ?? {};
      logger[level]({ ...jobOf(rest['workflowId']), ...rest, ...(error !== undefined && { err: error }) }, message);
    };
  const byLevel = {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return {
    ...byLevel,
    log: (level, message, meta) => {
      byLevel[level.toLowerCase() as keyof typeof byLevel](message, meta);
    },
  };
}
