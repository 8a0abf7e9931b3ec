import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvColumns, csvFiles } from '../csv';
import type { Answer, Cell, Question } from '../questions';
import { peerPackage } from './peer-packages';
import { notAsked, type MakeSide } from './side';

interface Result {
  getAll(): Promise<Readonly<Record<string, Cell>>[]>;
  close(): void;
}
interface Connection {
  query(text: string): Promise<Result>;
  prepare(text: string): Promise<object>;
  execute(statement: object, values: Readonly<Record<string, Cell>>): Promise<Result>;
  close(): Promise<void>;
}
interface Kuzu {
  Database: new (path: string, bufferBytes: number) => { close(): Promise<void> };
  Connection: new (database: object) => Connection;
}

const hops = (steps: string): string =>
  `MATCH (a:Entity {key: $key})${steps}-[:Relationship]->(b:Entity) RETURN b.name, b.type, b.score`;

/**
 * One table of nodes and one of relationships, with the class as a property, since any class may be linked to any other one. The
 * statements are prepared once.
 */
export const makeKuzu: MakeSide = async ({ lanes, folder, csvFolder, cacheMiB }) => {
  const kuzu = peerPackage<Kuzu>('kuzu');
  const file = join(folder, 'kuzu');
  const isLoaded = existsSync(file);
  const database = new kuzu.Database(file, cacheMiB * 2 ** 20);
  const connections = Array.from({ length: lanes }, () => new kuzu.Connection(database));
  const prepared = connections.map(() => new Map<string, object>());

  const run = async (lane: number, text: string, values: Readonly<Record<string, Cell>> = {}): Promise<Answer> => {
    const connection = connections[lane];
    const statements = prepared[lane];
    if (!connection || !statements) throw new Error(`no lane ${lane}`);
    const statement = statements.get(text) ?? (await connection.prepare(text));
    statements.set(text, statement);
    const result = await connection.execute(statement, values);
    const rows = await result.getAll();
    result.close();
    return rows.map((row) => Object.values(row));
  };

  return {
    pids: [],
    async load(log) {
      if (isLoaded) return;
      const began = performance.now();
      const columns = (of: Readonly<Record<string, string>>) =>
        Object.entries(of)
          .map(([name, type]) => `${name} ${type}`)
          .join(', ');
      const { from_key: _from, to_key: _to, ...properties } = csvColumns.relationships;
      const { entities, relationships } = csvFiles(csvFolder);
      for (const text of [
        `CREATE NODE TABLE Entity(${columns(csvColumns.entities)}, PRIMARY KEY (key))`,
        `CREATE REL TABLE Relationship(FROM Entity TO Entity, ${columns(properties)})`,
        `COPY Entity FROM '${entities}' (HEADER=false)`,
        `COPY Relationship FROM '${relationships}' (HEADER=false)`,
      ]) {
        (await connections[0]?.query(text))?.close();
      }
      log(`Kuzu loaded in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    },
    answer: async (question, lane) =>
      await run(lane, cypherOf(question), 'key' in question ? { key: question.key } : {}),
    async close() {
      for (const connection of connections) await connection.close();
      await database.close();
    },
  };
};

function cypherOf(question: Question): string {
  switch (question.kind) {
    case 'hops':
      return hops('-[:Relationship]->(:Entity)'.repeat(question.depth - 1));
    case 'hasLimit':
      return (
        `MATCH (h:Entity)-[r:Relationship]->(d:Entity) WHERE h.class = 'Host' AND r.class = 'HAS' AND d.class = 'DataStore' ` +
        `RETURN DISTINCT h.* LIMIT 250`
      );
    case 'hasCount':
      return (
        `MATCH (h:Entity)-[r:Relationship]->(d:Entity) WHERE h.class = 'Host' AND r.class = 'HAS' AND d.class = 'DataStore' ` +
        `RETURN count(DISTINCT h.key)`
      );
    case 'countType':
      return `MATCH (h:Entity) WHERE h.type = 'aws_instance' RETURN count(h)`;
    case 'countClass':
      return `MATCH (h:Entity) WHERE h.class = 'Host' RETURN count(h)`;
    case 'absent':
      return (
        `MATCH (h:Entity) WHERE h.class = 'Host' AND NOT EXISTS { MATCH (h)-[r:Relationship]->(d:Entity) ` +
        `WHERE r.class = 'HAS' AND d.class = 'DataStore' } RETURN count(h)`
      );
    case 'absentAll':
      return (
        `MATCH (e:Entity) WHERE NOT EXISTS { MATCH (e)-[r:Relationship]->(:Entity) WHERE r.class = 'HAS' } ` +
        `RETURN count(e)`
      );
    case 'twoHopCount':
      return (
        `MATCH (h:Entity)-[r:Relationship]->(:Entity)-[s:Relationship]->(d:Entity) ` +
        `WHERE h.class = 'Host' AND r.class = 'HAS' AND s.class = 'HAS' AND d.class = 'DataStore' ` +
        `RETURN count(DISTINCT d.key)`
      );
    case 'groupBy':
      return `MATCH (h:Entity) WHERE h.class = 'Host' RETURN h.region, h.active, count(h)`;
    case 'sorted':
      return (
        `MATCH (h:Entity) WHERE h.class = 'Host' AND h.active = true ` +
        `RETURN h.name, h.score ORDER BY h.createdOn DESC LIMIT 100`
      );
    case 'byKey':
      return `MATCH (e:Entity {key: $key}) RETURN e.name, e.type, e.score`;
    case 'allCounts':
    case 'byId':
      return notAsked('Kuzu', question);
  }
}
