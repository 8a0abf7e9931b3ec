import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientAccount } from './client-account';
import { clientsFolder } from './install-clients';
import type { LiveClient } from './live-client';
import { run, type Ended } from './run-client';

export interface IntegrationRun {
  readonly args?: readonly string[];
  /** Makes the integration larger, or makes it fail: `FLEET_HOSTS`, `FLEET_USERS_FAIL`, … */
  readonly fleet?: Readonly<Record<string, string>>;
  readonly url?: string;
}

interface IntegrationProject {
  /** `j1-integration <command>` as the account; `url` is where `--api-base-url` points, the product by default. */
  j1Integration(command: 'run' | 'collect' | 'sync', run?: IntegrationRun): Promise<Ended>;
  remove(): Promise<void>;
}

/** The SDK writes what it collected beside the sources, so each test has a folder of its own with a link to them. */
async function newIntegrationProject({ account, token, apiBaseUrl }: ClientAccount): Promise<IntegrationProject> {
  const folder = await mkdtemp(join(tmpdir(), 'perijove-integration-'));
  await symlink(join(clientsFolder, 'integration', 'src'), join(folder, 'src'));
  const executable = join(clientsFolder, 'node_modules', '@jupiterone', 'integration-sdk-cli', 'bin', 'j1-integration');
  return {
    j1Integration: async (command, { args = [], fleet = {}, url = apiBaseUrl } = {}) => {
      const target = command === 'collect' ? [] : ['--api-base-url', url];
      return await run({
        command: process.execPath,
        args: [executable, command, '--project-path', folder, ...target, ...args],
        cwd: folder,
        env: { JUPITERONE_ACCOUNT: account, JUPITERONE_API_KEY: token, JUPITERONE_DEV: '', ...fleet },
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export const someInstance = (): string[] => ['--integrationInstanceId', `instance-${randomUUID()}`];

/** What the job of a run that collected the same as before must say. */
export const nothingChanged = {
  status: 'FINISHED',
  numEntitiesCreated: 0,
  numEntitiesUpdated: 0,
  numEntitiesDeleted: 0,
  numRelationshipsCreated: 0,
  numRelationshipsUpdated: 0,
  numRelationshipsDeleted: 0,
  numMappedRelationshipsCreated: 0,
  numMappedRelationshipsUpdated: 0,
  numMappedRelationshipsDeleted: 0,
};

/** A project of its own for each test of `live`, by hooks. */
export function useIntegrationProject(live: LiveClient): { readonly project: IntegrationProject } {
  let project: IntegrationProject | undefined;
  beforeEach(async () => {
    project = await newIntegrationProject(live.account);
  });
  afterEach(async () => {
    await project?.remove();
  });
  return {
    get project() {
      if (project === undefined) throw new Error('the project is there only while a test runs');
      return project;
    },
  };
}
