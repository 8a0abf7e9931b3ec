import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { QueryRequest } from '../../domain/query/queries';
import { withoutAbsent } from '../http/without-absent';
import { given } from './given';

export interface QueryArguments {
  readonly query: string;
  readonly variables?: unknown;
  readonly includeDeleted?: boolean | null;
  readonly scopeFilters?: unknown;
  readonly rowMetadata?: boolean | null;
  readonly cursor?: string | null;
  readonly dryRun?: boolean | null;
}

/** @throws DomainError BAD_REQUEST for variables that are no object */
export function queryRequestOf(args: QueryArguments, requestId: string): QueryRequest {
  return {
    query: args.query,
    requestId,
    ...withoutAbsent({
      variables: variablesOf(args.variables),
      scopeFilters: scopeFiltersOf(args.scopeFilters),
      cursor: given(args.cursor),
      includeDeleted: given(args.includeDeleted),
      rowMetadata: given(args.rowMetadata),
      dryRun: given(args.dryRun),
    }),
  };
}

function variablesOf(variables: unknown): Readonly<Record<string, unknown>> | undefined {
  const found = given(variables);
  if (found === undefined) return undefined;
  if (!isRecord(found))
    throw new DomainError(ErrorCode.badRequest, '"variables" must be an object of names and values.');
  return found;
}

/** queryV2 takes one object in place of a list. */
function scopeFiltersOf(filters: unknown): unknown {
  const found = given(filters);
  return isRecord(found) ? [found] : found;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
