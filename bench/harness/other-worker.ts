import { Client, Connection } from '@temporalio/client';
import { join } from 'node:path';
import type { Product } from '../../scripts/stack/run-processes';
import { startChild } from './child';

export const otherTaskQueue = 'bench-other';

export interface OtherWorker {
  readonly temporal: Client;
  stop(): Promise<void>;
}

/** The worker of the other sides and a client, both on the product's Temporal server. */
export async function startOtherWorker({ connection }: Product): Promise<OtherWorker> {
  const { temporalAddress: address, temporalNamespace: namespace, mongoUri } = connection;
  const script = join(__dirname, '../baselines/other-worker.js');
  const child = await startChild(script, [address, namespace, otherTaskQueue, mongoUri]);
  const link = await Connection.connect({ address });
  return {
    temporal: new Client({ connection: link, namespace }),
    stop: async () => {
      await link.close();
      await child.stop();
    },
  };
}
