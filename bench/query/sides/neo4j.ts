import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { edgesOf, entitiesOf, keyOf, relationshipOf, verbs, classes, type GraphSize } from '../graph';
import type { Answer, Cell, Question } from '../questions';
import { neo4jServer, peerPackage } from './peer-packages';
import { notAsked, type MakeSide } from './side';

interface Session {
  run(text: string, values?: object): Promise<{ records: readonly { keys: string[]; get(name: string): Cell }[] }>;
  close(): Promise<void>;
}
interface Driver {
  session(options?: object): Session;
  verifyConnectivity(): Promise<unknown>;
  close(): Promise<void>;
}
interface Neo4j {
  driver(url: string, auth: undefined, options: object): Driver;
}

const batchSize = 5_000;

/** A server of its own, asked over Bolt. Each class is a label beside `Entity`, each class of relationships a type. */
export const makeNeo4j: MakeSide = async ({ size, lanes, folder, cacheMiB }) => {
  mkdirSync(folder, { recursive: true });
  const heap = ['-Xms1g', '-Xmx3g'];
  const server = spawn('java', [...heap, ...neo4jServer([join(folder, 'neo4j'), String(cacheMiB)])], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = once(server, 'exit');
  const port = await portOf(server.stdout);
  const neo4j = peerPackage<Neo4j>('neo4j-driver');
  const driver = neo4j.driver(`bolt://127.0.0.1:${port}`, undefined, { disableLosslessIntegers: true });
  await driver.verifyConnectivity();
  const sessions = Array.from({ length: lanes }, () => driver.session({ defaultAccessMode: 'READ' }));
  return {
    pids: [server.pid ?? 0],
    async load(log) {
      const mark = join(folder, 'neo4j-loaded');
      if (existsSync(mark)) return;
      const began = performance.now();
      await load(async (cypher, values) => {
        // One for each statement: a session keeps the values of all that it has run until it is closed.
        const session = driver.session();
        await session.run(cypher, values);
        await session.close();
      }, size);
      writeFileSync(mark, '');
      log(`Neo4j loaded in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    },
    async answer(question, lane): Promise<Answer> {
      const values = 'key' in question ? { key: question.key } : {};
      const result = await sessions[lane]?.run(cypherOf(question), values);
      if (!result) throw new Error(`no lane ${lane}`);
      return result.records.map((record) => record.keys.map((name) => record.get(name)));
    },
    async close() {
      await Promise.all(sessions.map((session) => session.close()));
      await driver.close();
      server.stdin.end();
      await gone;
    },
  };
};

async function portOf(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const found = /^bolt (\d+)$/.exec(line);
    if (!found) continue;
    output.resume();
    return Number(found[1]);
  }
  throw new Error('Neo4j ended before it was ready');
}

type RunStatement = (cypher: string, values?: Record<string, unknown>) => Promise<void>;

async function load(run: RunStatement, size: GraphSize): Promise<void> {
  await run('CREATE CONSTRAINT FOR (e:Entity) REQUIRE e._key IS UNIQUE');
  await run('CREATE INDEX FOR (e:Entity) ON (e._type)');
  await batched(entitiesOf(size), async (batch) => {
    for (const name of classes) {
      const rows = batch.filter(({ _class }) => _class[0] === name).map(({ _class, ...rest }) => rest);
      await run(`UNWIND $rows AS row CREATE (e:Entity:${name}) SET e = row`, { rows });
    }
  });
  await run('CALL db.awaitIndexes(600)');
  await batched(edgesOf(size), async (batch) => {
    for (const verb of verbs) {
      const edges = batch.filter((edge) => edge.verb === verb);
      const rows = edges.map((edge) => {
        const { _type, port, active, observedOn } = relationshipOf(edge);
        return { from: keyOf(edge.from), to: keyOf(edge.to), properties: { _type, port, active, observedOn } };
      });
      await run(
        `UNWIND $rows AS row MATCH (a:Entity {_key: row.from}) MATCH (b:Entity {_key: row.to}) ` +
          `CREATE (a)-[r:${verb}]->(b) SET r = row.properties`,
        { rows },
      );
    }
  });
}

async function batched<T>(items: Iterable<T>, work: (batch: readonly T[]) => Promise<void>): Promise<void> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    await work(batch);
    batch = [];
  }
  if (batch.length > 0) await work(batch);
}

function cypherOf(question: Question): string {
  switch (question.kind) {
    case 'hops':
      return `MATCH (:Entity {_key: $key})${'-->()'.repeat(question.depth - 1)}-->(b) RETURN b.name, b._type, b.score`;
    case 'hasLimit':
      return 'MATCH (h:Host)-[:HAS]->(:DataStore) WITH DISTINCT h LIMIT 250 RETURN h._key, h';
    case 'hasCount':
      return 'MATCH (h:Host) WHERE (h)-[:HAS]->(:DataStore) RETURN count(h)';
    case 'countType':
      return `MATCH (h:Entity) WHERE h._type = 'aws_instance' RETURN count(h)`;
    case 'countClass':
      return 'MATCH (h:Host) RETURN count(h)';
    case 'absent':
      return 'MATCH (h:Host) WHERE NOT (h)-[:HAS]->(:DataStore) RETURN count(h)';
    case 'absentAll':
      return 'MATCH (e:Entity) WHERE NOT (e)-[:HAS]->() RETURN count(e)';
    case 'twoHopCount':
      return 'MATCH (:Host)-[:HAS]->()-[:HAS]->(d:DataStore) RETURN count(DISTINCT d)';
    case 'groupBy':
      return 'MATCH (h:Host) RETURN h.region, h.active, count(h)';
    case 'sorted':
      return 'MATCH (h:Host) WHERE h.active = true RETURN h.name, h.score ORDER BY h.createdOn DESC LIMIT 100';
    case 'byKey':
      return 'MATCH (e:Entity {_key: $key}) RETURN e.name, e._type, e.score';
    case 'allCounts':
    case 'byId':
      return notAsked('Neo4j', question);
  }
}
