import { rmSync } from 'node:fs';
import { running } from './running-product';

export default async function stop(): Promise<void> {
  await running.product?.stop();
  if (running.dataDir !== undefined) rmSync(running.dataDir, { recursive: true, force: true });
}
