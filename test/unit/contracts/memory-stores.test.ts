import { randomUUID } from 'node:crypto';
import { BlobResultContent } from '../../../src/adapters/s3/result-content';
import { authenticatorContract } from '../../support/contracts/authenticator';
import { blobStoreContract } from '../../support/contracts/blob-store';
import { graphExportContract } from '../../support/contracts/graph-export';
import { graphMutationsContract } from '../../support/contracts/graph-mutations';
import { graphReaderContract } from '../../support/contracts/graph-reader';
import { graphWriterContract } from '../../support/contracts/graph-writer';
import { jobRunsContract } from '../../support/contracts/job-runs';
import { objectVersionsContract } from '../../support/contracts/object-versions';
import { planStoreContract } from '../../support/contracts/plan-store';
import { rawDataStoreContract } from '../../support/contracts/raw-data-store';
import { stagingStoreContract } from '../../support/contracts/staging-store';
import { queryResultsContract } from '../../support/contracts/query-results';
import { newAccountName, type StoreSubject } from '../../support/contracts/subject';
import { syncJobStoreContract } from '../../support/contracts/sync-job-store';
import { memoryAuthenticator, type MemoryToken } from '../../support/memory/memory-authenticator';
import { createMemoryBench, readMemoryGraph } from '../../support/memory/memory-bench';
import { MemoryBlobStore } from '../../support/memory/memory-blob-store';
import { MemoryDatabase } from '../../support/memory/memory-database';
import { flatObjectsOf, memoryGraphExport } from '../../support/memory/memory-graph-export';
import { MemoryJobRuns } from '../../support/memory/memory-job-runs';
import { MemoryObjectVersions } from '../../support/memory/memory-object-versions';
import { MemoryMutationStore } from '../../support/memory/memory-mutation-store';
import { MemoryOpenJobs } from '../../support/memory/memory-open-jobs';
import { MemoryRawDataStore } from '../../support/memory/memory-raw-data';
import {
  memoryExpiredResults,
  memoryPublishedResults,
  MemoryQueryResults,
  type MemoryResults,
} from '../../support/memory/memory-query-results';
import { memoryStores } from '../../support/memory/memory-stores';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';

/** The same contracts hold for the adapters: `test/integration/contracts`. */
describe('in memory', () => {
  const database = new MemoryDatabase();
  const storesOf = (account: string) => memoryStores(database, account);
  const subject: StoreSubject = {
    storesOf,
    openJobs: new MemoryOpenJobs(database),
    graphOf: async (account) => readMemoryGraph(database, account),
  };
  syncJobStoreContract(() => subject);
  stagingStoreContract(() => subject);
  planStoreContract(() => subject);
  graphWriterContract(() => subject);
  graphMutationsContract(() => ({
    benchOf: (account) => createMemoryBench({ database, account }),
    storeOf: (account) => new MemoryMutationStore(database, account),
  }));
  graphExportContract(() => ({
    storesOf,
    exportOf: (account) => memoryGraphExport((kind) => flatObjectsOf(database, account, kind)),
  }));
  rawDataStoreContract(() => ({
    storesOf,
    rawDataOf: (account, now) => new MemoryRawDataStore(database, account, now),
  }));
  objectVersionsContract(() => ({ storesOf, versionsOf: (account) => new MemoryObjectVersions(database, account) }));
  graphReaderContract(() => ({ readerOf: async (graph) => new MemoryGraphReader(graph) }));
  blobStoreContract(() => {
    let now = Date.now();
    const blobs = new MemoryBlobStore(() => now);
    return {
      blobs,
      putTo: async (url, content) => blobs.putTo(url, content),
      getFrom: async (url) => blobs.getFrom(url),
      pass: async (ms) => void (now += ms),
    };
  });
  queryResultsContract(() => {
    const results: MemoryResults = new Map();
    return {
      storeOf: (account) => new MemoryQueryResults(results, account),
      contentOf: (account) => new BlobResultContent(database.blobs, account),
      published: memoryPublishedResults(results),
      expired: memoryExpiredResults(results),
    };
  });
  jobRunsContract(async () => {
    const [account, runs] = [newAccountName(), new MemoryJobRuns()];
    return { account, jobs: storesOf(account).jobs, runs, stop: async (job) => runs.stop(job) };
  });
  authenticatorContract(() => {
    const tokens: MemoryToken[] = [];
    const clock = { now: Date.now() };
    return {
      clock,
      authenticator: memoryAuthenticator(tokens, () => clock.now),
      grant: async (account, expiresAt) => {
        const made = { id: randomUUID(), account, token: randomUUID(), expiresAt };
        tokens.push(made);
        return made;
      },
      revoke: async (tokenId) =>
        void tokens.splice(
          tokens.findIndex(({ id }) => id === tokenId),
          1,
        ),
    };
  });
});
