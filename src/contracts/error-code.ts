/**
 * Stable codes that clients branch on. The wire form is `{"error":{"code","message"}}`.
 * Codes above the blank line are JupiterOne's own; those below are Perijove's.
 */
export const ErrorCode = {
  entityIsNotArray: 'ENTITY_IS_NOT_ARRAY',
  relationshipIsNotArray: 'RELATIONSHIP_IS_NOT_ARRAY',
  entityUploadFailedValidation: 'ENTITY_UPLOAD_FAILED_VALIDATION',
  relationshipUploadFailedValidation: 'RELATIONSHIP_UPLOAD_FAILED_VALIDATION',
  jobNotAwaitingUploads: 'JOB_NOT_AWAITING_UPLOADS',
  requestEntityTooLarge: 'RequestEntityTooLargeException',
  invalidIntegrationInstance: 'SYNC_JOB_INVALID_INTEGRATION_INSTANCE',
  parserError: 'PARSER_ERROR',
  validationError: 'VALIDATION_ERROR',

  notFound: 'NOT_FOUND',
  unauthorized: 'UNAUTHORIZED',
  badRequest: 'BAD_REQUEST',
  invalidBody: 'INVALID_BODY',
  unsupportedMediaType: 'UNSUPPORTED_MEDIA_TYPE',
  duplicateKey: 'DUPLICATE_KEY',
  deleteUploadFailedValidation: 'DELETE_UPLOAD_FAILED_VALIDATION',
  badBulkData: 'BAD_BULK_DATA',
  scopeBusy: 'SCOPE_BUSY',
  jobNotHeld: 'JOB_NOT_HELD',
  conflict: 'CONFLICT',
  cursorInvalid: 'CURSOR_INVALID',
  cursorExpired: 'CURSOR_EXPIRED',
  queryTimeout: 'QUERY_TIMEOUT',
  queryTooLarge: 'QUERY_TOO_LARGE',
  unavailable: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
