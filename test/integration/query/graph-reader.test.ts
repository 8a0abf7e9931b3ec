import { GraphCopies } from '../../../src/adapters/mongo/copy/graph-copies';
import { MongoGraphReader } from '../../../src/adapters/mongo/query/mongo-graph-reader';
import { graphReaderContract } from '../../support/contracts/graph-reader';
import { newAccountName } from '../../support/contracts/subject';
import { openLiveDatabase } from '../../support/live-product';
import type { Graph } from '../../support/query/graph';
import { loadGraph } from '../../support/query/load-graph';
import { untilCopied } from '../../support/query/until-copied';

/** The same contract holds in memory: `test/unit/contracts`. */
describe('graph readers', () => {
  const database = openLiveDatabase();
  const accounts: string[] = [];
  const copies = new GraphCopies(database, { maxBytes: 2 ** 20, report: () => undefined });
  afterAll(async () => {
    copies.close();
    await database.client.close();
  });

  async function newAccountWith(graph: Graph): Promise<string> {
    const account = newAccountName();
    accounts.push(account);
    await loadGraph(database, account, graph);
    return account;
  }
  // The graph of the contract has the same ids each time.
  async function remove(): Promise<void> {
    const { entities, relationships } = database.collections;
    const these = { _accountId: { $in: accounts.splice(0) } };
    await Promise.all([entities.deleteMany(these), relationships.deleteMany(these)]);
  }

  describe('MongoGraphReader', () => {
    afterAll(remove);
    graphReaderContract(() => ({
      readerOf: async (graph) => new MongoGraphReader(database, await newAccountWith(graph)),
    }));
  });

  describe('CopiedGraphReader', () => {
    afterAll(remove);
    graphReaderContract(() => ({
      readerOf: async (graph) => {
        const reader = copies.readerOf(await newAccountWith(graph));
        await (await untilCopied(reader)).close();
        return reader;
      },
    }));
  });
});
