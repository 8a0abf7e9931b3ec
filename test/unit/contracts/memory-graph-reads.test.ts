import { graphReadsContract } from '../../support/contracts/graph-reads';
import { MemoryDatabase } from '../../support/memory/memory-database';
import { flatObjectsOf } from '../../support/memory/memory-graph-export';
import { memoryGraphReads } from '../../support/memory/memory-graph-reads';
import { memoryStores } from '../../support/memory/memory-stores';

/** The same contract holds on MongoDB: `test/integration/contracts`. */
describe('in memory', () => {
  const database = new MemoryDatabase();
  graphReadsContract(() => ({
    storesOf: (account) => memoryStores(database, account),
    readsOf: (account, policies) => memoryGraphReads((kind) => flatObjectsOf(database, account, kind), policies),
  }));
});
