import { createHash, randomUUID } from 'node:crypto';
import { BlobResultContent } from '../../../src/adapters/s3/result-content';
import { DeferredResults } from '../../../src/domain/query/deferred-results';
import { QueryCursors, type Seal } from '../../../src/domain/query/query-cursors';
import type { StoredResult } from '../../../src/domain/query/query-results';
import { StoredReports } from '../../../src/domain/query/reports';
import { ResultDocuments } from '../../../src/domain/query/result-documents';
import { ResultTokens } from '../../../src/domain/query/result-tokens';
import { MemoryBlobStore } from './memory-blob-store';
import { memoryPublishedResults, MemoryQueryResults, type MemoryResults } from './memory-query-results';

export const testSeal: Seal = {
  sign: (text) => createHash('sha256').update(`secret ${text}`).digest('base64url').slice(0, 22),
};

/** Deferred results of any number of accounts in memory. There is no worker: who started notes it, and a test makes the result. */
export function memoryDeferredResults({ now }: { readonly now: () => number }) {
  const results: MemoryResults = new Map();
  const blobs = new MemoryBlobStore(now);
  const started: StoredResult[] = [];
  const tokens = new ResultTokens((text) => testSeal.sign(text));
  const contentOf = (account: string) => new BlobResultContent(blobs, account);
  const cursorsOf = (account: string) => new QueryCursors(testSeal, account);
  const makingOf = (account: string) => ({
    results: new MemoryQueryResults(results, account),
    runner: { start: async (result: StoredResult) => void started.push(result) },
    tokens,
    newId: randomUUID,
    now,
    limits: { timeoutMs: 60_000, keepMs: 3_600_000 },
  });
  return {
    results,
    blobs,
    started,
    tokens,
    contentOf,
    storeOf: (account: string) => new MemoryQueryResults(results, account),
    cursorsOf,
    documents: new ResultDocuments({
      results: memoryPublishedResults(results),
      contentOf,
      tokens,
      cursorAt: ({ account, id, question }, page) =>
        cursorsOf(account).write({ kind: 'result', result: id, page }, question),
      now,
    }),
    of: (account: string) =>
      new DeferredResults({
        ...makingOf(account),
        content: contentOf(account),
        cursors: cursorsOf(account),
      }),
    reportsOf: (account: string) => new StoredReports(makingOf(account)),
  };
}
