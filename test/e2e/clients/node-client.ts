import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientsFolder } from './install-clients';
import type { LiveClient } from './live-client';
import type { CallResult } from './client-calls';
import { run, type Ended } from './run-client';

const redirect = ['--require', join(clientsFolder, 'node-client', 'redirect.js')];
const command = join(clientsFolder, 'node_modules', '@jupiterone', 'jupiterone-client-nodejs', 'bin', 'j1');

/** The Node client on the account of a test, as a library and as the command `j1`: for the top of a `describe`. */
export function useNodeClient(live: LiveClient) {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perijove-node-client-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const node = async (args: readonly string[]): Promise<Ended> =>
    await run({
      command: process.execPath,
      args: [...redirect, ...args],
      cwd: folder,
      env: { CLIENT_API_URL: live.proxy.url, FORCE_COLOR: '0' },
    });
  return {
    async library(calls: readonly (readonly [method: string, ...args: unknown[]])[]): Promise<readonly CallResult[]> {
      const { account, token } = live.account;
      const request = JSON.stringify({ account, token, calls });
      const { stdout, output } = await node([join(clientsFolder, 'node-client', 'calls.js'), request]);
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      if (!last.startsWith('[')) throw new Error(output);
      return JSON.parse(last) as CallResult[];
    },
    j1: async (...args: string[]): Promise<Ended> =>
      await node([command, '-a', live.account.account, '-k', live.account.token, ...args]),
    /** Where a file of this name lies in the folder that `j1` runs in. */
    pathOf: (name: string): string => join(folder, name),
    /** @returns the path of a new input file */
    async file(content: unknown): Promise<string> {
      const path = join(folder, 'input.json');
      await writeFile(path, JSON.stringify(content));
      return path;
    },
  };
}
