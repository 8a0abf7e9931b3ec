import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { packageRoot } from '../../scripts/stack/package-root';
import { startProduct, type Product } from '../../scripts/stack/run-processes';
import type { Row } from '../harness/bench';
import { peakResidentMiB } from '../harness/measure';
import { describeMachine, table } from '../harness/report';
import { SyncClient } from '../harness/sync-client';
import { queryCases, type SideName } from './cases';
import { writeCsv } from './csv';
import { relationshipCount } from './graph';
import { measureCase, rowsOf, type SideFigures } from './measure-case';
import { readOptions, usage, type QueryBenchOptions } from './options';
import { syncGraph } from './product-graph';
import { SideClient } from './side-client';
import { installPeers } from './sides/peer-packages';
import { Truth } from './truth';
import { measureUnderSync } from './under-sync';

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const peers: readonly SideName[] = ['neo4j', 'kuzu', 'duckdb'];
const underSync = 'under-sync';
/** For each database; what the system keeps of its files comes on top. */
const cacheGB = 4;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const known = [...queryCases.map(({ name }) => name), underSync];
  const unknown = options.cases.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No case "${unknown.join(', ')}"; there are ${known.join(', ')}.`);
  const cases = queryCases.filter(({ name, isExtra = false }) =>
    options.cases.length === 0 ? !isExtra : options.cases.includes(name),
  );
  const isWanted = (side: SideName): boolean => options.sides.length === 0 || options.sides.includes(side);
  const sides = [...new Set(cases.flatMap((one) => one.sides))].filter(isWanted);
  const withSync = options.cases.length === 0 || options.cases.includes(underSync);
  if (withSync && !sides.includes('http')) sides.push('http');
  if (sides.some((side) => peers.includes(side))) await installPeers(log);

  process.env.PERIJOVE_MONGO_CACHE_GB ??= String(cacheGB);
  const loadBefore = loadavg()[0] ?? 0;
  const folder = options.dataFolder ?? mkdtempSync(join(process.env.PERIJOVE_BENCH_DIR ?? tmpdir(), 'perijove-query-'));
  mkdirSync(folder, { recursive: true });
  const product = await startProduct({
    dataDir: join(folder, 'product'),
    ephemeral: true,
    nodeOptions: options.nodeOptions,
    processEnv: {
      PERIJOVE_LOG_LEVEL: 'warn',
      PERIJOVE_WORKER_METRICS_PORT: '0',
      PERIJOVE_GRAPH_COPY_BYTES: String(2 ** 32),
    },
    log,
  });
  const client = new MongoClient(product.connection.mongoUri);
  const started = new Map<SideName, SideClient>();
  try {
    const machine = await describeMachine(
      client.db('perijove'),
      product.stack.connection.binaries.temporal,
      loadBefore,
    );
    const api = new SyncClient(product.connection);
    await loadProduct(folder, options, api);
    for (const name of sides) started.set(name, await startSide(name, { folder, options, product }));
    const run = { ...options, truth: new Truth(options.size), sides: started, log };
    const rows: Row[] = [];
    const figures: SideFigures[] = [];
    const save = (): void => {
      const { size, hubPercent, pairs, questions } = options;
      const graph = { entities: size.entities, relationships: relationshipCount(size), hubPercent };
      const content = { date: new Date().toISOString(), ...graph, pairs, questions, machine, rows, figures };
      const file = options.json ?? defaultFile(options);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
    };
    for (const wanted of cases) {
      log(`- ${wanted.title}`);
      const measured = await measureCase(wanted, run);
      figures.push(...measured);
      rows.push(...rowsOf(wanted, measured));
      // After each case, so that a failure later on loses nothing.
      save();
    }
    const http = started.get('http');
    if (withSync && http) {
      log('- hops over HTTP while a 1 % sync runs');
      rows.push(...(await measureUnderSync({ ...options, api, http, log })));
    }
    rows.push(...(await memoryRows(product, started)));
    save();
    api.close();
    log(`\n${table(rows)}`);
  } finally {
    for (const side of started.values()) await side.stop();
    await client.close();
    await product.stop();
    if (options.dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function loadProduct(folder: string, { size, hubPercent }: QueryBenchOptions, api: SyncClient): Promise<void> {
  const mark = join(folder, `loaded-${size.entities}-${hubPercent}`);
  if (existsSync(mark)) return;
  if (existsSync(join(folder, 'csv'))) throw new Error(`${folder} holds another graph.`);
  const { job, uploadMs, finalizeMs } = await syncGraph(api, size, 0);
  const { numEntitiesCreated, numRelationshipsCreated } = job;
  if (numEntitiesCreated !== size.entities || numRelationshipsCreated !== relationshipCount(size)) {
    throw new Error(`created ${numEntitiesCreated} entities and ${numRelationshipsCreated} relationships`);
  }
  log(
    `  Perijove loaded ${numEntitiesCreated} entities and ${numRelationshipsCreated} relationships in ` +
      `${((uploadMs + finalizeMs) / 1_000).toFixed(1)} s`,
  );
  await writeCsv(join(folder, 'csv'), size);
  writeFileSync(mark, '');
}

async function startSide(
  name: SideName,
  { folder, options, product }: { folder: string; options: QueryBenchOptions; product: Product },
): Promise<SideClient> {
  const { mongo } = product.stack;
  const servers = peers.includes(name) ? [] : name === 'http' ? [mongo.pid, product.server.pid] : [mongo.pid];
  const side = await SideClient.start(
    {
      name,
      servers: servers.flatMap((pid) => (pid === undefined ? [] : [pid])),
      options: {
        size: options.size,
        lanes: Math.max(...options.clients),
        folder,
        csvFolder: join(folder, 'csv'),
        cacheMiB: cacheGB * 1024,
        product: product.connection,
      },
    },
    options.sideOptions,
  );
  await side.call('load');
  return side;
}

async function memoryRows(product: Product, sides: ReadonlyMap<SideName, SideClient>): Promise<readonly Row[]> {
  const own = { API: product.server.pid, mongod: product.stack.mongo.pid };
  const rows = Object.entries(own).map(([name, pid]) => ({ name, ours: peakResidentMiB(pid ?? 0) }));
  for (const [name, side] of sides) rows.push({ name: `the process of ${name}`, ours: await side.call('peakMiB') });
  return rows.map(({ name, ours }) => ({ name: `peak resident size of ${name}`, unit: 'MiB', ours }));
}

const defaultFile = ({ sizeName, hubPercent }: QueryBenchOptions): string => {
  const graph = hubPercent === 0 ? sizeName : `${sizeName}-hubs`;
  return join(packageRoot(), 'bench/results', `${new Date().toISOString().slice(0, 10)}-query-${graph}.json`);
};

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n${usage}\n`);
  process.exitCode = 1;
});
