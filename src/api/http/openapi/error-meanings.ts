import { ErrorCode } from '../../../contracts/error-code';

/** When each code comes and what to do about it: the descriptions of `/openapi.json` and of `docs/errors.md`. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  [ErrorCode.entityIsNotArray]: '`entities` is not an array. Nothing was stored.',
  [ErrorCode.relationshipIsNotArray]: '`relationships` is not an array. Nothing was stored.',
  [ErrorCode.entityUploadFailedValidation]:
    'At least one entity breaks a rule; `problems` names each with its position. Nothing of the request was stored.',
  [ErrorCode.relationshipUploadFailedValidation]:
    'At least one relationship breaks a rule; `problems` names each with its position. Nothing of the request was stored.',
  [ErrorCode.deleteUploadFailedValidation]:
    '`deleteEntities` or `deleteRelationships` is not an array, or an element of it has neither `_id` nor `_key`. Nothing of the request was stored.',
  [ErrorCode.duplicateKey]:
    'Two objects of one request have the same `_key`; `problems` names both positions. Send `ignoreDuplicates=true` to let the latest win.',
  [ErrorCode.jobNotAwaitingUploads]:
    'The job was finalized, aborted or has expired. Do not repeat the request; start a new job.',
  [ErrorCode.requestEntityTooLarge]:
    'The body is larger than the limit that the message names, as sent or decompressed. Split it, or use `uploadUrl`.',
  [ErrorCode.invalidIntegrationInstance]: 'The integration instance does not exist in this account.',
  [ErrorCode.parserError]:
    'The query breaks the grammar of J1QL; the message names line and column, what was found and what was expected.',
  [ErrorCode.validationError]:
    'The query can be read, but a rule forbids what it says, such as an alias that it does not define.',
  [ErrorCode.cursorInvalid]: 'The cursor is not one that was returned for this query, its variables and this account.',
  [ErrorCode.cursorExpired]:
    'The graph is not kept any more as it was when the first page was read. Ask again without a cursor.',
  [ErrorCode.queryTimeout]:
    'The query took longer than is allowed and was ended. Make it more selective, or ask for a deferred response.',
  [ErrorCode.queryTooLarge]:
    'The query needs more memory than is allowed and was ended. Make it more selective, or return less.',
  [ErrorCode.notFound]:
    'There is nothing here: no such path, nothing of that id, name or version in this account, or a result that has expired.',
  [ErrorCode.unauthorized]:
    'A credential header is missing, or the token is not valid for the account. Which of the two is wrong is not told.',
  [ErrorCode.badRequest]: 'A parameter, header or member of the body is not valid; the message names it.',
  [ErrorCode.invalidBody]:
    'The body is not the JSON, YAML or CSV that it claims to be, is damaged gzip, or is incomplete.',
  [ErrorCode.unsupportedMediaType]: 'The Content-Type or Content-Encoding is not one that this endpoint takes.',
  [ErrorCode.badBulkData]: 'The bulk file is not readable; the report of the job names line or position.',
  [ErrorCode.scopeBusy]: 'Another operation holds the scope. Repeat the request later.',
  [ErrorCode.jobNotHeld]: 'The job is not held for an approval: it goes on by itself, or has ended.',
  [ErrorCode.conflict]:
    'The `integrationJobId` is already the id of another job, or another dry run of the job is under way.',
  [ErrorCode.unavailable]:
    'A component behind the API cannot be reached. Nothing was acknowledged; repeat the request after `Retry-After` seconds.',
  [ErrorCode.internal]: 'A fault of ours; the log has it under the request id of the message.',
};
