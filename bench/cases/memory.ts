import type { BenchCase } from '../harness/bench';
import { peakResidentMiB } from '../harness/measure';

/** After the cases before it: the most that the two processes have ever held. Meant with `--node-option=--max-old-space-size=128`. */
export const memory: BenchCase = {
  name: 'memory',
  title: 'highest resident size of API and worker so far',
  run({ product, fleet }) {
    const rows = [
      { name: 'API', pid: product.server.pid ?? 0 },
      { name: 'worker', pid: product.worker.pid ?? 0 },
    ].map(({ name, pid }) => {
      const ours = peakResidentMiB(pid);
      const target = { text: '≤ 256 MB', isMet: ours <= 256 };
      return { name: `peak resident size of the ${name} up to ${fleet.entities} entities`, unit: 'MiB', ours, target };
    });
    return Promise.resolve(rows);
  },
};
