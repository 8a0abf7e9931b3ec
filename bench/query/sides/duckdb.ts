import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvColumns, csvFiles } from '../csv';
import type { Answer, Question } from '../questions';
import { peerPackage } from './peer-packages';
import { notAsked, type MakeSide } from './side';

type Value = string | number | boolean | bigint | null;
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly Value[])[] }>;
  closeSync(): void;
}
interface DuckDb {
  DuckDBInstance: {
    create(
      path: string,
      options: Readonly<Record<string, string>>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>;
  };
}

const types: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  'STRING[]': 'VARCHAR[]',
  BOOLEAN: 'BOOLEAN',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
};

/** Two tables, the key of entities as a primary key. Only asked about the whole graph, which is what a columnar store is for. */
export const makeDuckDb: MakeSide = async ({ lanes, folder, csvFolder, cacheMiB }) => {
  const { DuckDBInstance } = peerPackage<DuckDb>('@duckdb/node-api');
  const file = join(folder, 'duck.db');
  const isLoaded = existsSync(file);
  const instance = await DuckDBInstance.create(file, { memory_limit: `${cacheMiB}MiB` });
  const connections = await Promise.all(Array.from({ length: lanes }, () => instance.connect()));
  return {
    pids: [],
    async load(log) {
      if (isLoaded) return;
      const began = performance.now();
      for (const name of ['entities', 'relationships'] as const) {
        const columns = Object.entries(csvColumns[name]).map(
          ([column, type]) => [column, types[type] ?? type] as const,
        );
        const declared = columns.map(([column, type]) => `${column} ${type}`).join(', ');
        const key = name === 'entities' ? ', PRIMARY KEY (key)' : '';
        const described = columns.map(([column, type]) => `'${column}': '${type}'`).join(', ');
        await connections[0]?.run(`CREATE TABLE ${name} (${declared}${key})`);
        await connections[0]?.run(
          `INSERT INTO ${name} SELECT * FROM read_csv('${csvFiles(csvFolder)[name]}', header = false, columns = {${described}})`,
        );
      }
      log(`DuckDB loaded in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    },
    async answer(question, lane): Promise<Answer> {
      const rows = (await connections[lane]?.runAndReadAll(sqlOf(question)))?.getRows() ?? [];
      return rows.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
    },
    close: async () => {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
    },
  };
};

const hostHasDataStore =
  `SELECT r.from_key FROM relationships r JOIN entities d ON d.key = r.to_key ` +
  `WHERE r.class = 'HAS' AND d.class = 'DataStore'`;

function sqlOf(question: Question): string {
  switch (question.kind) {
    case 'hasLimit':
      return `SELECT * FROM entities h WHERE class = 'Host' AND key IN (${hostHasDataStore}) LIMIT 250`;
    case 'hasCount':
      return `SELECT count(*) FROM entities WHERE class = 'Host' AND key IN (${hostHasDataStore})`;
    case 'countType':
      return `SELECT count(*) FROM entities WHERE type = 'aws_instance'`;
    case 'countClass':
      return `SELECT count(*) FROM entities WHERE class = 'Host'`;
    case 'absent':
      return `SELECT count(*) FROM entities WHERE class = 'Host' AND key NOT IN (${hostHasDataStore})`;
    case 'absentAll':
      return `SELECT count(*) FROM entities WHERE key NOT IN (SELECT from_key FROM relationships WHERE class = 'HAS')`;
    case 'twoHopCount':
      return (
        `SELECT count(DISTINCT s.to_key) FROM entities h JOIN relationships r ON r.from_key = h.key ` +
        `JOIN relationships s ON s.from_key = r.to_key JOIN entities d ON d.key = s.to_key ` +
        `WHERE h.class = 'Host' AND r.class = 'HAS' AND s.class = 'HAS' AND d.class = 'DataStore'`
      );
    case 'groupBy':
      return `SELECT region, active, count(*) FROM entities WHERE class = 'Host' GROUP BY ALL`;
    case 'sorted':
      return `SELECT name, score FROM entities WHERE class = 'Host' AND active ` + `ORDER BY createdOn DESC LIMIT 100`;
    case 'hops':
    case 'allCounts':
    case 'byKey':
    case 'byId':
      return notAsked('DuckDB', question);
  }
}
