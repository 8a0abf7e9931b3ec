import { Client, Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Database } from '../../src/adapters/mongo/database';
import { ApiClient } from './api-client';
import { liveProduct, newAccount, openLiveDatabase } from './live-product';

const run = promisify(execFile);

interface Opened {
  readonly database: Database;
  readonly client: Client;
  readonly account: string;
  readonly api: ApiClient;
}

/** What the tests of one `describe` have of the live product: an account of their own. It opens before and closes after them. */
export class LiveSuite {
  private opened: Opened | undefined;

  constructor() {
    beforeAll(async () => (this.opened = await open()));
    afterAll(async () => {
      await this.opened?.client.connection.close();
      await this.opened?.database.client.close();
    });
  }

  get database(): Database {
    return this.open.database;
  }

  get client(): Client {
    return this.open.client;
  }

  get account(): string {
    return this.open.account;
  }

  get api(): ApiClient {
    return this.open.api;
  }

  private get open(): Opened {
    if (!this.opened) throw new Error('the suite has not opened');
    return this.opened;
  }
}

async function open(): Promise<Opened> {
  const database = openLiveDatabase();
  const { account, ...credentials } = await newAccount(database);
  const { temporalAddress, temporalNamespace } = liveProduct();
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection, namespace: temporalNamespace });
  return { database, client, account, api: new ApiClient({ ...liveProduct(), ...credentials, account }) };
}

/** Runs the Temporal CLI against the live product. @returns what it prints */
export async function temporalCli(...args: string[]): Promise<string> {
  const { binaries, temporalAddress, temporalNamespace } = liveProduct();
  const where = ['--address', temporalAddress, '--namespace', temporalNamespace];
  return (await run(binaries.temporal, [...args, ...where])).stdout;
}

export const startByCli = async (type: string, workflowId: string, input: unknown): Promise<string> =>
  await temporalCli(
    ...['workflow', 'start', '--type', type, '--task-queue', 'graph-sync'],
    ...['--workflow-id', workflowId, '--input', JSON.stringify(input)],
  );
