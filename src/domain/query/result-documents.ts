import { ErrorCode } from '../../contracts/error-code';
import { ResultStatus } from '../../contracts/query-result';
import { DomainError } from '../errors';
import {
  formatOf,
  isOverdue,
  overdueSentence,
  type PublishedResults,
  type ResultContent,
  type ResultSummary,
  type StoredResult,
} from './query-results';
import type { ResultTokens } from './result-tokens';

/** JSON in pieces: what stands before the rows, the rows as they are stored, what stands behind them. */
export interface ResultDocument {
  readonly head: string;
  readonly rows?: AsyncIterable<Uint8Array>;
  readonly tail: string;
}

export interface DocumentRequest {
  readonly token: string;
  readonly page: number;
  /** `state` is what clients poll, `results` what `url` of a finished one leads to. */
  readonly form: 'state' | 'results';
  /** Where clients reach this host, such as `https://assets.example.com`. */
  readonly baseUrl: string;
}

export interface ResultDocumentsDependencies {
  readonly results: PublishedResults;
  readonly contentOf: (account: string) => Pick<ResultContent, 'openPage' | 'fileUrl'>;
  readonly tokens: ResultTokens;
  /** What `queryV1` takes to go on at this page. */
  readonly cursorAt: (result: StoredResult, page: number) => string;
  readonly now: () => number;
}

/** The documents behind the URLs of deferred answers (contract 5.3, 5.4). They ask for no credentials but the token in the URL. */
export class ResultDocuments {
  constructor(private readonly deps: ResultDocumentsDependencies) {}

  /** @throws DomainError NOT_FOUND for a token that is none, and for a result that has expired or has no such page */
  async open(request: DocumentRequest): Promise<ResultDocument> {
    const id = this.deps.tokens.idOf(request.token);
    if (id === undefined) throw gone();
    try {
      return await this.openResult(id, request);
    } catch (err) {
      // Whoever polls comes again; most clients take any other status for the end.
      if (err instanceof DomainError && err.code === ErrorCode.unavailable) return inProgress(id);
      throw err;
    }
  }

  private async openResult(id: string, { page, form, baseUrl, token }: DocumentRequest): Promise<ResultDocument> {
    const { results, contentOf, cursorAt, now } = this.deps;
    const result = await results.find(id);
    if (!result || result.expiresAt <= now()) throw gone();
    if (result.status === ResultStatus.failed) return failed(id, result.error ?? 'The query failed.');
    if (isOverdue(result, now())) return failed(id, overdueSentence(result));
    const { content, account } = result;
    if (!content) return inProgress(id);
    if (page >= content.pages) throw gone();
    if (result.kind !== 'query') return await this.fileOf(result, content);
    const rows = await contentOf(account).openPage({ id, attempt: content.attempt, page });
    const cursor = page + 1 < content.pages ? cursorAt(result, page + 1) : undefined;
    const fields = {
      ...(form === 'state' && { status: ResultStatus.completed, correlationId: id }),
      type: content.type,
      ...(content.type !== 'tree' && { totalCount: content.rows }),
      // Absent on the last page: a null keeps clients asking for ever (contract 1, rule 12).
      ...(cursor !== undefined && { cursor }),
      ...(form === 'state' && { url: `${baseUrl}${resultPath(token, 'results', page)}` }),
    };
    return { head: `${JSON.stringify(fields).slice(0, -1)},"data":`, rows, tail: '}' };
  }

  private async fileOf({ id, account, kind, ...times }: StoredResult, { attempt, rows }: ResultSummary) {
    const { contentOf, now } = this.deps;
    const day = new Date(times.createdAt).toISOString().slice(0, 10);
    const url = await contentOf(account).fileUrl({
      id,
      attempt,
      fileName: `${kind === 'query-csv' ? 'query' : 'entities'}-${day}.${formatOf(kind)}`,
      expiresInSeconds: Math.ceil(Math.min(downloadMs, times.expiresAt - now()) / 1000),
    });
    const fields = { status: ResultStatus.completed, correlationId: id, totalCount: rows, url };
    return { head: JSON.stringify(fields), tail: '' };
  }
}

/** How long a link to a file leads there; the state document has a new one each time. */
const downloadMs = 3_600_000;

export const resultPath = (token: string, form: DocumentRequest['form'], page: number): string =>
  `/query-results/${token}/${form}${page === 0 && form === 'state' ? '' : `/${String(page)}`}`;

const inProgress = (correlationId: string): ResultDocument => ({
  head: JSON.stringify({ status: ResultStatus.inProgress, correlationId }),
  tail: '',
});

const failed = (correlationId: string, error: string): ResultDocument => ({
  head: JSON.stringify({ status: ResultStatus.failed, correlationId, error }),
  tail: '',
});

const gone = (): DomainError => new DomainError(ErrorCode.notFound, 'There is no such result, or it has expired.');
