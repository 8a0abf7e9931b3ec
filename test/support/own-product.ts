import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProduct, type Product } from '../../scripts/stack/run-processes';
import { openDatabase, type Database } from '../../src/adapters/mongo/database';
import { ApiClient } from './api-client';
import { errorLines } from './error-lines';

/** A product of the tests of one `describe`, whose processes they may kill. It starts before and stops after them. */
export class OwnProduct {
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'perijove-own-'));
  private started: { readonly product: Product; readonly api: ApiClient; readonly database: Database } | undefined;

  constructor() {
    beforeAll(async () => await this.start(), 180_000);
    afterAll(async () => await this.stop(), 120_000);
  }

  get product(): Product {
    return this.running.product;
  }

  get api(): ApiClient {
    return this.running.api;
  }

  get database(): Database {
    return this.running.database;
  }

  /** A test that, where it fails, shows what the API and the worker have logged as errors. */
  explained(test: () => Promise<void>): () => Promise<void> {
    return async () => {
      try {
        await test();
      } catch (err) {
        console.error(`Errors in the logs of API and worker:\n${this.loggedErrors().join('\n') || 'none'}`);
        throw err;
      }
    };
  }

  private loggedErrors(): string[] {
    const logs = join(this.dataDir, 'logs');
    const files = readdirSync(logs).filter((name) => /^(api|worker)\.log/.test(name));
    return files.flatMap((name) => errorLines(readFileSync(join(logs, name), 'utf8')));
  }

  private async start(): Promise<void> {
    const dist = join(__dirname, '..', '..', 'dist', 'src');
    const product = await startProduct({
      dataDir: this.dataDir,
      ephemeral: true,
      entries: { server: join(dist, 'server.js'), worker: join(dist, 'worker.js') },
    });
    const api = new ApiClient(product.connection);
    const database = openDatabase({ uri: product.connection.mongoUri, database: 'perijove', appName: 'test' });
    this.started = { product, api, database };
  }

  private async stop(): Promise<void> {
    await this.started?.database.client.close();
    await this.started?.product.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private get running() {
    if (!this.started) throw new Error('the product has not started');
    return this.started;
  }
}
