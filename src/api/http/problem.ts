import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../../domain/errors';

/** Offending items shown at most; the message says how many there are. */
const maxProblems = 50;
const retryAfterSeconds = 2;

export interface ProblemReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: { readonly code: string; readonly message: string; readonly problems?: readonly Problem[] };
  };
}

/** Every code has one status everywhere (`docs/errors.md`); a new code does not compile until it has one. */
export function statusOf(code: ErrorCode): number {
  switch (code) {
    case ErrorCode.entityIsNotArray:
    case ErrorCode.relationshipIsNotArray:
    case ErrorCode.entityUploadFailedValidation:
    case ErrorCode.relationshipUploadFailedValidation:
    case ErrorCode.deleteUploadFailedValidation:
    case ErrorCode.jobNotAwaitingUploads:
    case ErrorCode.invalidIntegrationInstance:
    case ErrorCode.badRequest:
    case ErrorCode.invalidBody:
    case ErrorCode.duplicateKey:
    case ErrorCode.badBulkData:
    case ErrorCode.jobNotHeld:
    case ErrorCode.parserError:
    case ErrorCode.validationError:
    case ErrorCode.cursorInvalid:
    case ErrorCode.cursorExpired:
    case ErrorCode.queryTimeout:
    case ErrorCode.queryTooLarge:
      return 400;
    case ErrorCode.unauthorized:
      return 401;
    case ErrorCode.notFound:
      return 404;
    case ErrorCode.conflict:
    case ErrorCode.scopeBusy:
      return 409;
    case ErrorCode.requestEntityTooLarge:
      return 413;
    case ErrorCode.unsupportedMediaType:
      return 415;
    case ErrorCode.internal:
      return 500;
    case ErrorCode.unavailable:
      return 503;
  }
}

/** Any thrown value as an answer. What is not a DomainError is a fault of ours: the caller logs it, the client gets only its id. */
export function toProblem(err: unknown, requestId: string): ProblemReply {
  const known = err instanceof DomainError ? err : fromFramework(err);
  if (known === undefined || known.code === ErrorCode.internal) {
    return reply(ErrorCode.internal, `Something went wrong on our side; the log has it under request id ${requestId}.`);
  }
  return reply(known.code, known.message, known.problems);
}

export const isOurFault = (problem: ProblemReply): boolean => problem.body.error.code === ErrorCode.internal;

function reply(code: ErrorCode, message: string, problems: readonly Problem[] = []): ProblemReply {
  return {
    status: statusOf(code),
    headers:
      code === ErrorCode.unavailable
        ? { 'retry-after': String(retryAfterSeconds) }
        : code === ErrorCode.unauthorized
          ? { 'www-authenticate': 'Bearer' }
          : {},
    body: { error: { code, message, ...(problems.length > 0 && { problems: problems.slice(0, maxProblems) }) } },
  };
}

/** What Fastify refuses by itself before a handler runs. Its messages speak of Fastify, so each gets a sentence of ours. */
function fromFramework(err: unknown): DomainError | undefined {
  if (!(err instanceof Error) || !('code' in err) || !('statusCode' in err)) return undefined;
  if (err.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new DomainError(ErrorCode.unsupportedMediaType, 'The Content-Type header is not a valid media type.');
  }
  if (err.code === 'FST_ERR_BAD_URL') {
    return new DomainError(
      ErrorCode.badRequest,
      'The URL is not valid: a percent sign must start an escape such as %20.',
    );
  }
  if (err.code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return new DomainError(
      ErrorCode.notFound,
      'There is nothing at this URL: one of its segments is too long to be an id.',
    );
  }
  if (typeof err.statusCode === 'number' && err.statusCode >= 400 && err.statusCode < 500) {
    return new DomainError(
      ErrorCode.badRequest,
      'The request cannot be read as HTTP with a body of the declared kind.',
    );
  }
  return undefined;
}
