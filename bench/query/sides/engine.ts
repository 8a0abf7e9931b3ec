import { openDatabase } from '../../../src/adapters/mongo/database';
import { MongoGraphReader } from '../../../src/adapters/mongo/query/mongo-graph-reader';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { runPlan } from '../../../src/domain/query/run/run-plan';
import { j1qlOf, type Cell } from '../questions';
import { cellsOf } from './http';
import { notAsked, type MakeSide } from './side';

const maxBytes = 2 ** 30;

/** Perijove's language and engine in this process, on its database: from the text to the rows, without the API. */
export const makeEngine: MakeSide = async ({ product, lanes }) => {
  const database = openDatabase({
    uri: product.mongoUri,
    database: 'perijove',
    appName: 'bench-query',
    maxPoolSize: lanes,
  });
  await database.client.connect();
  const reader = new MongoGraphReader(database, product.account);
  const { signal } = new AbortController();
  return {
    pids: [],
    load: () => Promise.resolve(),
    async answer(question) {
      const text = j1qlOf(question);
      if (text === undefined) return notAsked('the engine', question);
      const plan = planQuery(text, { now: Date.now() });
      const snapshot = await reader.open({ includeDeleted: plan.includeDeleted, signal });
      try {
        const rows: (readonly Cell[])[] = [];
        for await (const batch of runPlan(plan, snapshot, { limits: { maxBytes } }).batches()) {
          for (const row of batch.rows) rows.push(cellsOf(row));
        }
        return rows;
      } finally {
        await snapshot.close();
      }
    },
    close: async () => {
      await database.client.close();
    },
  };
};
