import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { ErrorCode } from '../contracts/error-code';
import { DomainError } from '../domain/errors';

/** Structural type of the worker's inbound activity interceptor. */
interface ActivityInboundInterceptor {
  execute(input: unknown, next: (input: never) => Promise<unknown>): Promise<unknown>;
}

const retryable: readonly ErrorCode[] = [ErrorCode.unavailable, ErrorCode.scopeBusy, ErrorCode.internal];

/** A fault of the program is met again by the next attempt; a job must not go on for ever over it. */
const maxAttemptsOfFaults = 8;

const isFaultOfOurs = (err: unknown): err is Error =>
  err instanceof TypeError || err instanceof RangeError || err instanceof ReferenceError || err instanceof SyntaxError;

/** Turns errors of the domain into failures whose `type` is the stable code; activities then need not know of Temporal's. */
export const domainFailureInterceptor: ActivityInboundInterceptor = {
  async execute(input, next) {
    try {
      return await next(input as never);
    } catch (err) {
      if (!(err instanceof DomainError)) {
        if (!isFaultOfOurs(err) || activityInfo().attempt < maxAttemptsOfFaults) throw err;
        throw ApplicationFailure.nonRetryable(`${err.name}: ${err.message}`, ErrorCode.internal);
      }
      throw ApplicationFailure.create({
        type: err.code,
        message: err.message,
        nonRetryable: !retryable.includes(err.code),
        details: [{ problems: err.problems.slice(0, 20) }],
        cause: err,
      });
    }
  },
};
