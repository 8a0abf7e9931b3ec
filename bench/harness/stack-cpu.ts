import type { Product } from '../../scripts/stack/run-processes';
import { cpuSeconds } from './measure';

const parts = ['api', 'worker', 'mongod', 's3', 'temporal', 'bench'] as const;
export type CpuUse = Readonly<Record<(typeof parts)[number], number>>;

/** CPU seconds of all processes so far; on a machine that is not ours alone they say more than the clock does. */
export function stackCpu({ server, worker, stack }: Product): CpuUse {
  const of = (pid: number | undefined) => (pid === undefined ? 0 : cpuSeconds(pid));
  return {
    api: of(server.pid),
    worker: of(worker.pid),
    mongod: of(stack.mongo.pid),
    s3: of(stack.s3.pid),
    temporal: of(stack.temporal.pid),
    bench: of(process.pid),
  };
}

/** `worker 3.1 s, mongod 4.0 s`: what was used since `before`, where it is worth a word. */
export function cpuSince(before: CpuUse, product: Product): string {
  const now = stackCpu(product);
  const used = parts.map((part) => ({ part, seconds: now[part] - before[part] }));
  return used
    .filter(({ seconds }) => seconds >= 0.05)
    .map(({ part, seconds }) => `${part} ${seconds.toFixed(1)} s`)
    .join(', ');
}
