import { ErrorCode } from '../../contracts/error-code';
import { ResultStatus } from '../../contracts/query-result';
import { DomainError } from '../../domain/errors';
import type { PublishedResults, QueryResultStore, StoredResult } from '../../domain/query/query-results';
import type { ExpiredResults } from '../../domain/query/remove-expired';
import type { QueryResultDocument } from './collections';
import { isDuplicateKey, orUnavailable, type Database } from './database';

/** A state stays so long after its end of life, for whoever has to clear its content away. */
const keepMs = 24 * 3600 * 1000;

export class MongoQueryResults implements QueryResultStore {
  constructor(
    private readonly database: Database,
    private readonly account: string,
  ) {}

  async create({ id, ...result }: Parameters<QueryResultStore['create']>[0]): Promise<StoredResult> {
    const document: QueryResultDocument = {
      _id: id,
      ...result,
      account: this.account,
      status: ResultStatus.inProgress,
      error: null,
      endedAt: null,
      content: null,
      removeAt: new Date(result.expiresAt + keepMs),
    };
    try {
      await orUnavailable(this.results.insertOne(document));
      return toResult(document);
    } catch (err) {
      if (!isDuplicateKey(err)) throw err;
      const found = await this.find(id);
      if (found) return found;
      throw new DomainError(ErrorCode.conflict, `The id ${id} is that of another result already; choose another one.`);
    }
  }

  async find(id: string): Promise<StoredResult | undefined> {
    const document = await orUnavailable(this.results.findOne({ _id: id, account: this.account }));
    return document ? toResult(document) : undefined;
  }

  async complete(
    id: string,
    { content, now, expiresAt }: Parameters<QueryResultStore['complete']>[1],
  ): Promise<StoredResult | undefined> {
    return await this.end(id, { status: ResultStatus.completed, content, endedAt: now, expiresAt });
  }

  async fail(
    id: string,
    { error, now, expiresAt }: Parameters<QueryResultStore['fail']>[1],
  ): Promise<StoredResult | undefined> {
    return await this.end(id, { status: ResultStatus.failed, error, endedAt: now, expiresAt });
  }

  private async end(
    id: string,
    end: Pick<QueryResultDocument, 'status' | 'endedAt' | 'expiresAt'> & Partial<QueryResultDocument>,
  ): Promise<StoredResult | undefined> {
    const document = await orUnavailable(
      this.results.findOneAndUpdate(
        { _id: id, account: this.account, status: ResultStatus.inProgress },
        { $set: { ...end, removeAt: new Date(end.expiresAt + keepMs) } },
        { returnDocument: 'after' },
      ),
    );
    return document ? toResult(document) : await this.find(id);
  }

  private get results() {
    return this.database.collections.queryResults;
  }
}

/** Reads across accounts; it serves those who have the token of a result. */
export class MongoPublishedResults implements PublishedResults {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<StoredResult | undefined> {
    const document = await orUnavailable(this.database.collections.queryResults.findOne({ _id: id }));
    return document ? toResult(document) : undefined;
  }
}

const toResult = ({ _id, removeAt: _removeAt, ...result }: QueryResultDocument): StoredResult => ({
  id: _id,
  ...result,
});

export class MongoExpiredResults implements ExpiredResults {
  constructor(private readonly database: Database) {}

  async find({ now, limit }: Parameters<ExpiredResults['find']>[0]): ReturnType<ExpiredResults['find']> {
    const found = this.database.collections.queryResults
      .find({ expiresAt: { $lte: now } }, { projection: { account: 1 } })
      .sort({ expiresAt: 1 })
      .limit(limit);
    return await found.map(({ _id, account }) => ({ id: _id, account })).toArray();
  }

  async remove(id: string): Promise<void> {
    await this.database.collections.queryResults.deleteOne({ _id: id });
  }
}
