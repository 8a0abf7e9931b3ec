import { MongoGraphReader } from '../../../src/adapters/mongo/query/mongo-graph-reader';
import { graphReaderContract } from '../../support/contracts/graph-reader';
import { newAccountName } from '../../support/contracts/subject';
import { openLiveDatabase } from '../../support/live-product';
import { loadGraph } from '../../support/query/load-graph';

/** The same contract holds in memory: `test/unit/contracts`. */
describe('MongoGraphReader', () => {
  const database = openLiveDatabase();
  afterAll(async () => {
    await database.client.close();
  });

  graphReaderContract(() => ({
    readerOf: async (graph) => {
      const account = newAccountName();
      await loadGraph(database, account, graph);
      return new MongoGraphReader(database, account);
    },
  }));
});
