import os from 'node:os';
import path from 'node:path';

import type { Reporter } from '../stack/progress';
import { ask, QUESTION } from './ask';
import { createSyncClient, type ApiConnection } from './client';
import { collectMachine } from './collect/collect-machine';
import type { Sources } from './collect/sources';
import { formatReport, type Places } from './report';
import { synchronize } from './synchronize';

/** What the demo needs of the product once it runs. */
export interface RunningProduct {
  readonly connection: ApiConnection & Omit<Places, 'connectionFile'>;
  /** Absolute path of the file that holds the connection, token included. */
  readonly connectionFile: string;
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** End after the job instead of waiting for `signal`. */
  readonly once: boolean;
  readonly startProduct: () => Promise<RunningProduct>;
  readonly sources: Sources;
  readonly selfPid: number;
  readonly reporter: Reporter;
  /** Ends the demo: whatever it is doing, it stops the product and returns. */
  readonly signal: AbortSignal;
}

/**
 * Starts the product, does the demo's job, keeps running or ends. The product is stopped before this returns or throws.
 * @throws the signal's reason when it came before the job was done; else what went wrong, with a sentence for the user as message.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { once, startProduct, reporter, signal } = options;
  const startedAt = performance.now();
  reporter.line('Starting Perijove: Temporal, MongoDB, S3 server, API and worker.');
  const product = await startProduct();
  try {
    reporter.line(`Perijove is running (${seconds(performance.now() - startedAt)}).`);
    const connectionFile = path.relative(process.cwd(), product.connectionFile);
    await runDemoJob({ ...options, connection: { ...product.connection, connectionFile } });
    if (once) return;
    reporter.line('');
    reporter.line('Perijove keeps running until Ctrl-C.');
    await aborted(signal);
  } finally {
    reporter.line('Stopping everything.');
    await product.stop();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

interface DemoJobOptions extends Pick<DemoOptions, 'once' | 'sources' | 'selfPid' | 'reporter' | 'signal'> {
  readonly connection: ApiConnection & Places;
}

/**
 * Collects this machine, sends it through the public API, waits until it is in the graph, and reports. The scope carries the host
 * name, so that each machine keeps a graph of its own in a shared installation.
 */
async function runDemoJob({ connection, once, sources, selfPid, reporter, signal }: DemoJobOptions): Promise<void> {
  signal.throwIfAborted();
  reporter.line('Collecting the assets of this machine.');
  const startedAt = performance.now();
  const collected = await collectMachine({ sources, selfPid });
  const collectMs = performance.now() - startedAt;
  for (const sentence of collected.skipped) reporter.line(`Skipped ${sentence}.`);
  const found = `${whole(collected.entities.length)} entities and ${whole(collected.relationships.length)} relationships`;
  reporter.line(`Found ${found} (${seconds(collectMs)}). Sending them to ${connection.apiBaseUrl}.`);
  const show = changesOnly(reporter);
  try {
    const result = await synchronize({
      client: createSyncClient(connection, signal),
      scope: `demo-${os.hostname()}`,
      entities: collected.entities,
      relationships: collected.relationships,
      onProgress: show,
      wait: { signal },
    });
    show(undefined);
    const answer = await ask(connection, QUESTION, signal);
    reporter.line('');
    reporter.line(formatReport({ collected, result, collectMs, places: connection, answer, keepsRunning: !once }));
  } finally {
    show(undefined);
  }
}

/** One line that changes on a terminal, a line for each change elsewhere. */
function changesOnly(reporter: Reporter): (what: string | undefined) => void {
  let last: string | undefined;
  return (what) => {
    if (what === last) return;
    last = what;
    if (reporter.status) reporter.status(what);
    else if (what !== undefined) reporter.line(`  ${what}`);
  };
}

const whole = (value: number): string => value.toLocaleString('en');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
