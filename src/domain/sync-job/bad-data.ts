import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../errors';

const badData: readonly ErrorCode[] = [
  ErrorCode.duplicateKey,
  ErrorCode.badBulkData,
  ErrorCode.invalidBody,
  ErrorCode.entityIsNotArray,
  ErrorCode.relationshipIsNotArray,
  ErrorCode.entityUploadFailedValidation,
  ErrorCode.relationshipUploadFailedValidation,
  ErrorCode.deleteUploadFailedValidation,
  ErrorCode.requestEntityTooLarge,
];

/** The uploaded data is to blame, so that the job ends in ERROR_BAD_DATA; anything else may pass. */
export const isBadData = (err: unknown): err is DomainError => err instanceof DomainError && badData.includes(err.code);
