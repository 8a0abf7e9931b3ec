import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Component } from './component';
import { runTool } from './components/run-tool';
import type { Session } from './session';

export const TEMPORAL_NAMESPACE = 'default';
const SEARCH_ATTRIBUTES = ['PerijoveAccount', 'PerijoveSource', 'PerijoveScope', 'PerijoveStatus', 'PerijoveInstance'];
/** Temporal's number for the type Keyword (temporal.api.enums.v1.IndexedValueType). */
const KEYWORD = 2;

/**
 * With a write-ahead log and synchronous=NORMAL, what was committed survives the death of any process, and a power cut never
 * damages the file; it may lose the last moments before it. FULL would wait for the disk at every workflow task.
 */
const PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL', 'wal_autocheckpoint=10000'];

/**
 * The server reads each history shard's queue at most 20 times a second, and this one has a single shard: without the first two
 * every step of every workflow waits up to 50 ms for its turn, and 20 steps a second are the most. Eager execution hands an
 * activity to the worker that has just asked for it.
 */
const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'system.enableActivityEagerExecution=true',
];

/** `temporal server start-dev` with its data on disk and the Web UI. */
export async function temporalServer(
  session: Session,
  { binary, port, uiPort }: { binary: string; port: number; uiPort: number },
): Promise<Component> {
  const directory = join(session.dataDir, 'temporal');
  await mkdir(directory, { recursive: true });
  removeUnfinished(directory);
  // Older releases lack the flag that keeps the Web UI from asking the internet for news.
  const help = await runTool(binary, ['server', 'start-dev', '--help']);
  const quiet = ['--ui-disable-news-fetch'].filter((flag) => help.includes(flag));
  const address = `127.0.0.1:${port}`;
  return session.component({
    title: 'Temporal',
    where: `${address}, Web UI http://127.0.0.1:${uiPort}`,
    command: binary,
    // The name of the file stays relative: the server puts it into a URI, where a folder's blanks and marks would break.
    args: [
      ...['server', 'start-dev', '--db-filename', 'temporal.db', '--ip', '127.0.0.1', '--port', String(port)],
      ...['--ui-port', String(uiPort), '--namespace', TEMPORAL_NAMESPACE, '--log-level', 'warn', ...quiet],
      ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ...PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    ],
    cwd: directory,
    env: temporalEnvironment(),
    logFile: session.logFile('temporal'),
    ready: async () => {
      await checkServing(address);
      await fetch(`http://127.0.0.1:${uiPort}/`, { signal: AbortSignal.timeout(2_000) });
      writeFileSync(join(directory, 'complete'), '');
    },
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
  });
}

/**
 * The server writes its schema only into a file that does not exist yet. One that was killed while doing so leaves a file that
 * no later start can use, and with nothing in it: it is removed as long as no start has ever been complete.
 */
function removeUnfinished(directory: string): void {
  if (existsSync(join(directory, 'complete'))) return;
  for (const suffix of ['', '-wal', '-shm', '-journal'])
    rmSync(join(directory, `temporal.db${suffix}`), { force: true });
}

/** TEMPORAL_* variables and profiles of the user's other Temporal work must not reach this server. */
function temporalEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return Object.fromEntries(entries);
}

/** Serving, the namespace there, and every search attribute registered: an older data folder may lack newer ones. */
async function checkServing(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 3_000, async () => {
      const namespace = TEMPORAL_NAMESPACE;
      await connection.workflowService.describeNamespace({ namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = SEARCH_ATTRIBUTES.filter((name) => !(name in (customAttributes ?? {})));
      if (missing.length === 0) return;
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    });
  } finally {
    await connection.close();
  }
}
