import type { ResultContent } from './query-results';

/** Results of all accounts that nobody can read any more; it serves the clearing away alone. */
export interface ExpiredResults {
  find(request: {
    readonly now: number;
    readonly limit: number;
  }): Promise<readonly { readonly id: string; readonly account: string }[]>;
  remove(id: string): Promise<void>;
}

/** Content first: what is left without its document would never be found again. @returns how many were removed */
export async function removeExpired({
  expired,
  contentOf,
  now,
  limit,
}: {
  readonly expired: ExpiredResults;
  readonly contentOf: (account: string) => Pick<ResultContent, 'discard'>;
  readonly now: number;
  readonly limit: number;
}): Promise<number> {
  const results = await expired.find({ now, limit });
  for (const { id, account } of results) {
    await contentOf(account).discard(id);
    await expired.remove(id);
  }
  return results.length;
}
