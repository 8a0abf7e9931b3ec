import { getHeapStatistics } from 'node:v8';
import { exposedCollector } from './exposed-collector';

/** About two replies of MongoDB. */
const repliesBytes = 8 * 1024 * 1024;

/**
 * A function that has V8 collect what is young, once there are `grownBytes` more outside of its heap than after the last time. By
 * itself it waits for as many small objects as fill its young generation, and replies of megabytes have few of them.
 */
export function youngCollector(grownBytes = repliesBytes): () => void {
  const collect = exposedCollector();
  let left = externalBytes();
  return () => {
    const now = externalBytes();
    if (now < left) left = now;
    if (now - left < grownBytes) return;
    collect({ type: 'minor' });
    left = externalBytes();
  };
}

const externalBytes = (): number => getHeapStatistics().external_memory;
