import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { ExpiredResults } from '../../../src/domain/query/remove-expired';
import type { PublishedResults, QueryResultStore, StoredResult } from '../../../src/domain/query/query-results';

/** Results of all accounts by id. */
export type MemoryResults = Map<string, StoredResult>;

export class MemoryQueryResults implements QueryResultStore {
  constructor(
    private readonly results: MemoryResults,
    private readonly account: string,
  ) {}

  async create(result: Parameters<QueryResultStore['create']>[0]) {
    const known = this.results.get(result.id);
    if (known?.account === this.account) return known;
    if (known) throw new DomainError(ErrorCode.conflict, `The id ${result.id} is that of another result already.`);
    const { account } = this;
    const stored: StoredResult = {
      ...result,
      account,
      status: 'IN_PROGRESS',
      error: null,
      endedAt: null,
      content: null,
    };
    this.results.set(result.id, stored);
    return stored;
  }

  async find(id: string) {
    return this.own(id);
  }

  async complete(id: string, { content, now, expiresAt }: Parameters<QueryResultStore['complete']>[1]) {
    return await this.end(id, { status: 'COMPLETED', content, endedAt: now, expiresAt });
  }

  async fail(id: string, { error, now, expiresAt }: Parameters<QueryResultStore['fail']>[1]) {
    return await this.end(id, { status: 'FAILED', error, endedAt: now, expiresAt });
  }

  /** Without a pause between look and change: the first end counts. */
  private async end(id: string, end: Partial<StoredResult>) {
    const result = this.own(id);
    if (result?.status === 'IN_PROGRESS') this.results.set(id, { ...result, ...end });
    return this.own(id);
  }

  private own(id: string): StoredResult | undefined {
    const result = this.results.get(id);
    return result?.account === this.account ? result : undefined;
  }
}

export const memoryPublishedResults = (results: MemoryResults): PublishedResults => ({
  find: async (id) => results.get(id),
});

export const memoryExpiredResults = (results: MemoryResults): ExpiredResults => ({
  find: async ({ now, limit }) =>
    [...results.values()]
      .filter(({ expiresAt }) => expiresAt <= now)
      .toSorted((a, b) => a.expiresAt - b.expiresAt)
      .slice(0, limit)
      .map(({ id, account }) => ({ id, account })),
  remove: async (id) => void results.delete(id),
});
