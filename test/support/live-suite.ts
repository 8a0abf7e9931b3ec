import { Client, Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Database } from '../../src/adapters/mongo/database';
import { ApiClient } from './api-client';
import { liveProduct, newAccount, openLiveDatabase } from './live-product';

const run = promisify(execFile);

/** What tests of a workflow have of the live product, once `open` has resolved. */
export class LiveSuite {
  private constructor(
    readonly database: Database,
    readonly client: Client,
    readonly account: string,
    readonly api: ApiClient,
  ) {}

  /** With an account of its own. */
  static async open(): Promise<LiveSuite> {
    const database = openLiveDatabase();
    const credentials = await newAccount(database);
    const { temporalAddress, temporalNamespace } = liveProduct();
    const connection = await Connection.connect({ address: temporalAddress });
    const client = new Client({ connection, namespace: temporalNamespace });
    return new LiveSuite(database, client, credentials.account, new ApiClient({ ...liveProduct(), ...credentials }));
  }

  async close(): Promise<void> {
    await this.client.connection.close();
    await this.database.client.close();
  }
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
