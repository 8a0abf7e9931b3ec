import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { packageRoot } from '../scripts/stack/package-root';
import { startProduct, type Product } from '../scripts/stack/run-processes';
import { cases } from './cases';
import type { Bench, Row } from './harness/bench';
import { exponents, type SizedRows } from './harness/exponent';
import { makeFleet } from './harness/fleet';
import { readOptions, usage, type BenchOptions } from './harness/options';
import { describeMachine, table, type Machine } from './harness/report';
import { ScopeState } from './harness/scope-state';
import { SyncClient } from './harness/sync-client';

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const wanted = cases.filter(({ name }) => options.cases.length === 0 || options.cases.includes(name));
  const unknown = options.cases.filter((name) => !cases.some((known) => known.name === name));
  if (wanted.length === 0 || unknown.length > 0) {
    throw new Error(`No case "${unknown.join(', ')}"; there are ${cases.map(({ name }) => name).join(', ')}.`);
  }
  process.env.PERIJOVE_MONGO_CACHE_GB ??= '4';
  const loadBefore = loadavg()[0] ?? 0;
  const dataDir = mkdtempSync(join(process.env.PERIJOVE_BENCH_DIR ?? tmpdir(), 'perijove-bench-'));
  const product = await startProduct({
    dataDir,
    ephemeral: true,
    nodeOptions: options.nodeOptions,
    processEnv: { PERIJOVE_LOG_LEVEL: 'warn', PERIJOVE_WORKER_METRICS_PORT: '0' },
    log,
  });
  const client = new MongoClient(product.connection.mongoUri, { maxPoolSize: 20 });
  try {
    const { temporal } = product.stack.connection.binaries;
    const machine = await describeMachine(client.db('perijove'), temporal, loadBefore);
    await runAll({ options, wanted, product, client, machine });
  } finally {
    await client.close();
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Run {
  readonly options: BenchOptions;
  readonly wanted: typeof cases;
  readonly product: Product;
  readonly client: MongoClient;
  readonly machine: Machine;
}

async function runAll({ options, wanted, product, client, machine }: Run): Promise<void> {
  const results: SizedRows[] = [];
  for (const { name, entities, pairs } of options.sizes) {
    log(`\n## ${entities.toLocaleString('en')} entities, ${pairs} pair(s)`);
    const db = client.db('perijove');
    const api = new SyncClient(product.connection);
    const fleet = makeFleet(entities);
    const scope = new ScopeState(db, api, fleet);
    const bench: Bench = { product, client, db, otherDb: client.db('benchOther'), api, fleet, scope, pairs, log };
    const rows: Row[] = [];
    for (const { title, run } of wanted) {
      log(`- ${title}`);
      rows.push(...(await run(bench)));
      // After each case, so that a failure later on loses nothing.
      save(options.json ?? defaultFile(name), { date: new Date().toISOString(), entities, pairs, machine, rows });
    }
    results.push({ entities, rows });
    await scope.reset();
    await bench.otherDb.dropDatabase();
    api.close();
    log(`\n${table(rows)}`);
  }
  if (results.length < 2) return;
  const rows = exponents(results);
  save(defaultFile('exponents'), { date: new Date().toISOString(), machine, rows });
  log(`\n${table(rows)}`);
}

const defaultFile = (name: string): string =>
  join(packageRoot(), 'bench/results', `${new Date().toISOString().slice(0, 10)}-${name}.json`);

function save(file: string, content: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n${usage}\n`);
  process.exitCode = 1;
});
