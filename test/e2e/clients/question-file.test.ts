import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { newClientAccount, type ClientAccount } from './client-account';
import { clientsFolder, installNodeClients, installWithinMs } from './install-clients';
import { run, type Ended } from './run-client';

jest.setTimeout(120_000);

/** YAML takes JSON. */
const questionFile = (queries: readonly string[]): string =>
  JSON.stringify({
    integrationDefinitionId: 'fleet',
    sourceId: 'fleet',
    questions: [
      {
        id: 'fleet-hosts',
        title: 'Hosts of the fleet',
        description: 'All of them.',
        tags: ['fleet'],
        queries: queries.map((query) => ({ query })),
      },
    ],
  });

describe('j1-integration validate-question-file of the integration SDK 8.41.0', () => {
  let database: Database;
  let account: ClientAccount;
  let folder: string;

  beforeAll(async () => {
    await installNodeClients();
    database = openLiveDatabase();
    account = await newClientAccount(database);
    folder = await mkdtemp(join(tmpdir(), 'perijove-questions-'));
  }, installWithinMs);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await database.client.close();
  });

  async function validate(queries: readonly string[], token = account.token): Promise<Ended> {
    const file = join(folder, 'questions.yaml');
    await writeFile(file, questionFile(queries));
    const executable = join(
      clientsFolder,
      'node_modules',
      '@jupiterone',
      'integration-sdk-cli',
      'bin',
      'j1-integration',
    );
    return await run({
      command: process.execPath,
      args: [
        ...[executable, 'validate-question-file', '--file-path', file, '--api-base-url', account.apiBaseUrl],
        ...['--jupiterone-account-id', account.account, '--jupiterone-api-key', token],
      ],
      env: { JUPITERONE_DEV: '' },
    });
  }

  it('takes a file of valid queries, more than go into one request', async () => {
    const queries = Array.from(
      { length: 260 },
      (_, index) => `FIND fleet_host WITH index = ${index} THAT HAS fleet_user`,
    );
    const { code, output } = await validate(queries);
    expect(output).toContain('Successfully validated managed question file!');
    expect(code).toBe(0);
  });

  it('names the queries that are not valid', async () => {
    const { code, output } = await validate([
      'FIND fleet_host',
      'FIND fleet_host wth x = 1',
      'FIND fleet_host RETURN h.x',
    ]);
    expect(code).not.toBe(0);
    expect(output).toContain('Queries failed to validate');
    expect(output).toContain('FIND fleet_host wth x = 1');
    expect(output).toContain('FIND fleet_host RETURN h.x');
  });

  it('fails with a wrong token', async () => {
    const { code, output } = await validate(['FIND fleet_host'], 'wrong-token');
    expect(code).not.toBe(0);
    expect(output).not.toContain('Successfully');
  });
});
