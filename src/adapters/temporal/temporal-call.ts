import { isGrpcServiceError, type Client } from '@temporalio/client';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';

/** No call to the Temporal server waits longer. */
const deadlineMs = 10_000;

/** Calls the Temporal server. @throws DomainError SERVICE_UNAVAILABLE when it does not answer */
export async function callTemporal<T>(
  connect: () => Promise<Client>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    const client = await connect();
    return await client.withDeadline(Date.now() + deadlineMs, async () => await work(client));
  } catch (err) {
    if (err instanceof DomainError) throw err;
    if (isGrpcServiceError(err) || isUnreachable(err)) {
      throw unavailable('The workflow service does not answer at the moment; try again in a few seconds.', err);
    }
    throw err;
  }
}

export const unavailable = (message: string, cause: unknown): DomainError =>
  new DomainError(ErrorCode.unavailable, message, [], { cause });

/** The SDK wraps gRPC failures of starts and signals. */
const isUnreachable = (err: unknown): boolean =>
  err instanceof Error &&
  (err.name === 'ServiceError' ||
    err.name === 'TransportError' ||
    (err.cause !== undefined && isGrpcServiceError(err.cause)));
