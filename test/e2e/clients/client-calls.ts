import { join } from 'node:path';
import { clientsFolder } from './install-clients';
import type { LiveClient } from './live-client';
import { run } from './run-client';

export type Call = readonly [method: string, args: Readonly<Record<string, unknown>>];
export interface CallResult {
  readonly ok?: unknown;
  readonly error?: string;
}
export interface Row {
  readonly id: string;
  readonly entity: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** In the arguments of a call: a member of what an earlier call gave. */
export const of = (result: number, ...at: string[]) => ({ result, at });

export const dataOf = <T>(result: unknown): T[] => (result as { data: T[] }).data;

/** Calls of the Python client on the account of a test. */
export function pythonGraph(live: LiveClient, python: () => string) {
  async function client(calls: readonly Call[], token = live.account.token): Promise<readonly CallResult[]> {
    const { code, stdout, output } = await run({
      command: python(),
      args: [join(clientsFolder, 'python', 'graph.py')],
      stdin: JSON.stringify({ account: live.account.account, token, url: live.account.apiBaseUrl, calls }),
    });
    if (code !== 0) throw new Error(output);
    return JSON.parse(stdout) as CallResult[];
  }
  return {
    client,
    /** What the calls gave. @throws unless every call succeeds */
    async results(calls: readonly Call[]): Promise<unknown[]> {
      const all = await client(calls);
      expect(all.map(({ error }) => error)).toEqual(calls.map(() => undefined));
      return all.map(({ ok }) => ok);
    },
  };
}
