import { setTimeout as sleep } from 'node:timers/promises';
import { GraphCopies } from '../../../src/adapters/mongo/copy/graph-copies';
import { openDatabase } from '../../../src/adapters/mongo/database';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { runPlan } from '../../../src/domain/query/run/run-plan';
import { j1qlOf, type Cell } from '../questions';
import { cellsOf } from './http';
import { notAsked, type MakeSide } from './side';

const maxBytes = 2 ** 30;

/**
 * Perijove's language and engine in this process, on its database: from the text to the rows, without the API.
 * @param copyBytes for a copy of the graph in this process; 0 for none
 */
export const makeEngine =
  (copyBytes: number): MakeSide =>
  async ({ product, lanes }) => {
    const database = openDatabase({
      uri: product.mongoUri,
      database: 'perijove',
      appName: 'bench-query',
      maxPoolSize: lanes,
    });
    await database.client.connect();
    const copies = new GraphCopies(database, {
      maxBytes: copyBytes,
      report: (event) => {
        if (event.kind === 'failed') throw event.err;
      },
    });
    const reader = copies.readerOf(product.account);
    const { signal } = new AbortController();
    return {
      pids: [],
      async load(log) {
        if (copyBytes === 0) return;
        const from = performance.now();
        while (copies.byteLength === 0) {
          await (await reader.open({ includeDeleted: false, signal })).close();
          await sleep(100);
        }
        const seconds = (performance.now() - from) / 1000;
        log(`engine: a copy of ${Math.round(copies.byteLength / 2 ** 20)} MiB in ${seconds.toFixed(1)} s`);
      },
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
        copies.close();
        await database.client.close();
      },
    };
  };
