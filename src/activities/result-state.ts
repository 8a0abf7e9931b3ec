import type { ResultState } from '../contracts/temporal/query-result';
import { formatOf, type StoredResult } from '../domain/query/query-results';

/** What the workflow is told of a result. */
export function toResultState(result: StoredResult): ResultState {
  const { id, account, kind, status, error, content, endedAt, deadlineAt, expiresAt } = result;
  return {
    resultId: id,
    account,
    status,
    error,
    rows: content?.rows ?? 0,
    pages: content?.pages ?? 0,
    format: formatOf(kind),
    bytes: content?.bytes ?? 0,
    deadline: new Date(deadlineAt).toISOString(),
    readableUntil: endedAt === null ? null : new Date(expiresAt).toISOString(),
    path: `/j1ql/results/${id}`,
  };
}
