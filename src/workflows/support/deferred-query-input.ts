import type { DeferredQueryInput } from '../../contracts/temporal/query-result';
import { checkStoredInput, invalid, isRecord, refuseUnknown } from './input-check';

const asked = ['account', 'query', 'variables', 'includeDeleted', 'format'];

/** Hand-written for the same reason as `checkSyncJobInput`. */
export function checkDeferredQueryInput(input: unknown): asserts input is DeferredQueryInput {
  if (!isRecord(input))
    throw invalid('the input must be one JSON object, e.g. {"account":"demo","query":"FIND Host LIMIT 10"}');
  if (typeof input.account !== 'string' || input.account === '') throw invalid('"account" must be a non-empty string');
  if (input.resultId !== undefined) return checkStoredInput(input);
  if (typeof input.query !== 'string' || input.query.trim() === '')
    throw invalid('"query" must be a J1QL text, e.g. "FIND Host LIMIT 10"');
  if (input.variables !== undefined && !isRecord(input.variables)) throw invalid('"variables" must be a JSON object');
  if (input.includeDeleted !== undefined && typeof input.includeDeleted !== 'boolean')
    throw invalid('"includeDeleted" must be true or false');
  if (input.format !== undefined && input.format !== 'csv' && input.format !== 'json')
    throw invalid('"format" must be csv or json');
  refuseUnknown(input, asked);
}
