import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { oneActivity } from '../baselines/other-workflows';
import { entityBody } from '../generate';
import type { BenchCase } from '../harness/bench';
import { median, percentile } from '../harness/measure';
import { otherTaskQueue, startOtherWorker } from '../harness/other-worker';

const warmUps = 5;
const rounds = 40;

/** Latency with nothing to do: what the job's own machinery costs. */
export const oneObjectJob: BenchCase = {
  name: 'one-object',
  title: 'one-object job against a one-activity workflow',
  async run({ product, api, log }) {
    const { account } = product.connection;
    const { temporal, stop } = await startOtherWorker(product);
    const starts = { ours: [] as number[], theirs: [] as number[] };
    const ends = { ours: [] as number[], theirs: [] as number[] };
    try {
      for (let round = -warmUps; round < rounds; round++) {
        const jobId = await api.start('bench-one');
        await api.upload(jobId, [entityBody(round + warmUps, 1)]);
        const called = Date.now();
        await api.finalize(jobId);
        await api.untilFinished(jobId);
        const ended = Date.now();
        const workflowId = `bench-one-${randomUUID()}`;
        const startedAt = Date.now();
        await temporal.workflow.execute<typeof oneActivity>('oneActivity', {
          workflowId,
          taskQueue: otherTaskQueue,
          args: [],
        });
        const executedAt = Date.now();
        if (round < 0) continue;
        starts.ours.push((await firstActivityAt(temporal, `sync-job:${account}:${jobId}`)) - called);
        starts.theirs.push((await firstActivityAt(temporal, workflowId)) - startedAt);
        ends.ours.push(ended - called);
        ends.theirs.push(executedAt - startedAt);
      }
    } finally {
      await stop();
    }
    const p99 = [ends.ours, ends.theirs].map((all) => Math.round(percentile(all, 0.99)));
    log(`p99 of FINISHED ${p99[0] ?? 0} ms, of the one-activity workflow ${p99[1] ?? 0} ms`);
    const ratio = median(starts.ours) / median(starts.theirs);
    const finished = median(ends.ours);
    return [
      {
        name: 'one-object job, finalize → first activity runs, against the start of a one-activity workflow (p50)',
        unit: 'ms',
        ours: median(starts.ours),
        theirs: median(starts.theirs),
        ratio,
        target: { text: '≤ 1.3 × its start', isMet: ratio <= 1.3 },
      },
      {
        name: 'one-object job, finalize → FINISHED, beside a whole one-activity workflow (p50)',
        unit: 'ms',
        ours: finished,
        theirs: median(ends.theirs),
        target: { text: '≤ 100 ms', isMet: finished <= 100 },
      },
    ];
  },
};

async function firstActivityAt(temporal: Client, workflowId: string): Promise<number> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  for (const { activityTaskStartedEventAttributes, eventTime } of events ?? []) {
    if (!activityTaskStartedEventAttributes) continue;
    return Number(eventTime?.seconds ?? 0) * 1_000 + Number(eventTime?.nanos ?? 0) / 1e6;
  }
  throw new Error(`workflow ${workflowId} has run no activity`);
}
