import { accountStores } from '../../../src/adapters/mongo/account-stores';
import { GraphCopies } from '../../../src/adapters/mongo/copy/graph-copies';
import { MongoGraphReads } from '../../../src/adapters/mongo/mongo-graph-reads';
import { createUploadReader } from '../../../src/adapters/ingest/upload-reader';
import { graphReadsContract } from '../../support/contracts/graph-reads';
import { openLiveDatabase } from '../../support/live-product';
import { untilCopied } from '../../support/query/until-copied';
import { liveBlobStore } from '../../support/sync-bench';

/** The same contract holds in memory: `test/unit/contracts`. */
describe('MongoDB', () => {
  const database = openLiveDatabase();
  const blobs = liveBlobStore();
  afterAll(async () => {
    await database.client.close();
    blobs.close();
  });
  const shared = { database, blobs, reader: createUploadReader(), maxBulkFileBytes: 1e9 };
  const storesOf = (account: string) => accountStores(shared, account);
  graphReadsContract(() => ({
    storesOf,
    readsOf: (account, policies = []) =>
      new MongoGraphReads(database, account, storesOf(account).counters, { policies }),
  }));

  describe('with a copy of the graph', () => {
    const copies = new GraphCopies(database, { maxBytes: 2 ** 20, report: () => undefined });
    afterAll(() => copies.close());
    graphReadsContract(() => ({
      storesOf,
      written: async (account) => await (await untilCopied(copies.readerOf(account))).close(),
      readsOf: (account, policies = []) => {
        const copied = copies.answersOf(account);
        return new MongoGraphReads(database, account, storesOf(account).counters, {
          policies,
          ...(copied && { copied }),
        });
      },
    }));
  });
});
