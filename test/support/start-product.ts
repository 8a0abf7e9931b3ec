import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProduct } from '../../scripts/stack/run-processes';
import type { LiveProduct } from './live-product';
import { running } from './running-product';

/** Starts one real product for all live tests: Temporal, MongoDB, S3, API and worker, on free ports, in a folder of its own. */
export default async function start(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'perijove-test-'));
  const dist = join(__dirname, '..', '..', 'dist', 'src');
  const product = await startProduct({
    dataDir,
    ephemeral: true,
    entries: { server: join(dist, 'server.js'), worker: join(dist, 'worker.js') },
    processEnv: { PERIJOVE_LOG_LEVEL: 'info' },
    log: (line) => process.stdout.write(`${line}\n`),
  });
  running.product = product;
  running.dataDir = dataDir;
  const live: LiveProduct = { ...product.connection, ...product.stack.connection, dataDir };
  process.env.PERIJOVE_TEST_PRODUCT = JSON.stringify(live);
}
