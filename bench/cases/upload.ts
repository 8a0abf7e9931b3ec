import { join } from 'node:path';
import type { BenchCase } from '../harness/bench';
import { startChild } from '../harness/child';
import { cpuSeconds, median, timed } from '../harness/measure';
import { SyncClient } from '../harness/sync-client';

const script = join(__dirname, '../baselines/parse-insert-server.js');

/** Bodies of 5 MB over six kept-alive connections, until the last one is acknowledged. */
export const upload: BenchCase = {
  name: 'upload',
  title: 'upload over HTTP against JSON.parse + insertMany in the handler',
  async run({ product, otherDb, api, fleet, pairs, log }) {
    const megabytes = fleet.bytes / 1e6;
    const child = await startChild(script, [product.connection.mongoUri]);
    const other = new SyncClient({ ...product.connection, apiBaseUrl: `http://127.0.0.1:${String(child.hello)}` });
    const wall = { ours: [] as number[], theirs: [] as number[] };
    const perCpu = { ours: [] as number[], theirs: [] as number[] };
    const side = async (pid: number, work: () => Promise<void>) => {
      const before = cpuSeconds(pid);
      const ms = await timed(work);
      return { wall: (megabytes * 1_000) / ms, perCpu: megabytes / (cpuSeconds(pid) - before) };
    };
    try {
      for (let pair = 0; pair < pairs; pair++) {
        const jobId = await api.start('bench-upload');
        const ours = await side(product.server.pid ?? 0, async () => {
          await api.upload(jobId, fleet.bodies(0));
        });
        await api.abort(jobId);
        await otherDb.collection('staged').drop();
        const theirs = await side(child.pid, async () => {
          await other.upload(jobId, fleet.bodies(0));
        });
        const inserted = await otherDb.collection('staged').countDocuments({});
        if (inserted !== fleet.entities) throw new Error(`the handler inserted ${inserted} documents`);
        wall.ours.push(ours.wall);
        wall.theirs.push(theirs.wall);
        perCpu.ours.push(ours.perCpu);
        perCpu.theirs.push(theirs.perCpu);
        log(`pair ${pair + 1}: ${Math.round(ours.wall)} MB/s, handler ${Math.round(theirs.wall)} MB/s`);
      }
    } finally {
      other.close();
      await child.stop();
    }
    const speed = wall.ours.map((rate, i) => rate / (wall.theirs[i] ?? Number.NaN));
    const core = perCpu.ours.map((rate, i) => rate / (perCpu.theirs[i] ?? Number.NaN));
    return [
      {
        name: 'upload over HTTP, wall clock',
        unit: 'MB/s',
        ours: median(wall.ours),
        theirs: median(wall.theirs),
        ratio: median(speed),
        ratios: speed,
        target: { text: '≥ 3 ×', isMet: median(speed) >= 3 },
      },
      {
        name: 'upload over HTTP, per CPU second of the API process',
        unit: 'MB/s',
        ours: median(perCpu.ours),
        theirs: median(perCpu.theirs),
        ratio: median(core),
        ratios: core,
        target: { text: '≥ 150 MB/s per core', isMet: median(perCpu.ours) >= 150 },
      },
    ];
  },
};
