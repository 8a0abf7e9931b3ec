import type { NewResult, QueryResultStore, ResultLimits, StoredResult } from './query-results';

/** Writes the document of a result that is to be made. */
export async function startResult(
  {
    results,
    limits,
    now,
  }: { readonly results: QueryResultStore; readonly limits: ResultLimits; readonly now: () => number },
  asked: Pick<NewResult, 'id' | 'kind' | 'question'> & { readonly request: unknown },
): Promise<StoredResult> {
  const createdAt = now();
  const deadlineAt = createdAt + limits.timeoutMs;
  return await results.create({
    ...asked,
    request: JSON.stringify(asked.request),
    createdAt,
    deadlineAt,
    expiresAt: deadlineAt + limits.keepMs,
  });
}
