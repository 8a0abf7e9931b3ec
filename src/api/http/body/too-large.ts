import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';

/** Names the limit, because clients shrink their batches by it. */
export function tooLarge(maxBytes: number, form: 'sent' | 'decompressed'): DomainError {
  const what = form === 'sent' ? 'The request body' : 'The request body, once decompressed,';
  return new DomainError(
    ErrorCode.requestEntityTooLarge,
    `${what} is larger than ${maxBytes} bytes, the most that one request may carry. Split it, or use uploadUrl for one big file.`,
  );
}
