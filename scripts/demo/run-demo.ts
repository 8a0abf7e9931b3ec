import os from 'node:os';

import type { Reporter } from '../stack/progress';
import { createSyncClient, type ApiConnection } from './client';
import { collectMachine } from './collect/collect-machine';
import type { Sources } from './collect/sources';
import { formatReport, type Places } from './report';
import { synchronize } from './synchronize';

export interface DemoJobOptions {
  readonly connection: ApiConnection & Places;
  readonly sources: Sources;
  readonly selfPid: number;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
}

/**
 * The demo's main job on a running product: collect this machine, send it through the public API, wait until it is in the graph, and
 * report. The scope carries the host name, so that each machine keeps a graph of its own in a shared installation.
 * @throws ApiError, JobFailed: each message is a sentence for the user.
 */
export async function runDemoJob({ connection, sources, selfPid, reporter, signal }: DemoJobOptions): Promise<void> {
  reporter.line('Collecting the assets of this machine.');
  const startedAt = performance.now();
  const collected = await collectMachine({ sources, selfPid });
  const collectMs = performance.now() - startedAt;
  for (const sentence of collected.skipped) reporter.line(`Skipped ${sentence}.`);
  const found = `${collected.entities.length.toLocaleString('en')} entities and ${collected.relationships.length.toLocaleString('en')} relationships`;
  reporter.line(`Found ${found} (${(collectMs / 1000).toFixed(1)} s). Sending them to ${connection.apiBaseUrl}.`);

  let last = '';
  const result = await synchronize({
    client: createSyncClient(connection, signal),
    scope: `demo-${os.hostname()}`,
    entities: collected.entities,
    relationships: collected.relationships,
    onProgress: (what) => {
      if (what !== last) reporter.line(`  ${what}`);
      last = what;
    },
    ...(signal && { wait: { signal } }),
  });
  reporter.line('');
  reporter.line(formatReport({ collected, result, collectMs, places: connection }));
}
