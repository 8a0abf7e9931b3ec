import { Client, Connection } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountStores } from '../../../src/adapters/mongo/account-stores';
import { openDatabase } from '../../../src/adapters/mongo/database';
import { MongoAccounts, MongoAuthenticator } from '../../../src/adapters/mongo/mongo-accounts';
import { MongoGraphExport } from '../../../src/adapters/mongo/mongo-graph-export';
import { MongoMutationStore } from '../../../src/adapters/mongo/mongo-mutation-store';
import { MongoManifestStore } from '../../../src/adapters/mongo/mongo-manifest-store';
import { MongoObjectVersions } from '../../../src/adapters/mongo/mongo-object-versions';
import { MongoOpenJobs } from '../../../src/adapters/mongo/mongo-open-jobs';
import { MongoRawDataStore } from '../../../src/adapters/mongo/mongo-raw-data-store';
import {
  MongoExpiredResults,
  MongoPublishedResults,
  MongoQueryResults,
} from '../../../src/adapters/mongo/mongo-query-results';
import { BlobResultContent } from '../../../src/adapters/s3/result-content';
import { TemporalSyncJobRunner } from '../../../src/adapters/temporal/temporal-sync-job-runner';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import type { FinalizeStores } from '../../../src/domain/sync-job/finalize-deps';
import { authenticatorContract } from '../../support/contracts/authenticator';
import { blobStoreContract } from '../../support/contracts/blob-store';
import { graphExportContract } from '../../support/contracts/graph-export';
import { graphMutationsContract } from '../../support/contracts/graph-mutations';
import { graphWriterContract } from '../../support/contracts/graph-writer';
import { jobRunsContract } from '../../support/contracts/job-runs';
import { objectVersionsContract } from '../../support/contracts/object-versions';
import { planStoreContract } from '../../support/contracts/plan-store';
import { rawDataStoreContract } from '../../support/contracts/raw-data-store';
import { queryResultsContract } from '../../support/contracts/query-results';
import { stagingStoreContract } from '../../support/contracts/staging-store';
import { syncJobStoreContract } from '../../support/contracts/sync-job-store';
import type { StoreSubject } from '../../support/contracts/subject';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';
import { createSyncBench, liveBlobStore, readGraph } from '../../support/sync-bench';

/** The same contracts hold in memory: `test/unit/contracts`. */
describe('MongoDB, S3 and Temporal', () => {
  const database = openLiveDatabase();
  /** Where no worker clears expired results away. */
  const apart = openDatabase({ uri: liveProduct().mongoUri, database: 'contracts', appName: 'test' });
  const blobs = liveBlobStore();
  let client: Client;
  const connect = async (): Promise<Client> => {
    const { temporalAddress, temporalNamespace } = liveProduct();
    const connection = await Connection.connect({ address: temporalAddress });
    return (client = new Client({ connection, namespace: temporalNamespace }));
  };
  afterAll(async () => {
    await client.connection.close();
    await Promise.all([database.client.close(), apart.client.close()]);
    blobs.close();
  });

  const shared = { database, blobs, reader: createUploadReader(), maxBulkFileBytes: 1e9 };
  const storesOf = (account: string) => accountStores(shared, account);
  const subject = (stores: (account: string) => FinalizeStores): StoreSubject => ({
    storesOf: stores,
    openJobs: new MongoOpenJobs(database),
    graphOf: async (account) => await readGraph(database, account),
  });
  syncJobStoreContract(() => subject(storesOf));
  stagingStoreContract(() => subject(storesOf));
  planStoreContract(() => subject(storesOf));
  graphWriterContract(() => subject(storesOf));
  describe('with a manifest that is folded at every occasion', () => {
    const manifests = new MongoManifestStore(database, { minFoldedRows: 0 });
    graphWriterContract(() => subject((account) => ({ ...storesOf(account), manifests })));
  });
  graphMutationsContract(() => ({
    benchOf: (account) => createSyncBench(database, { account, foldAfterRows: 1 }),
    storeOf: (account) => new MongoMutationStore(database, account),
  }));
  graphExportContract(() => ({ storesOf, exportOf: (account) => new MongoGraphExport(database, account) }));
  rawDataStoreContract(() => ({
    storesOf,
    rawDataOf: (account, now) => new MongoRawDataStore(database, account, now),
  }));
  objectVersionsContract(() => ({ storesOf, versionsOf: (account) => new MongoObjectVersions(database, account) }));
  blobStoreContract(() => ({
    blobs,
    putTo: async (url, body) => (await fetch(url, { method: 'PUT', body: Buffer.from(body) })).ok,
    getFrom: async (url) => {
      const response = await fetch(url);
      const content = Buffer.from(await response.arrayBuffer());
      const [, fileName = ''] = /filename="(.*)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
      return response.ok ? { content, fileName } : undefined;
    },
    pass: async (ms) => await sleep(ms),
  }));
  queryResultsContract(() => ({
    storeOf: (account) => new MongoQueryResults(apart, account),
    contentOf: (account) => new BlobResultContent(blobs, account),
    published: new MongoPublishedResults(apart),
    expired: new MongoExpiredResults(apart),
  }));
  jobRunsContract(async () => {
    const { account } = await newAccount(database);
    const temporal = await connect();
    return {
      account,
      jobs: storesOf(account).jobs,
      runs: new TemporalSyncJobRunner(async () => temporal, 'graph-sync'),
      stop: async ({ document }) => {
        await temporal.workflow.getHandle(document.workflowId).terminate('stopped by a test');
      },
    };
  });
  authenticatorContract(() => {
    const accounts = new MongoAccounts(database);
    const clock = { now: Date.now() };
    return {
      clock,
      authenticator: new MongoAuthenticator(accounts, () => clock.now),
      grant: async (account, expiresAt) => {
        if (!(await accounts.exists(account))) await accounts.createAccount(account);
        return await accounts.createToken({ account, name: 'test', expiresAt });
      },
      revoke: async (tokenId) => await accounts.revokeToken(tokenId),
    };
  });
});
