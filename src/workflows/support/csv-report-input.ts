import { filterTypes, type CsvReportInput } from '../../contracts/temporal/query-result';
import { checkStoredInput, invalid, isRecord, refuseUnknown } from './input-check';

const asked = ['account', 'filters', 'propertyFilters', 'filterType', 'format'];

/** Hand-written for the same reason as `checkSyncJobInput`. */
export function checkCsvReportInput(input: unknown): asserts input is CsvReportInput {
  if (!isRecord(input))
    throw invalid('the input must be one JSON object, e.g. {"account":"demo","filters":{"_class":["Host"]}}');
  if (typeof input.account !== 'string' || input.account === '') throw invalid('"account" must be a non-empty string');
  if (input.resultId !== undefined) return checkStoredInput(input);
  if (input.filters !== undefined && !areFilters(input.filters))
    throw invalid('"filters" must be an object of texts and lists of texts, e.g. {"_class":["Host"]}');
  if (input.propertyFilters !== undefined && !isRecord(input.propertyFilters))
    throw invalid('"propertyFilters" must be a JSON object');
  if (input.filterType !== undefined && !filterTypes.some((type) => type === input.filterType))
    throw invalid(`"filterType" must be one of ${filterTypes.join(', ')}`);
  if (input.format !== undefined && input.format !== 'csv' && input.format !== 'json')
    throw invalid('"format" must be csv or json');
  refuseUnknown(input, asked);
}

const areFilters = (filters: unknown): boolean =>
  isRecord(filters) &&
  Object.values(filters).every((values) => [values].flat().every((each) => typeof each === 'string'));
