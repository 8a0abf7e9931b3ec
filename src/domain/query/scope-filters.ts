import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../errors';
import type { Scalar } from './plan/plan';
import type { QueryPolicy } from './plan/policy';

/**
 * `scopeFilters` of a request as a policy: each element a statement, all of them alternatives. Undefined where there are none.
 * @throws DomainError BAD_REQUEST
 */
export function policyOfScopeFilters(filters: unknown): QueryPolicy | undefined {
  if (filters === undefined || filters === null) return undefined;
  if (!Array.isArray(filters)) throw refusal([{ where: 'scopeFilters', what: 'must be an array of objects' }]);
  const problems = filters.flatMap((filter: unknown, at) => problemsOf(filter, `scopeFilters[${at}]`));
  if (problems.length > 0) throw refusal(problems);
  return filters.length === 0 ? undefined : (filters as QueryPolicy);
}

function problemsOf(filter: unknown, where: string): readonly Problem[] {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    return [{ where, what: 'must be an object of property names and values' }];
  }
  return Object.entries(filter)
    .filter(([, value]) => !isScalar(value) && !(Array.isArray(value) && value.every(isScalar)))
    .map(([name]) => ({
      where: `${where}.${name}`,
      what: 'must be a string, a number, a boolean or an array of these',
    }));
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

const refusal = (problems: readonly Problem[]): DomainError =>
  new DomainError(ErrorCode.badRequest, `${problems[0]?.where ?? ''} ${problems[0]?.what ?? ''}.`, problems);
