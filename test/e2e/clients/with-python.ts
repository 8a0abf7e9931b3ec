import { spawnSync } from 'node:child_process';
import { installPythonClient } from './install-clients';

/** Tests of a Python client: `withPython` is `it`; without Python it skips them, and says so once. */
export function pythonTests(client: string) {
  const hasPython = spawnSync('python3', ['--version']).status === 0;
  if (!hasPython) {
    process.stderr.write(`test clients: NOT RUN: no python3 on this machine, so ${client} is not tried.\n`);
  }
  return {
    withPython: hasPython ? it : it.skip,
    /** The interpreter with the client; '' without Python. */
    install: async (): Promise<string> => (hasPython ? await installPythonClient() : ''),
  };
}
