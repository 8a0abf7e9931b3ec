import { GraphQLError } from 'graphql';
import { ErrorCode } from '../../contracts/error-code';
import type { Problem } from '../../domain/errors';
import { toProblem } from '../http/problem';

/** An element of `errors` (contract 3.2). */
export interface WireError {
  readonly message: string;
  /** Of errors in a document; those of fields have a path instead. */
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly serviceName: 'perijove';
    readonly requestId?: string;
    readonly problems?: readonly Problem[];
  };
}

const serviceName = 'perijove';

/** Clients of JupiterOne branch on its GraphQL codes. Where it has none, ours is told as in the REST API. */
function graphqlCodeOf(code: string): string {
  switch (code) {
    case ErrorCode.parserError:
    case ErrorCode.validationError:
      return 'SYNTAX_ERROR';
    case ErrorCode.badRequest:
    case ErrorCode.invalidBody:
    case ErrorCode.entityUploadFailedValidation:
    case ErrorCode.relationshipUploadFailedValidation:
    case ErrorCode.deleteUploadFailedValidation:
      return 'BAD_USER_INPUT';
    case ErrorCode.unauthorized:
      return 'UNAUTHENTICATED';
    default:
      return code;
  }
}

/** A document that cannot be run, or a request that is none. */
export const documentError = (
  code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED' | 'BAD_USER_INPUT',
  { message, locations }: Pick<GraphQLError, 'message'> & Partial<Pick<GraphQLError, 'locations'>>,
): WireError => ({ message, ...(locations && { locations }), extensions: { code, serviceName } });

/**
 * What went wrong in a field, or with the variables. `reportFault` gets what is a fault of ours.
 * A client takes "429" in a message for a rate limit (contract 9, 17), so the request id, which may hold it, stays out of there.
 */
export function runtimeError(error: GraphQLError, requestId: string, reportFault: (err: unknown) => void): WireError {
  const { path, originalError = error } = error;
  const where = path && { path };
  if (originalError instanceof GraphQLError) {
    return { message: error.message, ...where, extensions: { code: 'BAD_USER_INPUT', serviceName } };
  }
  const { code, message, problems } = toProblem(originalError, requestId).body.error;
  if (code === ErrorCode.internal) {
    reportFault(originalError);
    const sentence = 'Something went wrong on our side; the log has it under the request id of this error.';
    return { message: sentence, ...where, extensions: { code, serviceName, requestId } };
  }
  const extensions = { code: graphqlCodeOf(code), serviceName, ...(problems && { problems }) } as const;
  return { message, ...where, extensions };
}
